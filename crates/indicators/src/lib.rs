//! Streaming indicators, one file each, and the registry that draws charts from them.
//!
//! Invariants: an indicator is fed one bar at a time with finite numbers, allocates nothing per bar, looks at no bar after it, and
//! returns `None` until it is defined; warm-up and values agree with TA-Lib where TA-Lib defines them. Same input, same bits.
//! This crate deliberately knows no orders and decides nothing; `docs/concepts/indicators.md` is its manual.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod double;
mod period;
mod rsi;
mod sma;
mod window;

pub use period::{MAX_PERIOD, PeriodError};
pub use rsi::Rsi;
pub use sma::Sma;
