//! Backtests as a page shows them.

use serde::{Deserialize, Serialize};
use types::{RunId, SeriesKey};

mod detail;
mod form;
mod order;
mod verdict;

pub use detail::{
    Better, CoverageView, DrawdownView, Fact, MetricView, MonthView, OrderRules, RunDetail, TradePage,
    TradeQuery, TradeView, YearView,
};
pub use form::{
    BacktestDefaults, BacktestForm, BacktestRequest, ParamField, SeriesChoice, StrategyChoice, parse_key,
    percent_text,
};
pub(crate) use form::{question_capital, question_percent};
pub use order::{RunColumn, RunOrder};
pub use verdict::{BENCHMARK, verdict, verdict_of};

/// A figure: its text by the house's rules, and its value for colour and order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// As it is shown: `+12.40 %`, or `n/a`.
    pub text: String,
    /// Its value; `None` when it is undefined.
    pub value: Option<f64>,
}

/// A result in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// The id.
    pub id: RunId,
    /// What the user calls it; the strategy's name unless they said otherwise.
    pub name: String,
    /// The strategy's kind: `sma_crossover`.
    pub strategy: String,
    /// The kind's title: `SMA crossover`.
    pub strategy_title: String,
    /// Its parameters, short: `fast 10, slow 30`. Empty when it has none.
    pub params: String,
    /// The series it traded.
    pub key: SeriesKey,
    /// Open time of the first bar, UTC milliseconds.
    pub first_ms: i64,
    /// Open time of the last bar.
    pub last_ms: i64,
    /// Whole bars of the range that was asked for.
    pub expected_bars: u64,
    /// Bars of that range that are not stored.
    pub missing_bars: u64,
    /// Which order rules its orders obeyed.
    pub order_rules: OrderRules,
    /// When it was started.
    pub created_ms: i64,
    /// Whether it touched generated candles.
    pub is_synthetic: bool,
    /// Total return.
    pub total_return: Figure,
    /// What the market did meanwhile.
    pub market_return: Figure,
    /// Deepest fall.
    pub max_drawdown: Figure,
    /// Sharpe ratio.
    pub sharpe: Figure,
    /// Profit factor.
    pub profit_factor: Figure,
    /// Share of winning trades.
    pub win_rate: Figure,
    /// Closed trades.
    pub trades: u64,
    /// Equity as the path of an SVG of 120 × 32; empty when there is none.
    pub sparkline: String,
}

/// A part of the list, in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// The results.
    pub runs: Vec<RunView>,
    /// How many there are in all.
    pub total: u64,
    /// The words of the address that lead to the next part: `before=…`.
    pub next: Option<String>,
}

/// Which part of the list to read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunQuery {
    /// In which order.
    pub order: RunOrder,
    /// What [`RunPage::next`] said in the default order; `None` for the newest.
    pub before: Option<String>,
    /// Which page of any other order, from 1.
    pub page: u32,
    /// At most so many.
    pub limit: u32,
}

impl Figure {
    /// Returns the class for its sign: `up`, `down` or nothing.
    pub fn tone(&self) -> &'static str {
        match self.value {
            Some(value) if value > 0.0 => "up",
            Some(value) if value < 0.0 => "down",
            _ => "",
        }
    }
}

impl RunView {
    /// Returns the strategy with its parameters: `SMA crossover, fast 10, slow 30`.
    pub fn title(&self) -> String {
        if self.params.is_empty() {
            self.strategy_title.clone()
        } else {
            format!("{}, {}", self.strategy_title, self.params)
        }
    }

    /// Returns its page.
    pub fn link(&self) -> String {
        format!("/backtests/{}", self.id)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A result without figures.
    pub(crate) fn run(name: &str) -> RunView {
        let none = Figure { text: String::new(), value: None };
        RunView {
            id: "01900000-0000-7000-8000-000000000000".parse().unwrap(),
            name: name.into(),
            strategy: "sma_crossover".into(),
            strategy_title: "SMA crossover".into(),
            params: "fast 10, slow 30".into(),
            key: parse_key("demo BTCUSDT 1h").unwrap(),
            first_ms: 0,
            last_ms: 0,
            expected_bars: 0,
            missing_bars: 0,
            order_rules: OrderRules::None,
            created_ms: 0,
            is_synthetic: true,
            total_return: none.clone(),
            market_return: none.clone(),
            max_drawdown: none.clone(),
            sharpe: none.clone(),
            profit_factor: none.clone(),
            win_rate: none,
            trades: 0,
            sparkline: String::new(),
        }
    }

    #[test]
    fn a_strategy_is_called_by_its_title_and_named_parameters() {
        assert_eq!(run("a").title(), "SMA crossover, fast 10, slow 30");
        assert_eq!(RunView { params: String::new(), ..run("a") }.title(), "SMA crossover");
    }
}
