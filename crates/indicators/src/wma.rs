//! Weighted moving average: weights 1 to `n`, the newest value weighing `n`. Defined from the `n`-th value on.
//!
//! Kept as two sliding sums of 106 bits, computed afresh every `n` values; see [`Sma`](crate::Sma) for why.

use crate::double::Double;
use crate::period::{PeriodError, check_period, number};
use crate::window::{Pushed, Window};

/// A streaming weighted moving average.
#[derive(Debug, Clone)]
pub struct Wma {
    window: Window,
    sum: Double,
    weighted: Double,
    period: f64,
    full: bool,
}

impl Wma {
    /// Builds an average over `period` values, 1 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 1)?;
        Ok(Self {
            window: Window::new(period),
            sum: Double::ZERO,
            weighted: Double::ZERO,
            period: number(period),
            full: false,
        })
    }

    /// Takes the next value and returns the average, `None` while fewer than `period` are known.
    pub fn next(&mut self, value: f64) -> Option<f64> {
        match self.window.push(value) {
            Pushed::Filling => {}
            Pushed::Replaced(oldest) if !self.window.is_at_seam() => {
                // Every value in the window loses one unit of weight, the new one enters with all of them.
                let entering = Double::product(value, self.period);
                self.weighted = self.weighted.plus_double(self.sum.negated()).plus_double(entering);
                self.sum = self.sum.slide(value, oldest);
            }
            Pushed::Filled | Pushed::Replaced(_) => {
                self.full = true;
                self.count_afresh();
            }
        }
        let weights = self.period * (self.period + 1.0) / 2.0;
        self.full.then(|| self.weighted.divided_by(weights, 1.0 / weights))
    }

    fn count_afresh(&mut self) {
        let (mut sum, mut weighted, mut weight) = (Double::ZERO, Double::ZERO, 0.0);
        for &value in self.window.oldest_first() {
            weight += 1.0;
            sum = sum.plus(value);
            weighted = weighted.plus_double(Double::product(value, weight));
        }
        (self.sum, self.weighted) = (sum, weighted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_weighs_most() {
        let mut wma = Wma::new(3).expect("a period");
        let averages: Vec<_> = [6.0, 12.0, 18.0, 0.0, 6.0].into_iter().map(|value| wma.next(value)).collect();
        // (6 + 24 + 54) / 6, (12 + 36 + 0) / 6, (18 + 0 + 18) / 6
        assert_eq!(averages, vec![None, None, Some(14.0), Some(8.0), Some(6.0)]);
    }

    #[test]
    fn flat_prices_stay_exactly_flat() {
        let mut wma = Wma::new(7).expect("a period");
        let last = (0..1000).map(|_| wma.next(0.1)).last().flatten();
        assert_eq!(last, Some(0.1));
        assert!(Wma::new(0).is_err());
    }
}
