//! Profit factor: gross profit / gross loss of closed trades, in quote currency, after fees.

use crate::TradeOutcome;
use crate::figure::Figure;

pub(crate) fn profit_factor(trades: &[TradeOutcome]) -> Figure {
    if trades.is_empty() {
        return Err("no closed trades".to_owned());
    }
    let gross = |sign: f64| trades.iter().map(|trade| (trade.profit * sign).max(0.0)).sum::<f64>();
    let (profit, loss) = (gross(1.0), gross(-1.0));
    if loss <= 0.0 {
        return Err("no losing trade: nothing to divide by".to_owned());
    }
    Ok(profit / loss)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::trades;

    #[test]
    fn divides_quote_currency_not_percentages() {
        assert_eq!(profit_factor(&trades(&[30.0, -10.0, 0.0, -5.0])), Ok(2.0));
        assert_eq!(profit_factor(&trades(&[-10.0])), Ok(0.0));
    }

    #[test]
    fn without_a_loss_there_is_none() {
        assert!(profit_factor(&trades(&[30.0, 0.0])).expect_err("no loss").contains("no losing trade"));
        assert!(profit_factor(&[]).expect_err("none").contains("no closed trades"));
    }
}
