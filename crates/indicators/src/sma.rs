//! Simple moving average: the mean of the last `n` values. Defined from the `n`-th value on.
//!
//! The sliding sum is kept to 106 bits and computed afresh every `n` values, so it neither drifts over a long series nor remembers an
//! outlier that has left the window. The mean of equal values is exactly that value, whatever came before.

use crate::double::Double;
use crate::period::PeriodError;
use crate::period::{check_period, number};
use crate::window::{Pushed, Window};

/// A streaming simple moving average.
#[derive(Debug, Clone)]
pub struct Sma {
    window: Window,
    sum: Double,
    period: f64,
    inverse: f64,
    full: bool,
}

impl Sma {
    /// Builds an average over `period` values, 1 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 1)?;
        Ok(Self {
            window: Window::new(period),
            sum: Double::ZERO,
            period: number(period),
            inverse: 1.0 / number(period),
            full: false,
        })
    }

    /// Takes the next value and returns the average, `None` while fewer than `period` are known.
    pub fn next(&mut self, value: f64) -> Option<f64> {
        self.sum = match self.window.push(value) {
            Pushed::Filling => self.sum.plus(value),
            Pushed::Filled => {
                self.full = true;
                self.sum.plus(value)
            }
            Pushed::Replaced(oldest) if !self.window.is_at_seam() => self.sum.slide(value, oldest),
            Pushed::Replaced(_) => sum(self.window.oldest_first()),
        };
        self.full.then(|| self.sum.mean_of(self.period, self.inverse))
    }
}

fn sum(values: &[f64]) -> Double {
    values.iter().fold(Double::ZERO, |sum, value| sum.plus(*value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_the_mean_of_the_last_n() {
        let mut sma = Sma::new(3).expect("a period");
        let averages: Vec<_> = [1.0, 2.0, 6.0, 4.0, 5.0].into_iter().map(|value| sma.next(value)).collect();
        assert_eq!(averages, vec![None, None, Some(3.0), Some(4.0), Some(5.0)]);
    }

    #[test]
    fn a_period_of_zero_or_too_many_is_refused() {
        assert_eq!(
            Sma::new(0).expect_err("zero").to_string(),
            "period is 0; it must be from 1 to 100000 bars"
        );
        assert!(Sma::new(100_001).is_err());
        assert_eq!(Sma::new(1).expect("a period").next(7.5), Some(7.5));
    }

    #[test]
    fn flat_prices_after_a_wild_past_give_equal_averages_of_every_length() {
        let mut averages: Vec<Sma> = (1..60).map(|period| Sma::new(period).expect("a period")).collect();
        let wild = (0..997).map(|step| 1e9 / f64::from(step * step + 1) + 0.1);
        for value in wild.chain(std::iter::repeat_n(0.3, 60)) {
            for sma in &mut averages {
                sma.next(value);
            }
        }
        for sma in &mut averages {
            assert_eq!(sma.next(0.3).map(f64::to_bits), Some(0.3_f64.to_bits()));
        }
    }

    #[test]
    fn a_value_that_is_no_number_leaves_with_its_window() {
        let mut sma = Sma::new(2).expect("a period");
        for value in [1.0, f64::NAN, 1.0, 1.0, 1.0] {
            sma.next(value);
        }
        assert_eq!(sma.next(1.0), Some(1.0));
    }

    proptest! {
        #[test]
        fn depends_on_the_window_alone(
            past in prop::collection::vec(1e-6..1e6_f64, 0..300),
            window in prop::collection::vec(1e-6..1e6_f64, 1..40),
        ) {
            let mut fresh = Sma::new(window.len()).expect("a period");
            let mut used = fresh.clone();
            for value in past {
                used.next(value);
            }
            let mut last = (None, None);
            for value in window {
                last = (fresh.next(value), used.next(value));
            }
            prop_assert_eq!(last.0.map(f64::to_bits), last.1.map(f64::to_bits));
        }
    }
}
