//! Streaming indicators, one file each, and the registry that draws charts from them.
//!
//! Invariants: an indicator is fed one bar at a time with finite numbers, allocates nothing per bar, looks at no bar after it, and
//! returns `None` until it is defined; warm-up and values agree with TA-Lib where TA-Lib defines them. Same input, same bits. Sums are
//! exact: values are read as the decimals that were published (`reading`), added as integers and divided with one rounding.
//! This crate deliberately knows no orders and decides nothing; `docs/concepts/indicators.md` is its manual.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod atr;
mod bollinger;
mod ema;
mod extremum;
mod macd;
mod obv;
mod percent_mean;
mod period;
mod quotient;
mod reading;
mod registry;
mod rsi;
mod sma;
mod spec;
mod stochastic;
mod stream;
mod total;
mod window;
mod wma;

pub use atr::Atr;
pub use bollinger::{Bollinger, BollingerValue};
pub use ema::Ema;
pub use macd::{Macd, MacdValue};
pub use obv::Obv;
pub use period::{MAX_PERIOD, PeriodError};
pub use registry::{IndicatorKind, Pane, Param, find, registry};
pub use rsi::Rsi;
pub use sma::{Sma, SmaPair};
pub use spec::{Column, IndicatorSpec, ParseIndicatorError, compute, parse};
pub use stochastic::{Stochastic, StochasticValue};
pub use stream::Stream;
pub use wma::Wma;
