//! Which candles: a series and a stretch of time.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ExchangeId, Interval, Symbol, Timestamp};

/// Names one series of candles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesKey {
    /// The exchange the candles belong to.
    pub exchange: ExchangeId,
    /// The traded pair.
    pub symbol: Symbol,
    /// The length of a candle.
    pub interval: Interval,
}

/// `binance BTCUSDT 1h`
impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.exchange, self.symbol, self.interval)
    }
}

/// A half-open stretch of open times: `start` included, `end` not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    /// First open time that belongs to it.
    pub start: Timestamp,
    /// First open time that no longer does.
    pub end: Timestamp,
}

impl TimeRange {
    /// All of time.
    pub const ALL: TimeRange =
        TimeRange { start: Timestamp::from_ms(i64::MIN), end: Timestamp::from_ms(i64::MAX) };

    /// Returns whether a bar that opens at `at` belongs to it.
    pub fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// Returns whether nothing can belong to it.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}
