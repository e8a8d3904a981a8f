//! One result with everything on its page.

use serde::{Deserialize, Serialize};
use types::RunId;

use super::{Figure, RunView};
use crate::markets::model::ProvenanceView;

/// A line of a list of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is: `Commission`.
    pub label: String,
    /// Its value: `0.1 %`.
    pub value: String,
}

/// Which direction of a figure is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// It describes and does not judge.
    Neither,
}

/// A statistic that explains itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricView {
    /// Its name: `sharpe`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// As it is shown.
    pub text: String,
    /// Its value; `None` when it is undefined.
    pub value: Option<f64>,
    /// How it is computed.
    pub formula: String,
    /// What it says, in a sentence.
    pub explanation: String,
    /// Why it is undefined.
    pub reason: Option<String>,
    /// Which direction is better.
    pub better: Better,
}

/// A month of the table of returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthView {
    /// The return.
    pub figure: Figure,
    /// From −4 (worst) over 0 to 4 (best): the strength of the colour.
    pub heat: i8,
}

/// A year of the table of returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct YearView {
    /// The calendar year, UTC.
    pub year: i32,
    /// January to December, always twelve; `None` for a month that the run does not touch.
    pub months: Vec<Option<MonthView>>,
    /// The months compounded.
    pub total: Figure,
}

/// A fall from a peak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawdownView {
    /// How deep, negative.
    pub depth: Figure,
    /// When the peak was, UTC milliseconds.
    pub peak_ms: i64,
    /// When the lowest point was.
    pub trough_ms: i64,
    /// When the peak was reached again; `None` while under water.
    pub recovery_ms: Option<i64>,
    /// How long from peak to recovery, or so far.
    pub duration: String,
}

/// How much of the range that was asked for the candles of a result cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageView {
    /// The start asked for, UTC milliseconds; `None` for the first stored candle.
    pub start_ms: Option<i64>,
    /// The end asked for; `None` for the last stored candle.
    pub end_ms: Option<i64>,
    /// When the first bar of the result opened.
    pub first_ms: i64,
    /// When its last bar closed.
    pub until_ms: i64,
    /// Whole bars of the range asked for.
    pub expected: u64,
    /// Bars of it that are stored.
    pub present: u64,
    /// Bars of it that are not: the sum of the three below.
    pub missing: u64,
    /// Those before the first stored bar.
    pub missing_before: u64,
    /// Those between the first and the last stored bar.
    pub missing_within: u64,
    /// Those after the last stored bar.
    pub missing_after: u64,
}

/// Which order rules the orders of a result obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRules {
    /// None: any price and any amount filled.
    None,
    /// Those of the specification.
    Given,
    /// Those of each bar's own day, for every bar.
    OfTheDay,
    /// For some bars, or for all, those of another day.
    Assumed,
}

impl OrderRules {
    /// Returns it in words: `of the day`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Given => "given",
            Self::OfTheDay => "of the day",
            Self::Assumed => "assumed",
        }
    }

    /// Returns what that means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::None => "Any price and any amount filled.",
            Self::Given => "Those of the specification.",
            Self::OfTheDay => "Tick, step and minimum of each day.",
            Self::Assumed => "Those of another day, for some bars.",
        }
    }
}

/// A result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    /// What the list shows too.
    pub run: RunView,
    /// Every statistic, in the order of a report.
    pub metrics: Vec<MetricView>,
    /// Equity and drawdown over time, wide (SVG drawn by the server).
    pub chart_wide_svg: String,
    /// The same for a narrow screen.
    pub chart_compact_svg: String,
    /// Monthly returns, years rising.
    pub monthly: Vec<YearView>,
    /// The deepest falls, the deepest first.
    pub drawdowns: Vec<DrawdownView>,
    /// What was run: strategy, parameters, series, range, capital, costs.
    pub spec: Vec<Fact>,
    /// The account's books at the end.
    pub account: Vec<Fact>,
    /// The position still open at the end, in a sentence.
    pub open_position: Option<String>,
    /// How many candles came from where.
    pub provenance: ProvenanceView,
    /// The form of a new backtest, filled in with what this one was given.
    pub again: String,
    /// How much of the range that was asked for its candles cover.
    pub coverage: CoverageView,
    /// Which order rules its orders obeyed and how they are known, in a sentence; [`RunView::order_rules`] says it in a word.
    pub order_rules: String,
    /// What a reader must know before believing the figures, each a sentence; missing bars are among them.
    pub warnings: Vec<String>,
}

/// Which trades to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeQuery {
    /// The result.
    pub run: RunId,
    /// Which page, from 1.
    pub page: u32,
    /// How many on a page.
    pub per_page: u32,
}

/// A page of trades, in order of closing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradePage {
    /// The trades.
    pub trades: Vec<TradeView>,
    /// What prices, fees and profits are in: `USDT`; empty when it is not known.
    pub currency: String,
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
}

/// A closed trade; amounts as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeView {
    /// Its number, from 1.
    pub number: u64,
    /// When it was opened, UTC milliseconds.
    pub entry_ms: i64,
    /// When it was closed.
    pub exit_ms: i64,
    /// Bought amount in base.
    pub quantity: String,
    /// Average entry price.
    pub entry_price: String,
    /// Average exit price.
    pub exit_price: String,
    /// Both fees.
    pub fees: String,
    /// Profit after fees, in quote.
    pub profit: Figure,
    /// Profit as a share of what the entry cost.
    pub return_on_cost: Figure,
}
