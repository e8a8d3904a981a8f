//! Sharpe ratio: mean / sample standard deviation (ddof 1) of daily returns × √365, risk-free rate 0.

use crate::figure::{DAYS_PER_YEAR, Figure, NO_DEVIATION, mean, sample_deviation};

pub(crate) fn sharpe(returns: &[f64]) -> Figure {
    let (Some(mean), Some(deviation)) = (mean(returns), sample_deviation(returns)) else {
        return Err("fewer than two daily returns".to_owned());
    };
    if deviation < NO_DEVIATION {
        return Err("daily returns do not vary: nothing to divide by".to_owned());
    }
    Ok(mean / deviation * DAYS_PER_YEAR.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_by_the_sample_deviation() {
        // Mean 0.02, deviations −0.01 0 0.01: sample variance 0.0001.
        let sharpe = sharpe(&[0.01, 0.02, 0.03]).expect("a ratio");
        assert!((sharpe - 2.0 * 365.0_f64.sqrt()).abs() < 1e-9, "{sharpe}");
    }

    #[test]
    fn equal_returns_have_none_even_after_rounding() {
        let equity: Vec<f64> = (0..50).map(|day| 100.0 * 1.01_f64.powi(day)).collect();
        let returns: Vec<f64> = equity.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect();
        assert!(sharpe(&returns).expect_err("no risk").contains("do not vary"));
        assert!(sharpe(&[0.1]).is_err());
        assert!(sharpe(&[]).is_err());
    }
}
