//! Slow stochastic oscillator: where the close lies between the lowest low and the highest high, smoothed, from 0 to 100.
//!
//! As TA-Lib's STOCH with simple averages: %K is the average of the raw values, %D the average of %K, both defined from bar
//! `period + smoothing + signal − 2` on. When high and low of the whole window are equal there is no "where"; the raw value is then 50.
//!
//! The raw value is the quotient of two exact distances, rounded once: equal places in ranges of any size are equal to the bit.

use ethnum::I256;

use crate::extremum::SlidingMaximum;
use crate::percent_mean::PercentMean;
use crate::period::{PeriodError, check_period};
use crate::quotient::{quotient, wide_quotient};
use crate::reading::{narrow, wide};

/// A streaming stochastic oscillator.
#[derive(Debug, Clone)]
pub struct Stochastic {
    highest: SlidingMaximum,
    /// Of negated lows.
    lowest: SlidingMaximum,
    smoothing: PercentMean,
    signal: PercentMean,
}

/// The two lines at one bar, from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StochasticValue {
    /// The smoothed position of the close in the range.
    pub k: f64,
    /// The average of `k`.
    pub d: f64,
}

impl Stochastic {
    /// Builds it over `period` bars, %K smoothed over `smoothing` and %D over `signal` bars. The usual ones are 14, 3 and 3.
    pub fn new(period: usize, smoothing: usize, signal: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 1)?;
        Ok(Self {
            highest: SlidingMaximum::new(period),
            lowest: SlidingMaximum::new(period),
            smoothing: PercentMean::new("smoothing", smoothing)?,
            signal: PercentMean::new("signal", signal)?,
        })
    }

    /// Takes the next bar and returns both lines, `None` until both are known.
    pub fn next(&mut self, high: f64, low: f64, close: f64) -> Option<StochasticValue> {
        let (highest, lowest) = (self.highest.next(high), self.lowest.next(-low));
        let (highest, lowest) = (highest?, -lowest?);
        let k = self.smoothing.next(place(lowest, close, highest))?;
        let d = self.signal.next(k)?;
        Some(StochasticValue { k, d })
    }
}

/// Returns where the close lies between the extremes, from 0 to 100.
fn place(lowest: f64, close: f64, highest: f64) -> f64 {
    if highest <= lowest {
        return 50.0;
    }
    if let [Some(lowest), Some(close), Some(highest)] = [lowest, close, highest].map(narrow) {
        let (distance, range) = (100 * i128::from(close - lowest), highest - lowest);
        return quotient(distance, range.unsigned_abs());
    }
    match [lowest, close, highest].map(wide) {
        [Some(lowest), Some(close), Some(highest)] => {
            wide_quotient(I256::from(close - lowest) * I256::from(100), (highest - lowest).unsigned_abs())
        }
        _ => (close - lowest) / (highest - lowest) * 100.0,
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these must agree to the last bit")]
mod tests {
    use super::*;

    #[test]
    fn places_the_close_in_the_range() {
        let mut stochastic = Stochastic::new(2, 1, 2).expect("periods");
        assert_eq!(stochastic.next(10.0, 5.0, 6.0), None);
        assert_eq!(stochastic.next(15.0, 10.0, 10.0), None);
        // Lows 10 and 5, highs 15 and 15: 10 lies at 50 %, then 15 at 100 %.
        assert_eq!(stochastic.next(15.0, 5.0, 15.0), Some(StochasticValue { k: 100.0, d: 75.0 }));
    }

    #[test]
    fn equal_places_in_ranges_of_any_size_are_equal() {
        // In plain f64 (0.3 − 0.1) ÷ (0.5 − 0.1) is below a half.
        for [lowest, close, highest] in
            [[0.1, 0.3, 0.5], [1e-12, 3e-12, 5e-12], [0.0, 1e12, 2e12], [0.0, 1e17, 2e17]]
        {
            assert_eq!(place(lowest, close, highest), 50.0, "{close}");
        }
        assert!(place(0.0, f64::NAN, 1.0).is_nan());
    }

    #[test]
    fn a_market_that_does_not_move_is_in_the_middle() {
        let mut stochastic = Stochastic::new(2, 1, 1).expect("periods");
        stochastic.next(1.0, 1.0, 1.0);
        assert_eq!(stochastic.next(1.0, 1.0, 1.0), Some(StochasticValue { k: 50.0, d: 50.0 }));
        assert!(Stochastic::new(0, 3, 3).is_err());
    }
}
