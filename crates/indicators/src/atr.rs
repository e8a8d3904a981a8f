//! Average true range with Wilder's smoothing. Defined from bar `n + 1` on.
//!
//! The true range of a bar is the widest of high − low, |high − close before| and |low − close before|; the first bar has none. The
//! first average is the mean of the first `n`, the following ones are `(before × (n − 1) + range) / n`.

use crate::period::{PeriodError, check_period, number};

/// A streaming average true range, in units of price.
#[derive(Debug, Clone)]
pub struct Atr {
    period: usize,
    before: Option<f64>,
    ranges: usize,
    average: f64,
}

impl Atr {
    /// Builds an average over `period` true ranges, 1 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 1)?;
        Ok(Self { period, before: None, ranges: 0, average: 0.0 })
    }

    /// Takes the next bar and returns the average, `None` while fewer than `period` true ranges are known.
    pub fn next(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let before = self.before.replace(close)?;
        let range = (high - low).max((high - before).abs()).max((low - before).abs());
        let period = number(self.period);
        if self.ranges < self.period {
            self.ranges += 1;
            self.average += range;
            if self.ranges < self.period {
                return None;
            }
            self.average /= period;
        } else {
            self.average = (self.average * (period - 1.0) + range) / period;
        }
        Some(self.average)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_and_wilder_smooths() {
        let mut atr = Atr::new(2).expect("a period");
        assert_eq!(atr.next(11.0, 9.0, 10.0), None);
        assert_eq!(atr.next(12.0, 10.0, 11.0), None);
        // A gap up: 20 − 11 = 9 is wider than 20 − 18.
        assert_eq!(atr.next(20.0, 18.0, 19.0), Some(5.5));
        assert_eq!(atr.next(20.0, 18.5, 19.0), Some(3.5));
        assert!(Atr::new(0).is_err());
    }
}
