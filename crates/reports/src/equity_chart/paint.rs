//! Draws the chart from back to front: grid, areas, lines, markers, labels.

use plotters::style::text_anchor::{HPos, VPos};
use types::format;

use super::layout::Layout;
use super::{EquityChart, MarkerKind, Series, milliseconds};
use crate::canvas::{SCALE, runs};
use crate::ink::Ink;
use crate::labels;
use crate::pane::{DrawError, Frame, Pane, Point, Root, upright, write};
use crate::time_ticks::time_ticks;
use crate::value_ticks::value_ticks;

const GRID: f64 = 0.16;

pub(super) fn paint(
    root: &Root<'_>,
    chart: &EquityChart<'_>,
    series: &Series,
    layout: &Layout,
) -> Result<(), DrawError> {
    let first = milliseconds(chart.start);
    let times = (first, milliseconds(series.end).max(first + 1.0));
    let range = equity_range(series);
    let equity = Pane::new(root, layout.equity, times, range);
    let deepest = series.deepest();
    let floor = (deepest.1 * 1.08).min(-0.001);
    let drawdown = Pane::new(root, layout.drawdown, times, (floor, 0.0));
    let ink = Ink::of_change(series.change(chart));
    let (_, last_row) = equity.place((0.0, series.last));

    time_axis(root, chart, series, &drawdown, layout)?;
    value_axis(root, &equity, layout, range, last_row)?;
    drawdown_axis(root, &drawdown, layout, floor)?;

    equity.area(&series.equity, range.0, ink, 0.10)?;
    equity.across(root, chart.initial_capital, Ink::Baseline, 0.7)?;
    if let Some(hold) = &series.hold {
        equity.line(hold.clone(), Ink::Hold, layout.line - 0.4)?;
    }
    equity.line(series.equity.clone(), ink, layout.line)?;
    markers(root, chart, series, &equity, layout)?;
    tag(root, series, last_row, ink, layout)?;

    drawdown.area(&series.drawdown, 0.0, Ink::Drawdown, 0.18)?;
    drawdown.line(series.drawdown.clone(), Ink::Drawdown, layout.line - 0.6)?;
    if deepest.1 < 0.0 {
        dot(root, drawdown.place(deepest), Ink::Drawdown)?;
    }
    legend(root, chart, series, ink, layout)
}

/// Returns how wide the labels of the equity pane are, in pixels.
pub(super) fn axis_width(series: &Series, layout: &Layout) -> f64 {
    let (low, high) = equity_range(series);
    let (step, ticks) = value_ticks(low, high, layout.value_ticks);
    let texts = ticks.into_iter().map(|tick| format::axis_amount(tick, step));
    let tag = series.equity.last().map(|last| tag_text(last.1));
    texts.chain(tag).map(|text| labels::width(&text, layout.text)).fold(0.0, f64::max)
}

/// Returns the values that the equity pane spans: both lines with room above and below.
fn equity_range(series: &Series) -> (f64, f64) {
    let values = series.equity.iter().chain(series.hold.iter().flatten()).map(|point| point.1);
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    // A flat line lies in the middle of a range of its own size.
    let room = match high.abs() * 0.01 {
        _ if high > low => (high - low) * 0.07,
        room if room > 0.0 => room,
        _ => 1.0,
    };
    (low - room, high + room)
}

fn time_axis(
    root: &Root<'_>,
    chart: &EquityChart<'_>,
    series: &Series,
    pane: &Pane<'_>,
    layout: &Layout,
) -> Result<(), DrawError> {
    let bottom = |frame: Frame| (frame.top + frame.height) * SCALE;
    let edges = (layout.equity.left * SCALE, (layout.equity.left + layout.equity.width) * SCALE);
    for (at, label) in time_ticks(chart.start, series.end, layout.time_ticks) {
        let (x, _) = pane.place((milliseconds(at), 0.0));
        upright(root, x, (layout.equity.top * SCALE, bottom(layout.equity)), Ink::Grid, GRID)?;
        upright(root, x, (layout.drawdown.top * SCALE, bottom(layout.drawdown)), Ink::Grid, GRID)?;
        // A label in the middle of its line would be cut off at either edge.
        #[expect(clippy::cast_possible_truncation, reason = "the width of a short text")]
        let half = (labels::width(&label, layout.text) * f64::from(SCALE) / 2.0) as i32;
        let (x, anchor) = match x {
            x if x - half < edges.0 => (edges.0, HPos::Left),
            x if x + half > edges.1 => (edges.1, HPos::Right),
            x => (x, HPos::Center),
        };
        let row = bottom(layout.drawdown) + 8 * SCALE;
        write(root, &label, (x, row), layout.set(Ink::Label, (anchor, VPos::Top)))?;
    }
    Ok(())
}

fn value_axis(
    root: &Root<'_>,
    pane: &Pane<'_>,
    layout: &Layout,
    (low, high): (f64, f64),
    last_row: i32,
) -> Result<(), DrawError> {
    let (step, ticks) = value_ticks(low, high, layout.value_ticks);
    for tick in ticks {
        pane_label(root, pane, layout, (tick, &format::axis_amount(tick, step)), Some(last_row))?;
    }
    Ok(())
}

fn drawdown_axis(root: &Root<'_>, pane: &Pane<'_>, layout: &Layout, floor: f64) -> Result<(), DrawError> {
    let (step, ticks) = value_ticks(floor, 0.0, 3);
    for tick in ticks {
        pane_label(root, pane, layout, (tick, &format::axis_percent(tick, step)), None)?;
    }
    Ok(())
}

/// Draws a line of the grid and its label, which gives way to the tag of the last value.
fn pane_label(
    root: &Root<'_>,
    pane: &Pane<'_>,
    layout: &Layout,
    (value, label): (f64, &str),
    tag_row: Option<i32>,
) -> Result<(), DrawError> {
    pane.across(root, value, Ink::Grid, GRID)?;
    let (_, row) = pane.place((0.0, value));
    if tag_row.is_some_and(|tag| (tag - row).abs() < 16 * SCALE) {
        return Ok(());
    }
    write(root, label, (layout.axis(), row), layout.set(Ink::Label, (HPos::Left, VPos::Center)))
}

/// Draws the last value on the axis, and the point that it belongs to.
fn tag(root: &Root<'_>, series: &Series, row: i32, ink: Ink, layout: &Layout) -> Result<(), DrawError> {
    let Some(last) = series.equity.last() else { return Ok(()) };
    let left = (layout.equity.left + layout.equity.width) * SCALE;
    dot(root, (left, row), ink)?;
    let text = tag_text(last.1);
    let right = i32::try_from(layout.size.0).unwrap_or(0) * SCALE;
    let corners = [(left + 5 * SCALE, row - 10 * SCALE), (right - SCALE, row + 10 * SCALE)];
    root.draw(&plotters::element::Rectangle::new(corners, filled(ink)))?;
    let mut set = layout.set(Ink::Surface, (HPos::Left, VPos::Center));
    set.bold = true;
    write(root, &text, (layout.axis() + SCALE, row), set)
}

/// Writes a value in five digits or so: cents below a thousand, whole units up to a million; four significant digits beyond either end.
fn tag_text(value: f64) -> String {
    let step = match value.abs() {
        0.0 => 0.01,
        size if (1.0..1e3).contains(&size) => 0.01,
        size if (1e3..1e6).contains(&size) => 1.0,
        size => 10_f64.powf(size.log10().floor() - 3.0),
    };
    format::axis_amount(value, step)
}

fn dot(root: &Root<'_>, place: (i32, i32), ink: Ink) -> Result<(), DrawError> {
    root.draw(&plotters::element::Circle::new(place, 3 * SCALE, filled(ink)))
}

fn filled(ink: Ink) -> plotters::style::ShapeStyle {
    plotters::style::Color::filled(&ink.carrier())
}

fn markers(
    root: &Root<'_>,
    chart: &EquityChart<'_>,
    series: &Series,
    pane: &Pane<'_>,
    layout: &Layout,
) -> Result<(), DrawError> {
    if chart.markers.len() > layout.most_markers {
        return Ok(());
    }
    let half = layout.marker * SCALE;
    for marker in
        chart.markers.iter().filter(|marker| marker.time >= chart.start && marker.time <= series.end)
    {
        let (x, y) = pane.place(on_line(&series.equity, milliseconds(marker.time)));
        let (tip, base, ink) = match marker.kind {
            MarkerKind::Entry => (y + half, y + 3 * half - SCALE, Ink::Up),
            MarkerKind::Exit => (y - half, y - 3 * half + SCALE, Ink::Down),
        };
        let corners = vec![(x, tip), (x - half, base), (x + half, base)];
        root.draw(&plotters::element::Polygon::new(corners, filled(ink)))?;
    }
    Ok(())
}

/// Returns the point of a line at a time, between its neighbours.
fn on_line(points: &[Point], time: f64) -> Point {
    let after = points.partition_point(|point| point.0 < time);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(before), Some(after)) => {
            let share = (time - before.0) / (after.0 - before.0);
            (time, before.1 + share * (after.1 - before.1))
        }
        (Some(only), None) | (None, Some(only)) => (time, only.1),
        (None, None) => (time, 0.0),
    }
}

fn legend(
    root: &Root<'_>,
    chart: &EquityChart<'_>,
    series: &Series,
    ink: Ink,
    layout: &Layout,
) -> Result<(), DrawError> {
    let amount = |value: f64| format!("{} {}", format::amount_short(value, chart.currency), chart.currency);
    let left = layout.equity.left * SCALE;
    let hold = series.hold_change(chart);
    // On a telephone the entries are stacked; a lone one keeps to the chart.
    let [first, second] = layout.legend;
    let row = if hold.is_none() { second } else { first };
    let equity = [("Equity", Ink::Label, false), (&amount(series.last), Ink::Text, true)];
    entry(root, (left, row * SCALE), equity, (series.change(chart), ink), layout)?;
    if let Some((last, change)) = hold {
        let hold = [("Buy and hold", Ink::Label, false), (&amount(last), Ink::Text, false)];
        let x = if first == second { left + 350 * SCALE } else { left };
        entry(root, (x, second * SCALE), hold, (change, Ink::Hold), layout)?;
    }
    let drawdown = [("Drawdown", Ink::Label, false), ("deepest", Ink::Label, false)];
    let row = (layout.drawdown.top - 16) * SCALE;
    entry(root, (left, row), drawdown, (series.deepest().1, Ink::Drawdown), layout)
}

/// Writes a sample of the line, its name, a value and a change.
fn entry(
    root: &Root<'_>,
    (x, y): (i32, i32),
    [name, value]: [(&str, Ink, bool); 2],
    (change, ink): (f64, Ink),
    layout: &Layout,
) -> Result<(), DrawError> {
    let style = plotters::style::Color::stroke_width(&ink.carrier(), 2 * SCALE.unsigned_abs());
    root.draw(&plotters::element::PathElement::new(vec![(x, y), (x + 14 * SCALE, y)], style))?;
    // The drawdown is named by its own colour; a change by its sign.
    let text_ink = if ink == Ink::Drawdown { ink } else { Ink::of_change_text(change) };
    let text = runs(&[name, value, (&format::change(change), text_ink, value.2)]);
    write(root, &text, (x + 20 * SCALE, y), layout.set(Ink::Text, (HPos::Left, VPos::Center)))
}
