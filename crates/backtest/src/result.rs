//! What a run brought: metrics, trades, equity and the account's books, ready for JSON.

use std::sync::Arc;

use engine::Trade;
use market_data::ProvenanceCounts;
use metrics::Summary;
use serde::{Deserialize, Serialize};
use types::{Money, Price, Quantity, Timestamp};

use crate::digits;
use crate::{Coverage, RulesBasis, RunSpec};

/// A finished run. Holds nothing that differs between two runs of the same specification on the same candles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// What was run.
    pub spec: RunSpec,
    /// Which candles it touched.
    pub data: DataNote,
    /// The statistics.
    pub metrics: Summary,
    /// The account's books at the end.
    pub account: Account,
    /// The position still open at the end, marked at the last close and not among the trades.
    pub open_position: Option<OpenPosition>,
    /// Closed trades, in order of closing.
    pub trades: Vec<TradeRow>,
    /// Equity at every bar's close.
    pub equity: EquityCurve,
}

/// Which candles a run touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataNote {
    /// How many bars.
    pub bars: u64,
    /// Open time of the first.
    pub first: Timestamp,
    /// Open time of the last.
    pub last: Timestamp,
    /// How much of the range that was asked for they cover.
    #[serde(flatten)]
    pub coverage: Coverage,
    /// How many candles came from where.
    pub provenance: ProvenanceCounts,
    /// The first bar's open, quote per base: where holding would have begun.
    pub first_open: f64,
    /// Last close ÷ first open − 1: what the market did meanwhile.
    pub market_return: f64,
    /// Bars that the strategy needed before its first signal could be right.
    pub warm_up_bars: u64,
    /// Which order rules its orders obeyed, and how they are known.
    #[serde(default)]
    pub rules: RulesBasis,
}

/// The account's books at the end; `cash = initial_cash − bought + sold − fees`, to the last digit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Quote currency at the start.
    pub initial_cash: Money,
    /// Quote currency at the end.
    pub cash: Money,
    /// Paid for base, without fees.
    pub bought: Money,
    /// Received for base, without fees.
    pub sold: Money,
    /// All fees.
    pub fees: Money,
    /// Base amount that closed trades could not sell because a lot step had become coarser; marked in the equity.
    #[serde(default)]
    pub remainder: Quantity,
    /// Orders that the venue rejected or risk refused.
    pub refused_orders: u64,
    /// Orders decided on the last bar, which nothing followed.
    pub unfilled_orders: u64,
}

/// The position still open at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenPosition {
    /// Held base amount.
    pub quantity: Quantity,
    /// When it was opened.
    pub entry_time: Timestamp,
    /// Paid for it, without fees.
    pub entry_notional: Money,
    /// Fees so far.
    pub fees: Money,
    /// The last close, quote per base.
    pub mark: f64,
    /// What it is worth at the mark, in quote.
    pub value: f64,
}

/// A closed trade with what a reader derives from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeRow {
    /// Its number, from 1.
    pub number: u64,
    /// The trade, in exact amounts.
    #[serde(flatten)]
    pub trade: Trade,
    /// Average entry price, quote per base; a number in documents.
    #[serde(with = "digits::number")]
    pub entry_price: Price,
    /// Average exit price, quote per base; a number in documents.
    #[serde(with = "digits::number")]
    pub exit_price: Price,
    /// Profit ÷ entry cost.
    pub return_on_cost: Option<f64>,
}

/// Equity at every bar's close, in columns of equal length.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EquityCurve {
    /// When each bar closed (UTC): the bars' own column.
    pub time: Arc<Vec<Timestamp>>,
    /// Mark-to-market equity, in quote.
    pub value: Vec<f64>,
    /// The market's close, quote per base: the bars' own column.
    pub close: Arc<Vec<f64>>,
}
