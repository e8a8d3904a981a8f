//! The order of the list of results. It stands in the list's address, so that a link, Back and a reload show the same.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Figure, RunView};

/// What results can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunColumn {
    /// When they were started.
    #[default]
    Started,
    /// Total return.
    Return,
    /// What the market did meanwhile.
    Market,
    /// Deepest fall.
    Drawdown,
    /// Sharpe ratio.
    Sharpe,
    /// Profit factor.
    ProfitFactor,
    /// Share of winning trades.
    WinRate,
    /// Number of closed trades.
    Trades,
}

/// An order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunOrder {
    /// By what.
    pub column: RunColumn,
    /// Whether the smallest come first rather than the largest; what is undefined comes last either way.
    pub is_ascending: bool,
}

impl RunColumn {
    /// All of them, in the order of the table.
    pub const ALL: [RunColumn; 8] = [
        Self::Return,
        Self::Market,
        Self::Drawdown,
        Self::Sharpe,
        Self::ProfitFactor,
        Self::WinRate,
        Self::Trades,
        Self::Started,
    ];

    /// Returns its name in an address: `profit_factor`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Return => "return",
            Self::Market => "market",
            Self::Drawdown => "drawdown",
            Self::Sharpe => "sharpe",
            Self::ProfitFactor => "profit_factor",
            Self::WinRate => "win_rate",
            Self::Trades => "trades",
        }
    }

    /// Returns its name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Started => "Run at (UTC)",
            Self::Return => "Return",
            Self::Market => "Buy and hold",
            Self::Drawdown => "Drawdown",
            Self::Sharpe => "Sharpe",
            Self::ProfitFactor => "Profit factor",
            Self::WinRate => "Win rate",
            Self::Trades => "Trades",
        }
    }

    /// Compares rising; `None` where one of the two has no such figure.
    fn compare(self, a: &RunView, b: &RunView) -> Option<Ordering> {
        let figure: fn(&RunView) -> &Figure = match self {
            Self::Started => return Some(a.created_ms.cmp(&b.created_ms)),
            Self::Trades => return Some(a.trades.cmp(&b.trades)),
            Self::Return => |run| &run.total_return,
            Self::Market => |run| &run.market_return,
            Self::Drawdown => |run| &run.max_drawdown,
            Self::Sharpe => |run| &run.sharpe,
            Self::ProfitFactor => |run| &run.profit_factor,
            Self::WinRate => |run| &run.win_rate,
        };
        Some(figure(a).value?.total_cmp(&figure(b).value?))
    }

    fn has(self, run: &RunView) -> bool {
        self.compare(run, run).is_some()
    }
}

impl RunOrder {
    /// Reads an order from the two words of an address; what is unknown is the newest first.
    pub fn from_address(sort: Option<&str>, order: Option<&str>) -> Self {
        let column = RunColumn::ALL.into_iter().find(|column| Some(column.as_str()) == sort);
        Self { column: column.unwrap_or_default(), is_ascending: order == Some("ascending") }
    }

    /// Returns whether it is the order without any words: the newest first.
    pub fn is_default(self) -> bool {
        self == Self::default()
    }

    /// Returns the address of the list in this order.
    pub fn link(self) -> String {
        if self.is_default() {
            return "/backtests".to_owned();
        }
        let order = if self.is_ascending { "&order=ascending" } else { "" };
        format!("/backtests?sort={}{order}", self.column.as_str())
    }

    /// Returns the order that a click on the head of a column asks for: the largest first, then the smallest.
    #[must_use]
    pub fn clicked(self, column: RunColumn) -> Self {
        Self { column, is_ascending: self.column == column && !self.is_ascending }
    }

    /// Compares two results; equal ones have the newest first.
    pub fn compare(self, a: &RunView, b: &RunView) -> Ordering {
        let ordering = match self.column.compare(a, b) {
            Some(rising) if self.is_ascending => rising,
            Some(rising) => rising.reverse(),
            None => self.column.has(b).cmp(&self.column.has(a)),
        };
        ordering.then_with(|| b.created_ms.cmp(&a.created_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::tests::run;

    #[test]
    fn the_address_says_the_order_and_a_click_turns_it() {
        let order = RunOrder::from_address(Some("sharpe"), Some("ascending"));
        assert_eq!(order.link(), "/backtests?sort=sharpe&order=ascending");
        assert_eq!(RunOrder::from_address(None, None).link(), "/backtests");
        assert!(RunOrder::from_address(Some("luck"), None).is_default());
        let clicked = RunOrder::default().clicked(RunColumn::Return);
        assert_eq!(clicked.link(), "/backtests?sort=return");
        assert_eq!(clicked.clicked(RunColumn::Return).link(), "/backtests?sort=return&order=ascending");
        assert_eq!(
            RunOrder::default().clicked(RunColumn::Started).link(),
            "/backtests?sort=started&order=ascending"
        );
    }

    #[test]
    fn what_is_undefined_comes_last_in_both_directions() {
        let with = |name: &str, value: Option<f64>| {
            let mut run = run(name);
            run.sharpe.value = value;
            run
        };
        let mut runs = [with("low", Some(-1.0)), with("none", None), with("high", Some(2.0))];
        let mut sorted = |is_ascending| {
            runs.sort_by(|a, b| RunOrder { column: RunColumn::Sharpe, is_ascending }.compare(a, b));
            runs.iter().map(|run| run.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(sorted(false), ["high", "low", "none"]);
        assert_eq!(sorted(true), ["low", "high", "none"]);
    }
}
