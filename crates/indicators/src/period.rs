//! The number of bars an indicator looks at, checked once.

/// The longest period: 100 000 bars, TA-Lib's own limit, and a bound on memory.
pub const MAX_PERIOD: usize = 100_000;

/// Why an indicator cannot be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PeriodError {
    /// A period outside its range.
    #[error("{name} is {found}; it must be from {least} to {MAX_PERIOD} bars")]
    OutOfRange {
        /// Which parameter.
        name: &'static str,
        /// The value as it was given.
        found: usize,
        /// The smallest allowed.
        least: usize,
    },
    /// Two periods in the wrong order.
    #[error("the fast period ({fast}) must be shorter than the slow period ({slow})")]
    NotFaster {
        /// The fast period.
        fast: usize,
        /// The slow period.
        slow: usize,
    },
    /// A width that is no positive number.
    #[error("{name} is {found}; it must be a number above 0 and at most 1000")]
    Width {
        /// Which parameter.
        name: &'static str,
        /// The value as it was given.
        found: f64,
    },
}

/// Passes a period from `least` to [`MAX_PERIOD`] on.
pub(crate) fn check_period(name: &'static str, found: usize, least: usize) -> Result<usize, PeriodError> {
    if (least..=MAX_PERIOD).contains(&found) {
        Ok(found)
    } else {
        Err(PeriodError::OutOfRange { name, found, least })
    }
}

/// Returns a checked period as a number.
#[expect(clippy::cast_precision_loss, reason = "periods are at most MAX_PERIOD")]
pub(crate) fn number(period: usize) -> f64 {
    period as f64
}
