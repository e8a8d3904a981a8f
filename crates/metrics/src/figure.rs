//! A statistic before it is published: a number, or the reason why there is none; and the three sums they share.

/// A value, or why it is withheld. The reason completes "withheld because …" and starts in lower case.
pub(crate) type Figure = Result<f64, String>;

/// Days in a year for every annualised figure: crypto trades every day.
pub(crate) const DAYS_PER_YEAR: f64 = 365.0;

/// The shortest run, in days, whose figures are annualised.
pub(crate) const LEAST_DAYS: f64 = 30.0;

/// A deviation of returns below this is the rounding of `f64`, not risk: equal returns do not give a ratio of 10^15.
pub(crate) const NO_DEVIATION: f64 = 1e-13;

/// Withholds annualised figures of a run shorter than [`LEAST_DAYS`].
pub(crate) fn long_enough(days: f64) -> Result<(), String> {
    if days < LEAST_DAYS {
        return Err(format!(
            "the run covers {days:.1} days; annualised figures need at least {LEAST_DAYS:.0}"
        ));
    }
    Ok(())
}

/// Returns `count` as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of bars and trades are far below 2^53")]
pub(crate) fn number(count: usize) -> f64 {
    count as f64
}

/// Returns the arithmetic mean, `None` of nothing.
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / number(values.len()))
}

/// Returns the sample standard deviation (ddof 1) in two passes, `None` of fewer than two values.
pub(crate) fn sample_deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values)?;
    let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    Some((squares / number(values.len() - 1)).sqrt())
}
