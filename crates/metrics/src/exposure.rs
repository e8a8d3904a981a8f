//! Exposure: bars with an open position at their close / bars.

use crate::figure::Figure;

#[expect(clippy::cast_precision_loss, reason = "counts of bars are far below 2^53")]
pub(crate) fn exposure(in_market: u64, bars: u64) -> Figure {
    if bars == 0 {
        return Err("the run has no bars".to_owned());
    }
    if in_market > bars {
        return Err(format!("{in_market} bars in the market of only {bars}"));
    }
    Ok(in_market as f64 / bars as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_share_of_bars() {
        assert_eq!(exposure(1, 4), Ok(0.25));
        assert!(exposure(0, 0).is_err());
        assert!(exposure(5, 4).is_err());
    }
}
