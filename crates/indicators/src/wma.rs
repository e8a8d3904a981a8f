//! Weighted moving average: weights 1 to `n`, the newest value weighing `n`. Defined from the `n`-th value on.
//!
//! Kept as two exact sums, as [`Sma`](crate::Sma) keeps one, and rounded once.

use crate::period::{PeriodError, check_period, number};
use crate::total::{Divisor, Total};
use crate::window::{Change, Window};

/// A streaming weighted moving average.
#[derive(Debug, Clone)]
pub struct Wma {
    window: Window,
    total: Total,
    weighted: Total,
    period: u32,
    weights: Divisor,
}

impl Wma {
    /// Builds an average over `period` values, 1 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let length = check_period("period", period, 1)?;
        let period = u32::try_from(length).unwrap_or(u32::MAX);
        let weights = Divisor::new(u64::from(period) * (u64::from(period) + 1) / 2);
        let (total, weighted) = (Total::default(), Total::default());
        Ok(Self { window: Window::new(length), total, weighted, period, weights })
    }

    /// Takes the next value and returns the average, `None` while fewer than `period` are known. It is not a number while a value in
    /// the window is none.
    pub fn next(&mut self, value: f64) -> Option<f64> {
        // Every value in the window loses one unit of weight, the new one enters with all of them.
        let period = i64::from(self.period);
        match self.window.push(value) {
            Change::Narrow { new, old } => {
                self.weighted.narrow += i128::from(new) * i128::from(period) - self.total.narrow;
                self.weighted.wide -= self.total.wide;
                self.total.narrow += i128::from(new) - i128::from(old);
            }
            Change::Strange { new, old } => {
                self.weighted.add(new, period);
                self.weighted.narrow -= self.total.narrow;
                self.weighted.wide -= self.total.wide;
                self.total.add(new, 1);
                self.total.add(old, -1);
            }
        }
        self.window
            .is_full()
            .then(|| if self.window.is_exact() { self.weighted.over(self.weights) } else { self.inexact() })
    }

    /// The average of a window with a value that has no exact count, in plain `f64`.
    #[cold]
    fn inexact(&self) -> f64 {
        let period = f64::from(self.period);
        let weights = period * (period + 1.0) / 2.0;
        let weighted =
            self.window.values().zip(1..).map(|(value, weight)| value * (number(weight) / weights));
        weighted.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_newest_value_weighs_most() {
        let mut wma = Wma::new(3).expect("a period");
        let averages: Vec<_> = [6.0, 12.0, 18.0, 0.0, 6.0].into_iter().map(|value| wma.next(value)).collect();
        // (6 + 24 + 54) / 6, (12 + 36 + 0) / 6, (18 + 0 + 18) / 6
        assert_eq!(averages, vec![None, None, Some(14.0), Some(8.0), Some(6.0)]);
    }

    #[test]
    fn flat_prices_stay_exactly_flat_after_any_past() {
        for price in [0.1, 16_703.8, 1.23e-12, 12_345_678.912_345_67, 1e12] {
            let mut wma = Wma::new(7).expect("a period");
            let past = [1.0, 1e300, f64::NAN, 1e-300, 0.1 + 0.2, -5.0];
            let last = past.into_iter().chain([price; 7]).map(|value| wma.next(value)).last().flatten();
            assert_eq!(last, Some(price));
        }
        assert!(Wma::new(0).is_err());
    }

    #[test]
    fn a_window_with_no_number_has_none() {
        let mut wma = Wma::new(2).expect("a period");
        let averages: Vec<_> = [1.0, f64::NAN, 2.0, 5.0].into_iter().map(|value| wma.next(value)).collect();
        assert!(averages[1].expect("defined").is_nan() && averages[2].expect("defined").is_nan());
        assert_eq!(averages[3], Some(4.0));
    }

    proptest! {
        #[test]
        fn is_the_weighted_fraction_rounded_once(
            digits in prop::collection::vec(-100_000..100_000_i64, 1..60),
            decimals in 0..=20_u32,
            period in 1..9_usize,
        ) {
            let mut wma = Wma::new(period).expect("a period");
            for (bar, &digit) in digits.iter().enumerate() {
                let found = wma.next(format!("{digit}e-{decimals}").parse().expect("a number"));
                let Some(first) = (bar + 1).checked_sub(period) else {
                    prop_assert_eq!(found, None);
                    continue;
                };
                let sum: i64 = (1..).zip(&digits[first..=bar]).map(|(weight, digit)| weight * digit).sum();
                let weights = i64::try_from(period * (period + 1) / 2).expect("small");
                let expected = if decimals <= 20 && sum % weights == 0 {
                    format!("{}e-{decimals}", sum / weights).parse::<f64>().expect("a number")
                } else {
                    continue;
                };
                prop_assert_eq!(found, Some(expected));
            }
        }
    }
}
