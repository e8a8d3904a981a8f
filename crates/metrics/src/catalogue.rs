//! What every figure is called, how it is computed and how to read it: the text behind each hover, report and `--help`.

use serde::Serialize;

use crate::{Format, Metric};

/// Which direction of a figure is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// It describes and does not judge.
    Neither,
}

/// The definition of one figure. There is no other one in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its name.
    pub metric: Metric,
    /// Its title on screen.
    pub title: &'static str,
    /// How it is written.
    pub format: Format,
    /// How it is computed.
    pub formula: &'static str,
    /// One sentence: what it says and what is good.
    pub explanation: &'static str,
    /// Which direction is better, for colours and for ranking.
    pub better: Better,
}

impl Metric {
    /// Returns its definition.
    pub fn definition(self) -> &'static Definition {
        // The catalogue follows the order of the enum; a test says so.
        &CATALOGUE[self as usize]
    }

    /// Returns its title on screen.
    pub fn title(self) -> &'static str {
        self.definition().title
    }
}

/// Returns the definition of every figure, in the order of a report.
pub const fn catalogue() -> &'static [Definition] {
    &CATALOGUE
}

const fn define(
    metric: Metric,
    title: &'static str,
    format: Format,
    better: Better,
    [formula, explanation]: [&'static str; 2],
) -> Definition {
    Definition { metric, title, format, formula, explanation, better }
}

use Better::{Higher, Lower, Neither};
use Format::{Count, Duration, Money, Percent, Ratio};

const CATALOGUE: [Definition; 21] = [
    define(
        Metric::FinalEquity,
        "Final equity",
        Money,
        Higher,
        [
            "cash + open position marked at the last close",
            "What the account is worth at the end, an open position included.",
        ],
    ),
    define(
        Metric::NetProfit,
        "Net profit",
        Money,
        Higher,
        [
            "final equity − initial capital",
            "What the run earned after fees and slippage; compare it with buy and hold over the same time.",
        ],
    ),
    define(
        Metric::TotalReturn,
        "Total return",
        Percent,
        Higher,
        [
            "final equity / initial capital − 1",
            "Net profit as a share of the initial capital; it says nothing about how long it took or how rough it was.",
        ],
    ),
    define(
        Metric::Cagr,
        "CAGR",
        Percent,
        Higher,
        [
            "(final equity / initial capital)^(365 / days) − 1, on calendar days",
            "The steady yearly growth that would give the same result; withheld under 30 days.",
        ],
    ),
    define(
        Metric::Volatility,
        "Volatility",
        Percent,
        Lower,
        [
            "standard deviation (ddof 1) of daily returns × √365",
            "How far a year's result typically strays; holding Bitcoin has been about 50 to 80 %.",
        ],
    ),
    define(
        Metric::Sharpe,
        "Sharpe ratio",
        Ratio,
        Higher,
        [
            "mean / standard deviation (ddof 1) of daily returns × √365; equity at 00:00 UTC, risk-free rate 0",
            "Return per unit of fluctuation: above 1 is good, above 2 very good, above 3 in a backtest usually a mistake.",
        ],
    ),
    define(
        Metric::Sortino,
        "Sortino ratio",
        Ratio,
        Higher,
        [
            "mean of daily returns / √(Σ min(r, 0)² / n) × √365; equity at 00:00 UTC, target 0",
            "Return per unit of downward fluctuation only; above 2 is good, and it is normally larger than Sharpe.",
        ],
    ),
    define(
        Metric::MaxDrawdown,
        "Max drawdown",
        Percent,
        Higher,
        [
            "lowest (equity / highest equity before − 1) over every bar",
            "The worst fall from a peak you would have sat through; closer to zero is better.",
        ],
    ),
    define(
        Metric::MaxDrawdownDuration,
        "Max drawdown duration",
        Duration,
        Lower,
        [
            "time from the peak before the deepest drawdown to the first close at or above it",
            "How long the worst fall took to be made good; n/a while it is still under water.",
        ],
    ),
    define(
        Metric::LongestDrawdownDuration,
        "Longest drawdown",
        Duration,
        Lower,
        [
            "longest time from a peak to the first close at or above it, or to the last close while under water",
            "The longest wait for a new high, which is what makes people give a strategy up.",
        ],
    ),
    define(
        Metric::Calmar,
        "Calmar ratio",
        Ratio,
        Higher,
        ["CAGR / |max drawdown|", "Yearly growth per unit of worst fall; above 1 is good, above 3 rare."],
    ),
    define(
        Metric::Trades,
        "Trades",
        Count,
        Neither,
        [
            "number of closed trades",
            "The trade figures rest on this many samples; under 30 they are mostly luck.",
        ],
    ),
    define(
        Metric::WinRate,
        "Win rate",
        Percent,
        Higher,
        [
            "closed trades with profit > 0 after fees / closed trades",
            "How often a trade earns something; it means little without the size of wins and losses.",
        ],
    ),
    define(
        Metric::ProfitFactor,
        "Profit factor",
        Ratio,
        Higher,
        [
            "gross profit / gross loss of closed trades, in quote currency",
            "What is won for each unit lost: above 1 earns, above 1.5 is good; n/a without a losing trade.",
        ],
    ),
    define(
        Metric::AverageWin,
        "Average win",
        Money,
        Higher,
        ["mean profit of closed trades with profit > 0", "What a winning trade earns after fees."],
    ),
    define(
        Metric::AverageLoss,
        "Average loss",
        Money,
        Higher,
        [
            "mean profit of closed trades with profit < 0 (negative)",
            "What a losing trade costs with fees; closer to zero is better.",
        ],
    ),
    define(
        Metric::Expectancy,
        "Expectancy",
        Money,
        Higher,
        [
            "mean profit of closed trades",
            "What one trade earns on average after fees; it has to be positive.",
        ],
    ),
    define(
        Metric::AverageTradeReturn,
        "Average trade",
        Percent,
        Higher,
        [
            "mean of profit / cost of entry over closed trades",
            "What one trade returns on the money it used; compare it with what a round trip costs.",
        ],
    ),
    define(
        Metric::Exposure,
        "Exposure",
        Percent,
        Neither,
        [
            "bars with an open position at the close / bars",
            "The share of time at risk in the market; the same return with less exposure is better.",
        ],
    ),
    define(
        Metric::Turnover,
        "Turnover",
        Ratio,
        Neither,
        [
            "Σ price × quantity of all fills / mean equity at 00:00 UTC",
            "How many times the account was traded over; every unit pays fees and slippage.",
        ],
    ),
    define(
        Metric::FeesPaid,
        "Fees paid",
        Money,
        Lower,
        ["sum of the fees of all fills", "What the venue took; already deducted from every other figure."],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_its_definition_at_its_place() {
        assert_eq!(Metric::ALL.len(), catalogue().len());
        for (metric, definition) in Metric::ALL.iter().zip(catalogue()) {
            assert_eq!(*metric, definition.metric);
            assert_eq!(metric.definition(), definition);
            assert!(definition.explanation.ends_with('.'), "{metric}");
            assert!(!definition.formula.ends_with('.'), "{metric}");
        }
    }

    #[test]
    fn the_manual_defines_every_metric() {
        let manual = include_str!("../../../docs/concepts/metrics.md");
        for definition in catalogue() {
            assert!(manual.contains(&format!("`{}`", definition.metric)), "{} is missing", definition.metric);
        }
    }
}
