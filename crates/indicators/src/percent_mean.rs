//! The mean of the last `n` percentages, exact.
//!
//! A percentage is a quotient and no decimal of a few digits, so it is summed as a multiple of 2^-56: exact from 0.0625 up, and to
//! 10^-17 below. Nothing drifts, and the mean of equal percentages is that percentage.

use crate::period::{PeriodError, check_period};
use crate::quotient::quotient;

/// 2^56.
#[expect(clippy::lossy_float_literal, reason = "it is exact: a power of two")]
const UNITS: f64 = 72_057_594_037_927_936.0;
/// In the ring: not a number.
const NOT_A_NUMBER: i64 = i64::MIN;

#[derive(Debug, Clone)]
pub(crate) struct PercentMean {
    counts: Vec<i64>,
    next: usize,
    /// Zeros that are no values yet.
    missing: usize,
    sum: i128,
    not_numbers: usize,
}

impl PercentMean {
    pub(crate) fn new(name: &'static str, period: usize) -> Result<Self, PeriodError> {
        let period = check_period(name, period, 1)?;
        Ok(Self { counts: vec![0; period], next: 0, missing: period, sum: 0, not_numbers: 0 })
    }

    /// Takes the next percentage, -127 to 127, and returns the mean, `None` while fewer than the period are known.
    pub(crate) fn next(&mut self, percent: f64) -> Option<f64> {
        // A cast of what is too large stops at the largest count: no wrap.
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of 2^-56 is cut off")]
        let new = if percent.is_nan() { NOT_A_NUMBER } else { ((percent * UNITS) as i64).max(-i64::MAX) };
        let old = std::mem::replace(&mut self.counts[self.next], new);
        self.next = if self.next + 1 == self.counts.len() { 0 } else { self.next + 1 };
        self.missing = self.missing.saturating_sub(1);
        self.count(new, 1);
        self.count(old, -1);
        if self.missing > 0 {
            return None;
        }
        if self.not_numbers > 0 {
            return Some(f64::NAN);
        }
        Some(quotient(self.sum, self.counts.len() as u64) / UNITS)
    }

    fn count(&mut self, count: i64, factor: i8) {
        if count == NOT_A_NUMBER {
            self.not_numbers = self.not_numbers.saturating_add_signed(factor.into());
        } else {
            self.sum += i128::from(count) * i128::from(factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_percentages_are_their_own_mean_after_any_past() {
        for percent in [0.0, 100.0 / 3.0, 12.3, 99.999_999_999_999_99, 100.0] {
            let mut mean = PercentMean::new("signal", 7).expect("a period");
            let past = [99.9, 0.1, f64::NAN, f64::INFINITY, 1e300, -1e300, 55.5];
            let last = past.into_iter().chain([percent; 7]).map(|value| mean.next(value)).last().flatten();
            assert_eq!(last, Some(percent));
        }
    }

    #[test]
    fn a_window_with_no_number_has_none() {
        let mut mean = PercentMean::new("signal", 2).expect("a period");
        assert_eq!(mean.next(f64::NAN), None);
        assert!(mean.next(10.0).expect("defined").is_nan());
        assert_eq!(mean.next(20.0), Some(15.0));
        assert_eq!(
            PercentMean::new("signal", 0).expect_err("zero").to_string(),
            "signal is 0; it must be from 1 to 100000 bars"
        );
    }
}
