//! Moving average convergence and divergence: fast EMA − slow EMA, its own EMA (the signal), and the difference of the two.
//!
//! As in TA-Lib both averages become defined on the same bar, the fast one seeded with the last values before it, and all three lines
//! start together with the signal: from value `slow + signal − 1` on.

use crate::Ema;
use crate::period::PeriodError;

/// A streaming MACD.
#[derive(Debug, Clone)]
pub struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    /// Values the fast average still skips, so that its seed ends where the slow one's does.
    skip: usize,
}

/// The three lines at one bar, in units of price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MacdValue {
    /// Fast average − slow average.
    pub macd: f64,
    /// The average of `macd`.
    pub signal: f64,
    /// `macd − signal`.
    pub histogram: f64,
}

impl Macd {
    /// Builds it from three periods, the fast one shorter than the slow one. The usual ones are 12, 26 and 9.
    pub fn new(fast: usize, slow: usize, signal: usize) -> Result<Self, PeriodError> {
        if fast >= slow {
            return Err(PeriodError::NotFaster { fast, slow });
        }
        Ok(Self {
            fast: Ema::new(fast)?,
            slow: Ema::new(slow)?,
            signal: Ema::new(signal)?,
            skip: slow - fast,
        })
    }

    /// Takes the next value and returns the three lines, `None` until all are known.
    pub fn next(&mut self, value: f64) -> Option<MacdValue> {
        let slow = self.slow.next(value);
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        let macd = self.fast.next(value)? - slow?;
        let signal = self.signal.next(macd)?;
        Some(MacdValue { macd, signal, histogram: macd - signal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_start_with_the_signal() {
        let mut macd = Macd::new(12, 26, 9).expect("periods");
        let first = (0..60).position(|bar| macd.next(f64::from(bar)).is_some());
        assert_eq!(first, Some(33));
        // On a straight line an average of n values lags by (n − 1) / 2 bars, so MACD is the difference of the lags.
        let value = macd.next(34.0).expect("defined");
        assert!((value.macd - 7.0).abs() < 1e-9 && value.histogram.abs() < 1e-9, "{value:?}");
    }

    #[test]
    fn the_fast_period_must_be_shorter() {
        let error = Macd::new(26, 12, 9).expect_err("swapped").to_string();
        assert_eq!(error, "the fast period (26) must be shorter than the slow period (12)");
        assert!(Macd::new(0, 12, 9).is_err());
    }
}
