//! Performance statistics: pure functions over a run's equity and closed trades, one definition and one file each.
//!
//! Invariants: no figure is ever NaN, infinite or a sentinel; what is undefined is `None` and [`Summary::withheld`] says why.
//! Sums run left to right over the input in plain `f64`, so the same observation gives the same bits on every machine.
//! This crate deliberately reads no storage, knows no orders and draws nothing; `docs/concepts/metrics.md` is its manual.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod average_loss;
mod average_trade_return;
mod average_win;
mod cagr;
mod calmar;
mod catalogue;
mod daily;
mod display;
mod drawdown;
mod expectancy;
mod exposure;
mod figure;
mod metric;
mod monthly;
mod observation;
mod profit_factor;
mod sharpe;
mod sortino;
mod summary;
mod total_return;
mod turnover;
mod volatility;
mod win_rate;

pub use catalogue::{Better, Definition, catalogue};
pub use daily::EquityPoint;
pub use display::{Format, NOT_AVAILABLE};
pub use drawdown::{Drawdown, drawdown_series};
pub use metric::{Metric, ParseMetricError};
pub use monthly::MonthlyReturn;
pub use observation::{Observation, TradeOutcome};
pub use summary::{Summary, summarise};
