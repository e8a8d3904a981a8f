//! Turnover: notional of all fills, buys and sells, / mean of the daily equity points. Over the whole run, not annualised.

use crate::EquityPoint;
use crate::figure::{Figure, mean};

pub(crate) fn turnover(traded_notional: f64, points: &[EquityPoint]) -> Figure {
    let equity: Vec<f64> = points.iter().map(|point| point.equity).collect();
    match mean(&equity) {
        Some(mean) if mean > 0.0 => Ok(traded_notional / mean),
        _ => Err("the mean daily equity is not positive".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::Timestamp;

    #[test]
    fn divides_by_the_mean_of_daily_points() {
        let point = |equity| EquityPoint { time: Timestamp::EPOCH, equity };
        assert_eq!(turnover(300.0, &[point(100.0), point(200.0)]), Ok(2.0));
        assert!(turnover(300.0, &[]).is_err());
        assert!(turnover(300.0, &[point(0.0)]).is_err());
    }
}
