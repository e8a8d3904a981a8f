//! Series and candles as a page shows them.

use serde::{Deserialize, Serialize};
use types::{Provenance, SeriesKey};

/// How many candles of a series came from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProvenanceView {
    /// Fetched from the exchange.
    pub exchange: u64,
    /// Read from the user's files.
    pub imported: u64,
    /// Computed from finer candles.
    pub resampled: u64,
    /// Re-fetched over a hole or a wrong value.
    pub repaired: u64,
    /// Generated.
    pub synthetic: u64,
}

/// Where the price of a series went lately.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendView {
    /// The last close, quote per base.
    pub last_price: f64,
    /// Last close ÷ first close of the stretch − 1.
    pub change: f64,
    /// How long the stretch is: `30 days`.
    pub span: String,
    /// The closes as a sparkline (SVG drawn by the server).
    pub svg: String,
}

/// A stored series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesView {
    /// The series.
    pub key: SeriesKey,
    /// Number of candles.
    pub rows: u64,
    /// Open time of the first, UTC milliseconds.
    pub first_ms: i64,
    /// Open time of the last.
    pub last_ms: i64,
    /// Space taken on disk.
    pub bytes: u64,
    /// Number of holes.
    pub gaps: u64,
    /// Candles missing in them.
    pub missing: u64,
    /// Where its candles came from.
    pub provenance: ProvenanceView,
    /// Where its price went lately.
    pub trend: Option<TrendView>,
}

/// A hole in a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapView {
    /// Open time of the first missing candle, UTC milliseconds.
    pub start_ms: i64,
    /// Open time of the first candle that is there again.
    pub end_ms: i64,
    /// How many are missing.
    pub missing: u64,
    /// Why.
    pub cause: GapCauseView,
}

/// Why candles are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCauseView {
    /// The exchange has none: it was asked twice, the last time then (UTC milliseconds).
    Outage(i64),
    /// What came could not be stored, for this reason.
    Rejected(String),
    /// Nobody has asked for them yet.
    NotFetched,
}

/// Which candles to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandleQuery {
    /// The series.
    pub key: SeriesKey,
    /// Only candles that open before this; `None` for the latest.
    pub before_ms: Option<i64>,
    /// At most so many, the latest of those that fit.
    pub limit: u32,
    /// Indicators as the user writes them: `sma(20)`. Values must be as if computed over the whole series.
    pub indicators: Vec<String>,
    /// Whether what is no indicator is left out and told, rather than refused together with everything else.
    pub known_only: bool,
}

/// Candles in order of time, in columns of equal length, ready for a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandleWindow {
    /// Open times, UTC milliseconds.
    pub time: Vec<i64>,
    /// Opening prices.
    pub open: Vec<f64>,
    /// Highest prices.
    pub high: Vec<f64>,
    /// Lowest prices.
    pub low: Vec<f64>,
    /// Closing prices.
    pub close: Vec<f64>,
    /// Volumes in base.
    pub volume: Vec<f64>,
    /// Where the candles came from, run by run; the counts add up to the number of candles.
    pub provenance: Vec<ProvenanceRun>,
    /// Indicator lines.
    pub lines: Vec<LineView>,
    /// Indicators that were asked for and are none; empty unless they were to be left out.
    pub refused: Vec<RefusedIndicator>,
    /// Decimals that write every price here exactly, noise of imported floating-point numbers aside.
    pub price_decimals: u32,
    /// The same for volumes.
    pub volume_decimals: u32,
    /// Whether there are earlier candles.
    pub has_earlier: bool,
}

/// Something that was asked for as an indicator and is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedIndicator {
    /// As it was asked for.
    pub indicator: String,
    /// What is wrong with it, and what may have been meant, as a sentence.
    pub message: String,
}

/// The candle that is forming: it has opened and is not closed yet.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct FormingCandle {
    /// Open time, UTC milliseconds.
    pub time: i64,
    /// Opening price.
    pub open: f64,
    /// Highest price so far.
    pub high: f64,
    /// Lowest price so far.
    pub low: f64,
    /// Latest price.
    pub close: f64,
    /// Volume in base so far.
    pub volume: f64,
}

/// What the chart tells the page around it (`public/chart.js`).
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct LiveNews {
    /// How the line to the server is.
    pub state: LiveState,
    /// The candle that is forming, as far as that was told.
    pub forming: Option<FormingCandle>,
    /// Whether a candle has just closed.
    pub has_closed: bool,
}

/// How the line is on which candles are told as they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum LiveState {
    /// Nothing was told lately: nobody follows the series, or nothing is traded.
    #[default]
    #[serde(rename = "")]
    Quiet,
    /// The forming candle changes as it is traded.
    #[serde(rename = "live")]
    Live,
    /// The line broke; the browser connects again by itself.
    #[serde(rename = "lost")]
    Lost,
}

/// Neighbouring candles of one provenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenanceRun {
    /// Where they came from.
    pub provenance: Provenance,
    /// How many.
    pub count: u64,
}

/// Where a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinePane {
    /// Over the candles.
    Overlay,
    /// In a pane of its indicator.
    Separate,
}

/// One line of an indicator, a value per candle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineView {
    /// The indicator as it was asked for: `bollinger(20, 2)`.
    pub indicator: String,
    /// The line's name: `upper`.
    pub name: String,
    /// Where it is drawn.
    pub pane: LinePane,
    /// Values; `null` until the indicator is defined.
    pub values: Vec<Option<f64>>,
}

impl ProvenanceView {
    /// Returns each provenance that occurs, with its count, most trusted first.
    pub fn parts(&self) -> Vec<(Provenance, u64)> {
        let counts = [self.exchange, self.imported, self.resampled, self.repaired, self.synthetic];
        Provenance::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    /// Returns whether any candle was generated.
    pub const fn is_synthetic(&self) -> bool {
        self.synthetic > 0
    }
}

impl SeriesView {
    /// Returns the page with its chart.
    pub fn link(&self) -> String {
        series_link(&self.key)
    }
}

/// Returns a series as pages name it: `BTCUSDT · 1h · binance`.
pub fn series_text(key: &SeriesKey) -> String {
    format!("{} · {} · {}", key.symbol, key.interval, key.exchange)
}

/// Returns the page with the chart of a series.
pub fn series_link(key: &SeriesKey) -> String {
    format!("/markets/{}/{}/{}", key.exchange, key.symbol, key.interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_provenances_that_occur_are_listed() {
        let view = ProvenanceView { imported: 3, synthetic: 1, ..ProvenanceView::default() };
        assert_eq!(view.parts(), vec![(Provenance::Imported, 3), (Provenance::Synthetic, 1)]);
        assert!(view.is_synthetic());
    }
}
