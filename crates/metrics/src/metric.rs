//! The names of the figures: one identifier each, the same in JSON, on screen, in reports and in this crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! metrics {
    ($($variant:ident $name:literal,)+) => {
        /// A figure of a [`Summary`](crate::Summary). Its text is the name of the field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Metric {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Metric {
            /// Every figure, in the order of a report.
            pub const ALL: &'static [Metric] = &[$(Metric::$variant,)+];

            /// Returns the identifier: `max_drawdown`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Metric::$variant => $name,)+
                }
            }
        }
    };
}

metrics! {
    FinalEquity "final_equity",
    NetProfit "net_profit",
    TotalReturn "total_return",
    Cagr "cagr",
    Volatility "volatility",
    Sharpe "sharpe",
    Sortino "sortino",
    MaxDrawdown "max_drawdown",
    MaxDrawdownDuration "max_drawdown_duration",
    LongestDrawdownDuration "longest_drawdown_duration",
    Calmar "calmar",
    Trades "trades",
    WinRate "win_rate",
    ProfitFactor "profit_factor",
    AverageWin "average_win",
    AverageLoss "average_loss",
    Expectancy "expectancy",
    AverageTradeReturn "average_trade_return",
    Exposure "exposure",
    Turnover "turnover",
    FeesPaid "fees_paid",
}

/// A text that names no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no metric; use one of {}", names())]
pub struct ParseMetricError {
    /// The text as it was given.
    pub found: String,
}

fn names() -> String {
    let names: Vec<&str> = Metric::ALL.iter().map(|metric| metric.as_str()).collect();
    names.join(" ")
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Metric {
    type Err = ParseMetricError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|metric| metric.as_str() == text);
        found.copied().ok_or_else(|| ParseMetricError { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_serialised_name_and_reads_back() {
        for &metric in Metric::ALL {
            assert_eq!(metric.as_str().parse(), Ok(metric));
            assert_eq!(serde_json::to_value(metric).expect("a name"), metric.as_str());
        }
        let error = "sharp".parse::<Metric>().expect_err("no such figure").to_string();
        assert!(error.contains("'sharp'") && error.contains(" sharpe "), "{error}");
    }
}
