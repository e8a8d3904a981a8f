//! The nouns of the house: what a symbol, an interval, a candle, a price, a quantity and an amount of money are.
//!
//! Invariants: every type is a value, checks itself on construction and reads no clock, file or random source.
//! This crate deliberately knows nothing about orders, indicators or storage.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod bars;
mod candle;
mod candle_batch;
mod currency;
pub mod digits;
mod filter_schedule;
mod fixed;
pub mod format;
mod grid;
mod ids;
mod instrument;
mod interval;
pub mod limits;
mod money;
mod nearest;
mod plain_candles;
mod provenance;
mod series;
mod symbol;
mod timestamp;

pub use bars::{Bar, Bars, BarsError, FiniteColumn};
pub use candle::{Candle, CandleFault};
pub use candle_batch::CandleBatch;
pub use currency::is_coin;
pub use filter_schedule::FilterSchedule;
pub use fixed::FixedError;
pub use grid::Grid;
pub use ids::{JobId, ParseIdError, RunId, SessionId, UserId};
pub use instrument::{Instrument, InstrumentFilters, InstrumentStatus};
pub use interval::{Interval, ParseIntervalError};
pub use money::{Money, Price, Quantity, Rate};
pub use nearest::{extend_nearest, nearest_column, nearest_f64};
pub use plain_candles::{PlainCandles, PlainParts, PlainRow};
pub use provenance::{ParseProvenanceError, Provenance};
pub use series::{SeriesKey, TimeRange};
pub use symbol::{ExchangeId, ParseSymbolError, Symbol};
pub use timestamp::{ParseTimestampError, Timestamp};
