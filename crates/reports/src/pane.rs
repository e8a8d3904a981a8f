//! A rectangle of a chart with its own value axis, drawn through plotters' coordinates.

use std::convert::Infallible;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::{Cartesian2d, DrawingArea, IntoFont, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, ShapeStyle};

use crate::canvas::{Canvas, SCALE};
use crate::ink::Ink;

pub(crate) type DrawError = DrawingAreaErrorKind<Infallible>;
pub(crate) type Root<'a> = DrawingArea<Canvas<'a>, Shift>;

/// A point in data: milliseconds since the epoch and a value.
pub(crate) type Point = (f64, f64);

/// Where a pane lies, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// A pane ready to be drawn on.
pub(crate) struct Pane<'a> {
    area: DrawingArea<Canvas<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    frame: Frame,
    low: f64,
    high: f64,
}

impl<'a> Pane<'a> {
    pub(crate) fn new(root: &Root<'a>, frame: Frame, times: (f64, f64), (low, high): (f64, f64)) -> Self {
        let Frame { left, top, width, height } = frame;
        let columns = left * SCALE..(left + width) * SCALE;
        // Values grow upwards, rows downwards.
        let rows = (top + height) * SCALE..top * SCALE;
        let area = root.apply_coord_spec(Cartesian2d::new(times.0..times.1, low..high, (columns, rows)));
        Self { area, frame, low, high }
    }

    pub(crate) fn line(&self, points: Vec<Point>, ink: Ink, width: f64) -> Result<(), DrawError> {
        self.area.draw(&PathElement::new(points, stroke(ink, 1.0, width)))
    }

    /// Fills between a line and a value.
    pub(crate) fn area(&self, points: &[Point], base: f64, ink: Ink, opacity: f64) -> Result<(), DrawError> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(()) };
        let base = base.clamp(self.low, self.high);
        let mut outline = Vec::with_capacity(points.len() + 2);
        outline.push((first.0, base));
        outline.extend_from_slice(points);
        outline.push((last.0, base));
        self.area.draw(&Polygon::new(outline, ink.carrier().mix(opacity).filled()))
    }

    /// Returns where a point lies, in tenths of a pixel.
    pub(crate) fn place(&self, point: Point) -> (i32, i32) {
        self.area.map_coordinate(&point)
    }

    /// Draws a line across the pane at a value.
    pub(crate) fn across(
        &self,
        root: &Root<'_>,
        value: f64,
        ink: Ink,
        opacity: f64,
    ) -> Result<(), DrawError> {
        let (_, y) = self.place((0.0, value));
        let (from, to) = (self.frame.left * SCALE, (self.frame.left + self.frame.width) * SCALE);
        root.draw(&PathElement::new(vec![(from, y), (to, y)], stroke(ink, opacity, 1.0)))
    }
}

fn stroke(ink: Ink, opacity: f64, width: f64) -> ShapeStyle {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "line widths are a few pixels"
    )]
    let units = (width * f64::from(SCALE)) as u32;
    ink.carrier().mix(opacity).stroke_width(units)
}

/// Draws a vertical line, in tenths of a pixel.
pub(crate) fn upright(
    root: &Root<'_>,
    x: i32,
    rows: (i32, i32),
    ink: Ink,
    opacity: f64,
) -> Result<(), DrawError> {
    root.draw(&PathElement::new(vec![(x, rows.0), (x, rows.1)], stroke(ink, opacity, 1.0)))
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    pub(crate) ink: Ink,
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) at: (HPos, VPos),
}

/// Writes a text at a place in tenths of a pixel.
pub(crate) fn write(root: &Root<'_>, text: &str, place: (i32, i32), set: Type) -> Result<(), DrawError> {
    let weight = if set.bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = ("sans-serif", set.size * f64::from(SCALE)).into_font().style(weight);
    let style = font.color(&set.ink.carrier()).pos(Pos::new(set.at.0, set.at.1));
    root.draw(&Text::new(text.to_owned(), place, style))
}
