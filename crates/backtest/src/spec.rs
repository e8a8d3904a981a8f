//! What is run: a strategy with its parameters over a stretch of one series, on an account with costs.

use config::catalogue::Params;
use serde::{Deserialize, Serialize};
use types::{FilterSchedule, Money, Rate, SeriesKey, TimeRange, Timestamp};

/// Everything that a run depends on besides the candles; stored with its result, so that it can be repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The strategy's name in the library: `sma_crossover_btc`.
    pub name: String,
    /// The strategy's kind in the registry: `sma_crossover`.
    pub strategy: String,
    /// Its parameters, defaults filled in.
    pub params: Params,
    /// The candles it trades on.
    #[serde(flatten)]
    pub series: SeriesKey,
    /// First open time that belongs to the run; `None` starts at the first stored candle.
    pub start: Option<Timestamp>,
    /// First open time that no longer does; `None` ends after the last stored candle.
    pub end: Option<Timestamp>,
    /// Cash at the start, in quote currency.
    pub initial_capital: Money,
    /// Fee as a share of notional.
    pub commission: Rate,
    /// How much worse than the open a market order fills, as a share of it.
    pub slippage: Rate,
    /// The instrument's order rules over time; none for candles without an instrument snapshot.
    #[serde(default)]
    pub filters: FilterSchedule,
}

impl RunSpec {
    /// Returns the open times that belong to the run.
    pub fn range(&self) -> TimeRange {
        TimeRange {
            start: self.start.unwrap_or(TimeRange::ALL.start),
            end: self.end.unwrap_or(TimeRange::ALL.end),
        }
    }
}
