//! Average loss: mean profit of the closed trades that lost something, in quote currency, negative.

use crate::TradeOutcome;
use crate::figure::{Figure, mean};

pub(crate) fn average_loss(trades: &[TradeOutcome]) -> Figure {
    let losses: Vec<f64> = trades.iter().map(|trade| trade.profit).filter(|profit| *profit < 0.0).collect();
    Ok(mean(&losses).ok_or("no losing trade")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::trades;

    #[test]
    fn is_negative() {
        assert_eq!(average_loss(&trades(&[5.0, -3.0, -1.0, 0.0])), Ok(-2.0));
        assert!(average_loss(&trades(&[0.0, 1.0])).is_err());
    }
}
