//! A line without axes: in a table as SVG, in a terminal as a row of blocks.

use std::fmt::Write as _;

use plotters::drawing::IntoDrawingArea;
use types::format;

use crate::canvas::{Canvas, document};
use crate::downsample::downsample;
use crate::ink::{Ink, Theme};
use crate::pane::{DrawError, Frame, Pane, Point, Root};

const SIZE: (u32, u32) = (120, 32);

/// Draws a line of the values, green when it ends at or above its start and red below. Fewer than two finite values give an empty one.
pub fn sparkline_svg(values: &[f64], theme: Theme) -> String {
    let points: Vec<Point> = downsample(values.iter().copied(), 240)
        .into_iter()
        .map(|index| (position(index), values[index]))
        .collect();
    let mut body = String::new();
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return document("", "chart-sparkline", SIZE, "No values", "");
    };
    let change = last.1 - first.1;
    if first.0 < last.0 {
        let root = Canvas::new(&mut body, SIZE, theme).into_drawing_area();
        let painted = paint(&root, &points, Ink::of_change(change));
        drop(root);
        if let Err(error) = painted {
            return document("", "chart-sparkline", SIZE, &format!("Not drawn: {error}"), "");
        }
    }
    let relative = if first.1 > 0.0 { change / first.1 } else { 0.0 };
    let title = format!(
        "{} to {} ({})",
        format::amount(first.1, ""),
        format::amount(last.1, ""),
        format::change(relative)
    );
    document(&body, "chart-sparkline", SIZE, &title, "")
}

/// Returns a line of the values as the `d` of an SVG path in a view box of 120 × 32: at most 40 points in whole units, so that a list of
/// many results stays small. Fewer than two finite values give an empty text.
pub fn sparkline_path(values: &[f64]) -> String {
    let (low, high) = range(values.iter().copied().filter(|value| value.is_finite()));
    let kept = downsample(values.iter().copied(), 40);
    let (Some(first), Some(last)) = (kept.first().copied(), kept.last().copied()) else {
        return String::new();
    };
    if first == last {
        return String::new();
    }
    let mut path = String::new();
    let mut before = (0, 0);
    for (index, place) in kept.into_iter().enumerate() {
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.5 };
        #[expect(clippy::cast_possible_truncation, reason = "places within 120 × 32")]
        let point = (
            (1.0 + 118.0 * share(position(place - first), position(last - first))).round() as i32,
            (30.0 - 28.0 * share(values[place] - low, high - low)).round() as i32,
        );
        let letter = match index {
            0 => "M",
            1 => "l",
            _ => " ",
        };
        let written = write!(path, "{letter}{} {}", point.0 - before.0, point.1 - before.1);
        debug_assert!(written.is_ok(), "Invariant: a String takes any text");
        before = point;
    }
    path
}

fn paint(root: &Root<'_>, points: &[Point], ink: Ink) -> Result<(), DrawError> {
    let (low, high) = range(points.iter().map(|point| point.1));
    let margin = if high > low { 0.0 } else { (high.abs() * 0.01).max(1e-6) };
    let (first, last) =
        (points.first().map_or(0.0, |point| point.0), points.last().map_or(1.0, |point| point.0));
    let frame = Frame { left: 1, top: 2, width: 118, height: 28 };
    let pane = Pane::new(root, frame, (first, last), (low - margin, high + margin));
    pane.area(points, low - margin, ink, 0.15)?;
    pane.line(points.to_vec(), ink, 1.5)
}

/// Returns `width` blocks from `▁` to `█`, each the last value of its stretch; a space where there is none. Flat values are `▄`.
pub fn sparkline_text(values: &[f64], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let (low, high) = range(finite.iter().copied());
    let columns = width.min(finite.len());
    let block = |column: usize| {
        let value = finite[(column + 1) * finite.len() / columns - 1];
        if high <= low {
            return BLOCKS[3];
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share from 0 to 7")]
        let level = ((value - low) / (high - low) * 7.0).round() as usize;
        BLOCKS.get(level).copied().unwrap_or('█')
    };
    (0..columns).map(block).collect()
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

#[expect(clippy::cast_precision_loss, reason = "a position in a series")]
fn position(index: usize) -> f64 {
    index as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_spans_the_range_of_its_values() {
        assert_eq!(sparkline_text(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 8), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline_text(&[5.0, 5.0, 5.0], 8), "▄▄▄");
        assert_eq!(sparkline_text(&[1.0, f64::NAN, 9.0, 1.0, 5.0, 9.0], 3), "▁▁█");
        assert_eq!(sparkline_text(&[], 8), "");
        assert_eq!(sparkline_text(&[1.0], 0), "");
    }

    #[test]
    fn a_path_is_short_and_spans_its_box() {
        assert_eq!(sparkline_path(&[1.0, 3.0, 2.0]), "M1 30l59 -28 59 14");
        assert_eq!(sparkline_path(&[5.0, 5.0]), "M1 16l118 0");
        assert_eq!([sparkline_path(&[1.0]), sparkline_path(&[f64::NAN, f64::NAN])], ["", ""]);
        let long: Vec<f64> = (0..100_000).map(|bar| f64::from(bar % 977)).collect();
        assert!(sparkline_path(&long).len() < 320);
    }

    #[test]
    fn svg_takes_the_colour_of_the_change_and_says_it() {
        let svg = sparkline_svg(&[100.0, 120.0, 90.0], Theme::Dark);
        assert!(svg.contains("chart-down") && !svg.contains("chart-up"));
        assert!(svg.contains("<title>100.00 to 90.00 (-10.00 %)</title>"), "{svg}");
        assert!(sparkline_svg(&[1.0, 1.0], Theme::Light).contains("chart-up"));
        assert!(!sparkline_svg(&[1.0], Theme::Light).contains("<path"));
        assert!(sparkline_svg(&[f64::NAN], Theme::Light).contains("No values"));
    }
}
