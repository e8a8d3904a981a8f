//! Win rate: closed trades that earned more than zero after fees / closed trades.

use crate::TradeOutcome;
use crate::figure::{Figure, number};

pub(crate) fn wins(trades: &[TradeOutcome]) -> usize {
    trades.iter().filter(|trade| trade.profit > 0.0).count()
}

pub(crate) fn win_rate(trades: &[TradeOutcome]) -> Figure {
    if trades.is_empty() {
        return Err("no closed trades".to_owned());
    }
    Ok(number(wins(trades)) / number(trades.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::trades;

    #[test]
    fn a_trade_that_breaks_even_is_no_win() {
        assert_eq!(win_rate(&trades(&[5.0, 0.0, -1.0, 1.0])), Ok(0.5));
        assert!(win_rate(&[]).is_err());
    }
}
