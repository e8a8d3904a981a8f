//! Where everything lies in either size, in pixels.

use plotters::drawing::IntoDrawingArea;
use plotters::style::text_anchor::{HPos, VPos};

use super::{ChartSize, EquityChart};
use crate::canvas::{Canvas, SCALE};
use crate::ink::{Ink, Theme};
use crate::pane::{Frame, Type, write};

#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) class: &'static str,
    pub(super) size: (u32, u32),
    pub(super) equity: Frame,
    pub(super) drawdown: Frame,
    /// Rows of the legend's entries; two entries share a row when there is room.
    pub(super) legend: [i32; 2],
    /// The size of letters.
    pub(super) text: f64,
    pub(super) time_ticks: usize,
    pub(super) value_ticks: u32,
    /// Points per line: about two per pixel.
    pub(super) points: usize,
    pub(super) line: f64,
    pub(super) marker: i32,
    pub(super) most_markers: usize,
}

impl Layout {
    pub(super) const fn of(size: ChartSize) -> Self {
        match size {
            ChartSize::Wide => Self {
                class: "chart chart-wide",
                size: (1200, 480),
                equity: Frame { left: 2, top: 42, width: 1116, height: 272 },
                drawdown: Frame { left: 2, top: 356, width: 1116, height: 90 },
                legend: [16, 16],
                text: 13.0,
                time_ticks: 12,
                value_ticks: 8,
                points: 1300,
                line: 1.8,
                marker: 5,
                most_markers: EquityChart::MOST_MARKERS,
            },
            ChartSize::Compact => Self {
                class: "chart chart-compact",
                size: (390, 372),
                equity: Frame { left: 1, top: 54, width: 329, height: 176 },
                drawdown: Frame { left: 1, top: 266, width: 329, height: 76 },
                legend: [12, 32],
                text: 12.0,
                time_ticks: 5,
                value_ticks: 4,
                points: 660,
                line: 1.6,
                marker: 4,
                most_markers: EquityChart::MOST_MARKERS / 3,
            },
        }
    }

    /// Makes room for labels of a width in pixels; usual ones have it. Small prices have long labels.
    pub(super) fn with_axis(mut self, width: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the width of a short text")]
        let needed = self.equity.left + self.equity.width + 12 + width.ceil() as i32;
        let excess = needed - i32::try_from(self.size.0).unwrap_or(needed);
        // A text that leaves no room for the lines is cut off instead.
        let cut = excess.clamp(0, self.equity.width / 3);
        self.equity.width -= cut;
        self.drawdown.width -= cut;
        self
    }

    /// Returns where labels of the value axes start, in tenths of a pixel.
    pub(super) const fn axis(&self) -> i32 {
        (self.equity.left + self.equity.width + 8) * SCALE
    }

    pub(super) const fn set(&self, ink: Ink, at: (HPos, VPos)) -> Type {
        Type { ink, size: self.text, bold: false, at }
    }

    /// Returns a drawing that only says something.
    pub(super) fn notice(&self, text: &str, theme: Theme) -> String {
        let mut body = String::new();
        let root = Canvas::new(&mut body, self.size, theme).into_drawing_area();
        let (width, height) = root.dim_in_pixel();
        let middle = |length: u32| i32::try_from(length / 2).unwrap_or(0);
        let set = self.set(Ink::Label, (HPos::Center, VPos::Center));
        let written = write(&root, text, (middle(width), middle(height)), set);
        debug_assert!(written.is_ok(), "Invariant: the canvas takes any text");
        drop(root);
        body
    }
}
