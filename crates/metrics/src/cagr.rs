//! CAGR: the yearly growth that turns the initial capital into the last equity on calendar days.
//!
//! `(end / start)^(365 / days) − 1`, `days` from the open of the first bar to the close of the last, fractions included.

use crate::figure::{DAYS_PER_YEAR, Figure, long_enough};

pub(crate) fn cagr(initial_capital: f64, final_equity: f64, days: f64) -> Figure {
    long_enough(days)?;
    if final_equity < 0.0 {
        return Err("the last equity is negative: no yearly growth leads there".to_owned());
    }
    Ok((final_equity / initial_capital).powf(DAYS_PER_YEAR / days) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_in_half_a_year_is_three_hundred_percent() {
        assert_eq!(cagr(100.0, 200.0, 182.5), Ok(3.0));
        assert_eq!(cagr(100.0, 100.0, 31.0), Ok(0.0));
        assert_eq!(cagr(100.0, 0.0, 31.0), Ok(-1.0));
    }

    #[test]
    fn short_and_negative_runs_have_none() {
        assert!(cagr(100.0, 101.0, 29.99).expect_err("short").contains("at least 30"));
        assert!(cagr(100.0, -1.0, 31.0).is_err());
    }
}
