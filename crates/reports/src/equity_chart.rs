//! The chart of a run: equity against holding, with the drawdown below it, on one time axis.
//!
//! A viewer with a style sheet (`style/drawings.css`) sees the page's colours; a file on its own shows the theme's. The two sizes are two drawings,
//! not one that shrinks: on a telephone the letters stay as large as the page's.

use metrics::drawdown_series;
use plotters::drawing::IntoDrawingArea;
use types::{Timestamp, format};

use crate::canvas::{Canvas, document};
use crate::downsample::downsample;
use crate::ink::Theme;
use crate::pane::Point;

mod layout;
mod paint;

use layout::Layout;

/// What the chart shows. `times`, `equity` and `buy_and_hold` have one entry per bar; a shorter one ends the chart there.
#[derive(Debug, Clone, Copy)]
pub struct EquityChart<'a> {
    /// The name of the chart, read aloud and shown on hover.
    pub title: &'a str,
    /// The quote currency: `USDT`.
    pub currency: &'a str,
    /// The open time of the first bar.
    pub start: Timestamp,
    /// Cash before the first bar: the first point of every line.
    pub initial_capital: f64,
    /// When each bar closed.
    pub times: &'a [Timestamp],
    /// Equity at each close.
    pub equity: &'a [f64],
    /// What holding from the start would have been worth at each close.
    pub buy_and_hold: Option<&'a [f64]>,
    /// Entries and exits. More than [`EquityChart::MOST_MARKERS`] (a third of them on a compact chart) would cover the line and are all
    /// left out.
    pub markers: &'a [TradeMarker],
}

/// An entry or an exit on the equity line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeMarker {
    /// When it filled.
    pub time: Timestamp,
    /// Which of the two.
    pub kind: MarkerKind,
}

/// Whether a position was opened or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerKind {
    /// A triangle pointing up, below the line.
    Entry,
    /// A triangle pointing down, above the line.
    Exit,
}

/// How large a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChartSize {
    /// 1200 × 480, for a page on a screen or on paper.
    #[default]
    Wide,
    /// 390 × 372, for a telephone.
    Compact,
}

impl EquityChart<'_> {
    /// The most markers that a chart draws.
    pub const MOST_MARKERS: usize = 120;
}

/// Draws the chart. Without a single finite equity value, the drawing says that there is nothing to show.
pub fn equity_and_drawdown_svg(chart: &EquityChart<'_>, theme: Theme, size: ChartSize) -> String {
    let layout = Layout::of(size);
    let mut body = String::new();
    let description = match Series::of(chart, layout.points) {
        None => {
            body = layout.notice("No equity to show yet", theme);
            "There is no equity yet.".to_owned()
        }
        Some(series) => {
            let layout = layout.with_axis(paint::axis_width(&series, &layout));
            let root = Canvas::new(&mut body, layout.size, theme).into_drawing_area();
            let painted = paint::paint(&root, chart, &series, &layout);
            drop(root);
            if let Err(error) = painted {
                body = layout.notice(&format!("The chart could not be drawn: {error}"), theme);
            }
            series.describe(chart)
        }
    };
    document(&body, layout.class, layout.size, chart.title, &description)
}

/// The lines, few enough to draw.
struct Series {
    equity: Vec<Point>,
    hold: Option<Vec<Point>>,
    drawdown: Vec<Point>,
    /// Equity at the last close.
    last: f64,
    end: Timestamp,
}

impl Series {
    fn of(chart: &EquityChart<'_>, points: usize) -> Option<Self> {
        let times = &chart.times[..chart.times.len().min(chart.equity.len())];
        let place = times.iter().zip(chart.equity).rposition(|(_, equity)| equity.is_finite())?;
        if !chart.initial_capital.is_finite() {
            return None;
        }
        let line = |first: f64, values: &[f64]| -> Vec<Point> {
            let values = &values[..values.len().min(times.len())];
            let kept = downsample(values.iter().copied(), points)
                .into_iter()
                .map(|index| (milliseconds(times[index]), values[index]));
            std::iter::once((milliseconds(chart.start), first)).chain(kept).collect()
        };
        let depths: Vec<f64> = drawdown_series(chart.initial_capital, chart.equity).collect();
        Some(Self {
            equity: line(chart.initial_capital, chart.equity),
            hold: chart.buy_and_hold.map(|hold| line(chart.initial_capital, hold)),
            drawdown: line(0.0, &depths),
            last: chart.equity[place],
            end: times[times.len() - 1],
        })
    }

    fn change(&self, chart: &EquityChart<'_>) -> f64 {
        relative(self.last, chart.initial_capital)
    }

    fn hold_change(&self, chart: &EquityChart<'_>) -> Option<(f64, f64)> {
        let (_, last) = *self.hold.as_ref()?.last()?;
        Some((last, relative(last, chart.initial_capital)))
    }

    /// Returns the lowest point of the drawdown.
    fn deepest(&self) -> Point {
        let deeper = |deepest: Point, point: &Point| if point.1 < deepest.1 { *point } else { deepest };
        self.drawdown.iter().fold((milliseconds(self.end), 0.0), deeper)
    }

    fn describe(&self, chart: &EquityChart<'_>) -> String {
        let hold = self.hold_change(chart);
        let hold =
            hold.map_or(String::new(), |(_, change)| format!(" Buy and hold: {}.", format::change(change)));
        format!(
            "Equity from {} {currency} on {} to {} {currency} on {} ({}).{hold} Deepest drawdown: {}.",
            format::amount_short(chart.initial_capital, chart.currency),
            chart.start.to_date(),
            format::amount_short(self.last, chart.currency),
            self.end.to_date(),
            format::change(self.change(chart)),
            format::change(self.deepest().1),
            currency = chart.currency,
        )
    }
}

fn relative(value: f64, base: f64) -> f64 {
    if base > 0.0 { value / base - 1.0 } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any calendar time are far below 2^53")]
fn milliseconds(at: Timestamp) -> f64 {
    at.as_ms() as f64
}

#[cfg(test)]
mod tests;
