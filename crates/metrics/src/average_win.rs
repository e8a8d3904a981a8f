//! Average win: mean profit of the closed trades that earned something, in quote currency.

use crate::TradeOutcome;
use crate::figure::{Figure, mean};

pub(crate) fn average_win(trades: &[TradeOutcome]) -> Figure {
    let wins: Vec<f64> = trades.iter().map(|trade| trade.profit).filter(|profit| *profit > 0.0).collect();
    Ok(mean(&wins).ok_or("no winning trade")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::trades;

    #[test]
    fn losses_and_zeros_do_not_dilute_it() {
        assert_eq!(average_win(&trades(&[5.0, 0.0, -1.0, 1.0])), Ok(3.0));
        assert!(average_win(&trades(&[0.0, -1.0])).is_err());
    }
}
