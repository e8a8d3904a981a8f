//! What a checked configuration is: resolved settings without anything left to default.
//!
//! Invariant: values of these types that come from [`crate::check`] are within the ranges of the tables; an `Option` means absent
//! on purpose, never "default".

mod backtest;
mod exchange;
mod settings;
mod strategy;

use indexmap::IndexMap;
use serde::Serialize;
use types::ExchangeId;

pub use backtest::BacktestSpec;
pub use exchange::ExchangeSettings;
pub use settings::{LogLevel, LoggingSettings, MarketDataSettings, Settings, StoreKind, TradingSettings};
pub use strategy::StrategySpec;

/// The four files together, in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Config {
    /// `settings.yaml`.
    pub settings: Settings,
    /// `exchanges.yaml` by name.
    pub exchanges: IndexMap<ExchangeId, ExchangeSettings>,
    /// `strategies.yaml` by name.
    pub strategies: IndexMap<String, StrategySpec>,
    /// `backtests.yaml` by name.
    pub backtests: IndexMap<String, BacktestSpec>,
}
