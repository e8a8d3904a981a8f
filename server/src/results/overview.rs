//! A result as its page shows it, without its trades and with as much of its equity curve as can be drawn.
//!
//! Invariants: the overview of a run of any length has about the same size; highest and lowest points, the ends of the curve and the
//! deepest drawdowns are in it, so that a chart of it says what a chart of the whole would.

use std::collections::BTreeSet;

use backtest::{Account, DataNote, OpenPosition, RunResult, RunSpec};
use metrics::{Summary, drawdown_series};
use reports::{EquityChart, downsample};
use serde::{Deserialize, Serialize};
use types::Timestamp;

/// Points kept of each line of the chart: what its widest drawing shows.
const POINTS: usize = 1300;

/// A result without its trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Overview {
    /// What was run.
    pub(crate) spec: RunSpec,
    /// Which candles it touched.
    pub(crate) data: DataNote,
    /// The statistics.
    pub(crate) metrics: Summary,
    /// The account's books at the end.
    pub(crate) account: Account,
    /// The position still open at the end.
    pub(crate) open_position: Option<OpenPosition>,
    /// When the last bar closed.
    pub(crate) ended_at: Timestamp,
    /// Number of closed trades.
    pub(crate) trades: u64,
    /// Entry and exit of every trade, UTC milliseconds; empty when there are more than a chart marks.
    pub(crate) marks: Vec<[i64; 2]>,
    /// The equity curve.
    pub(crate) curve: Curve,
}

/// Points of an equity curve, in columns of equal length.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Curve {
    /// When the bar closed, UTC milliseconds.
    pub(crate) time_ms: Vec<i64>,
    /// Mark-to-market equity, in quote.
    pub(crate) equity: Vec<f64>,
    /// The market's close, quote per base.
    pub(crate) close: Vec<f64>,
}

impl Overview {
    /// Makes the overview of a result.
    pub(crate) fn of(result: &RunResult) -> Self {
        let is_marked = result.trades.len() * 2 <= EquityChart::MOST_MARKERS;
        let marks = result.trades.iter().filter(|_| is_marked).map(|row| {
            let trade = &row.trade;
            [trade.entry_time.as_ms(), trade.exit_time.as_ms()]
        });
        Self {
            spec: result.spec.clone(),
            data: result.data.clone(),
            metrics: result.metrics.clone(),
            account: result.account.clone(),
            open_position: result.open_position.clone(),
            ended_at: result.ended_at(),
            trades: result.trades.len() as u64,
            marks: marks.collect(),
            curve: Curve::of(result),
        }
    }
}

impl Curve {
    fn of(result: &RunResult) -> Self {
        let curve = &result.equity;
        let depths = drawdown_series(result.spec.initial_capital.to_f64(), &curve.value);
        let mut kept = BTreeSet::from_iter(downsample(depths, POINTS));
        for line in [&curve.value[..], &curve.close[..]] {
            kept.extend(downsample(line.iter().copied(), POINTS));
        }
        for fall in &result.metrics.drawdowns {
            for at in [fall.peak, fall.trough] {
                kept.extend(curve.time.binary_search(&at).ok());
            }
        }
        Self {
            time_ms: kept.iter().map(|&bar| curve.time[bar].as_ms()).collect(),
            equity: kept.iter().map(|&bar| curve.value[bar]).collect(),
            close: kept.iter().map(|&bar| curve.close[bar]).collect(),
        }
    }

    /// Returns when the bars closed.
    pub(crate) fn times(&self) -> Vec<Timestamp> {
        self.time_ms.iter().copied().map(Timestamp::from_ms).collect()
    }
}
