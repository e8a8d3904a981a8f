//! An entry of `backtests.yaml`, resolved.

use serde::{Deserialize, Serialize};
use types::{ExchangeId, Interval, Money, Rate, Symbol, Timestamp};

use crate::model::StrategySpec;

/// Strategies to run over symbols and a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestSpec {
    /// Its name in the file.
    pub name: String,
    /// Its title on screen; `None` shows the name.
    pub title: Option<String>,
    /// Whose candles to use; `None` leaves it to each strategy.
    pub exchange: Option<ExchangeId>,
    /// Names of strategies; at least one.
    pub strategies: Vec<String>,
    /// What they trade; at least one.
    pub symbols: Vec<Symbol>,
    /// Length of candles; `None` leaves it to each strategy.
    pub interval: Option<Interval>,
    /// First moment of the run; `None` is the first stored candle.
    pub start: Option<Timestamp>,
    /// First moment after the run; `None` is after the last stored candle.
    pub end: Option<Timestamp>,
    /// Cash that every run starts with, in quote currency.
    pub initial_capital: Money,
    /// Fee as a share of notional.
    pub commission: Rate,
    /// How much worse than the open a market order fills, as a share of it.
    pub slippage: Rate,
}

impl BacktestSpec {
    /// Returns the title, or the name where there is none.
    pub fn display_title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }

    /// Returns whose candles a strategy uses in this backtest.
    pub fn exchange_for<'a>(&'a self, strategy: &'a StrategySpec) -> &'a ExchangeId {
        self.exchange.as_ref().unwrap_or(&strategy.exchange)
    }

    /// Returns the length of the candles that a strategy uses in this backtest.
    pub fn interval_for(&self, strategy: &StrategySpec) -> Interval {
        self.interval.unwrap_or(strategy.interval)
    }
}
