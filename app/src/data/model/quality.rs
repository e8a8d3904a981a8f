//! How far a series can be trusted, as a page shows it.

use serde::{Deserialize, Serialize};
use types::SeriesKey;

use crate::markets::model::GapView;

/// A stretch of neighbouring candles without a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlatView {
    /// Open time of the first, UTC milliseconds.
    pub start_ms: i64,
    /// Open time of the first candle after it.
    pub end_ms: i64,
    /// How many.
    pub candles: u64,
}

/// A candle that the exchange changed after it was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisionView {
    /// Its open time, UTC milliseconds.
    pub open_ms: i64,
    /// When the change was seen.
    pub seen_ms: i64,
    /// Which values changed: `close 101.5 → 101.7`.
    pub changes: String,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalView {
    /// Its open time, UTC milliseconds.
    pub open_ms: i64,
    /// What is wrong with it.
    pub reason: String,
}

/// How far a series can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityView {
    /// The series.
    pub key: SeriesKey,
    /// Number of candles.
    pub rows: u64,
    /// How much of each month is there.
    pub months: Vec<MonthCover>,
    /// The latest holes, with their causes.
    pub gaps: Vec<GapView>,
    /// Candles that the exchange does not have either.
    pub missing_at_exchange: u64,
    /// Candles that nobody has asked for yet, or that were refused.
    pub missing_here: u64,
    /// Flat candles that were filled in because somebody asked for them.
    pub filled: u64,
    /// Whether the user may have holes filled.
    pub may_fill: bool,
    /// Candles without a trade.
    pub flat: u64,
    /// The longest stretches of them, the longest first.
    pub flat_runs: Vec<FlatView>,
    /// How many candles the exchange revised.
    pub revised: u64,
    /// The latest of them.
    pub revisions: Vec<RevisionView>,
    /// How many rows were refused.
    pub refused: u64,
    /// The latest of them.
    pub refusals: Vec<RefusalView>,
}

/// How much of each month of a series is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageView {
    /// The series.
    pub key: SeriesKey,
    /// Its months, in order, from that of the first candle to that of the last one.
    pub months: Vec<MonthCover>,
}

/// How much of a month is there.
///
/// A page carries thousands of them, so they travel as four bare numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i32, u32, u64, u64)", into = "(i32, u32, u64, u64)")]
pub struct MonthCover {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u32,
    /// Candles of it that are not stored.
    pub missing: u64,
    /// Candles that the calendar has in it so far.
    pub expected: u64,
}

impl From<(i32, u32, u64, u64)> for MonthCover {
    fn from((year, month, missing, expected): (i32, u32, u64, u64)) -> Self {
        Self { year, month, missing, expected }
    }
}

impl From<MonthCover> for (i32, u32, u64, u64) {
    fn from(MonthCover { year, month, missing, expected }: MonthCover) -> Self {
        (year, month, missing, expected)
    }
}

impl MonthCover {
    /// Returns the share that is there, in per cent, rounded down, so that 100 means all of it.
    pub fn percent(self) -> u64 {
        (self.expected - self.missing.min(self.expected)) * 100 / self.expected.max(1)
    }

    /// Returns its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self.percent() {
            100 => "cover-full",
            99 => "cover-high",
            90..=98 => "cover-some",
            _ => "cover-low",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_month_is_full() {
        let month = |missing, expected| MonthCover { year: 2024, month: 1, missing, expected };
        assert_eq!(month(0, 744).class(), "cover-full");
        assert_eq!((month(1, 744).percent(), month(1, 744).class()), (99, "cover-high"));
        assert_eq!(month(744, 744).class(), "cover-low");
        assert_eq!(month(0, 0).percent(), 0);
    }
}
