//! Volatility: sample standard deviation of daily returns × √365.

use crate::figure::{DAYS_PER_YEAR, Figure, sample_deviation};

pub(crate) fn volatility(returns: &[f64]) -> Figure {
    let deviation = sample_deviation(returns).ok_or("fewer than two daily returns")?;
    Ok(deviation * DAYS_PER_YEAR.sqrt())
}
