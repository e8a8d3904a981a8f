//! Backtests as a page shows them.

use serde::{Deserialize, Serialize};
use types::{JobId, RunId, SeriesKey};

mod detail;
mod form;

pub use detail::{
    Better, CoverageView, DrawdownView, Fact, MetricView, MonthView, OrderRules, RunDetail, TradePage,
    TradeQuery, TradeView, YearView,
};
pub use form::{
    BacktestDefaults, BacktestForm, BacktestRequest, SeriesChoice, StrategyChoice, parse_key, percent_text,
};

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
    /// The job that made it, unless that was deleted.
    pub job: Option<JobId>,
    /// What the user calls it; the strategy's name unless they said otherwise.
    pub name: String,
    /// The strategy's kind: `sma_crossover`.
    pub strategy: String,
    /// The kind's title: `SMA crossover`.
    pub strategy_title: String,
    /// Its parameters, short: `10 / 30`.
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
    /// Equity at the end with its currency.
    pub final_equity: Figure,
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
    /// Equity as a sparkline (SVG drawn by the server); may be empty.
    pub sparkline_svg: String,
}

/// A part of the list, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPage {
    /// The results.
    pub runs: Vec<RunView>,
    /// How many there are in all.
    pub total: u64,
    /// Where the next part begins; opaque.
    pub next: Option<String>,
}

/// Which part of the list to read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunQuery {
    /// What [`RunPage::next`] said; `None` for the newest.
    pub before: Option<String>,
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
    /// Returns its page.
    pub fn link(&self) -> String {
        format!("/backtests/{}", self.id)
    }
}
