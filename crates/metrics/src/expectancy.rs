//! Expectancy: mean profit of a closed trade, in quote currency, after fees.

use crate::TradeOutcome;
use crate::figure::{Figure, mean};

pub(crate) fn expectancy(trades: &[TradeOutcome]) -> Figure {
    let profits: Vec<f64> = trades.iter().map(|trade| trade.profit).collect();
    Ok(mean(&profits).ok_or("no closed trades")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::trades;

    #[test]
    fn is_the_mean_over_all_closed_trades() {
        assert_eq!(expectancy(&trades(&[6.0, -3.0, 0.0])), Ok(1.0));
        assert!(expectancy(&[]).is_err());
    }
}
