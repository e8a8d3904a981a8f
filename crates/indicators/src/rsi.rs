//! Relative strength index with Wilder's smoothing. Defined from the `n + 1`-th value on.
//!
//! The first averages are the means of the first `n` changes, the following ones `(before × (n − 1) + change) / n`. That recursion
//! forgets: a rounding error shrinks by `(n − 1) / n` per bar, so it stays within about `n` units in the last place however long the
//! series is. A series that has not moved at all is neither strong nor weak and gives 50 (TA-Lib gives 0, which reads as oversold).

use crate::period::{PeriodError, check_period, number};

/// A streaming relative strength index, from 0 to 100.
#[derive(Debug, Clone)]
pub struct Rsi {
    period: usize,
    before: Option<f64>,
    /// Changes seen so far, up to `period`.
    changes: usize,
    gain: f64,
    loss: f64,
}

impl Rsi {
    /// Builds an index over `period` changes, 2 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 2)?;
        Ok(Self { period, before: None, changes: 0, gain: 0.0, loss: 0.0 })
    }

    /// Takes the next value and returns the index, `None` while fewer than `period` changes are known.
    pub fn next(&mut self, value: f64) -> Option<f64> {
        let change = value - self.before.replace(value)?;
        let (gain, loss) = (change.max(0.0), (-change).max(0.0));
        let period = number(self.period);
        if self.changes < self.period {
            self.changes += 1;
            self.gain += gain;
            self.loss += loss;
            if self.changes < self.period {
                return None;
            }
            self.gain /= period;
            self.loss /= period;
        } else {
            self.gain = (self.gain * (period - 1.0) + gain) / period;
            self.loss = (self.loss * (period - 1.0) + loss) / period;
        }
        let both = self.gain + self.loss;
        Some(if both > 0.0 { 100.0 * (self.gain / both) } else { 50.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(period: usize, values: &[f64]) -> Vec<Option<f64>> {
        let mut rsi = Rsi::new(period).expect("a period");
        values.iter().map(|value| rsi.next(*value)).collect()
    }

    #[test]
    fn seeds_with_the_mean_and_then_smooths_as_wilder_did() {
        // Changes +2 −1 | +3 0: gains 1, then (1 + 3) / 2 = 2, then 1; losses 0.5, then 0.25, then 0.125.
        let expected =
            [None, None, Some(100.0 * (1.0 / 1.5)), Some(100.0 * (2.0 / 2.25)), Some(100.0 * (1.0 / 1.125))];
        assert_eq!(run(2, &[10.0, 12.0, 11.0, 14.0, 14.0]), expected);
    }

    #[test]
    fn extremes_are_a_hundred_zero_and_fifty() {
        assert_eq!(run(2, &[1.0, 2.0, 3.0])[2], Some(100.0));
        assert_eq!(run(2, &[3.0, 2.0, 1.0])[2], Some(0.0));
        assert_eq!(run(2, &[3.0, 3.0, 3.0])[2], Some(50.0));
    }

    #[test]
    fn a_period_below_two_is_refused() {
        assert!(Rsi::new(1).is_err());
    }
}
