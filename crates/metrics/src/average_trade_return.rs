//! Average trade return: mean of profit / cost of entry over closed trades.

use crate::TradeOutcome;
use crate::figure::{Figure, mean};

pub(crate) fn average_trade_return(trades: &[TradeOutcome]) -> Figure {
    let returns: Vec<f64> = trades.iter().map(|trade| trade.return_on_cost).collect();
    Ok(mean(&returns).ok_or("no closed trades")?)
}
