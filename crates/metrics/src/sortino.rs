//! Sortino ratio: mean of daily returns / √(Σ min(r, 0)² / n) × √365, target 0, `n` counting all days, the winning ones included.

use crate::figure::{DAYS_PER_YEAR, Figure, NO_DEVIATION, mean, number};

pub(crate) fn sortino(returns: &[f64]) -> Figure {
    let mean = mean(returns).ok_or("no daily returns")?;
    let squares = returns.iter().map(|value| value.min(0.0) * value.min(0.0)).sum::<f64>();
    let downside = (squares / number(returns.len())).sqrt();
    if downside < NO_DEVIATION {
        return Err("no day lost: nothing to divide by".to_owned());
    }
    Ok(mean / downside * DAYS_PER_YEAR.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winning_days_count_in_n_but_not_in_the_sum() {
        // Mean 0.01; squares 0.0004 over four days: 0.01.
        let sortino = sortino(&[0.03, -0.02, 0.03, 0.0]).expect("a ratio");
        assert!((sortino - 365.0_f64.sqrt()).abs() < 1e-9, "{sortino}");
    }

    #[test]
    fn without_a_losing_day_there_is_none() {
        assert!(sortino(&[0.0, 0.01]).expect_err("no loss").contains("no day lost"));
        assert!(sortino(&[]).is_err());
    }
}
