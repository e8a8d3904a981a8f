//! Simple moving average: the mean of the last `n` values. Defined from the `n`-th value on.
//!
//! Values are read as the decimals that were published and summed as integers, so the sum is exact and does not drift. The mean is the
//! nearest `f64` of that exact fraction: means that are equal as fractions are equal to the bit, whatever their periods, and a larger
//! one is never smaller.

use std::cmp::Ordering;

use ethnum::I256;

use crate::period::{PeriodError, check_period};
use crate::reading::narrow;
use crate::total::{Divisor, Total};
use crate::window::{Change, Window};

/// A streaming simple moving average.
#[derive(Debug, Clone)]
pub struct Sma {
    window: Window,
    total: Total,
    period: Divisor,
}

impl Sma {
    /// Builds an average over `period` values, 1 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 1)?;
        Ok(Self { window: Window::new(period), total: Total::default(), period: Divisor::new(period as u64) })
    }

    /// Takes the next value and returns the average, `None` while fewer than `period` are known. It is not a number while a value in
    /// the window is none.
    pub fn next(&mut self, value: f64) -> Option<f64> {
        self.take(value, narrow(value));
        self.window.is_full().then(|| self.mean())
    }

    /// Takes a value whose narrow count is known.
    fn take(&mut self, value: f64, count: Option<i64>) {
        match self.window.push_read(value, count) {
            Change::Narrow { new, old } => self.total.narrow += i128::from(new) - i128::from(old),
            Change::Strange { new, old } => {
                self.total.add(new, 1);
                self.total.add(old, -1);
            }
        }
    }

    fn mean(&self) -> f64 {
        if self.window.is_exact() { self.total.over(self.period) } else { self.inexact_mean() }
    }

    /// The mean of a window with a value that has no exact count, in plain `f64`. Divided before they are added: no overflow.
    #[cold]
    fn inexact_mean(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a period is at most MAX_PERIOD")]
        let period = self.period.count() as f64;
        self.window.values().map(|value| value / period).sum()
    }
}

/// Two simple moving averages of one series, compared exactly: also where their difference is too small for an `f64`.
#[derive(Debug, Clone)]
pub struct SmaPair {
    fast: Sma,
    slow: Sma,
}

impl SmaPair {
    /// Builds averages over `fast` and `slow` values, each 1 or more.
    pub fn new(fast: usize, slow: usize) -> Result<Self, PeriodError> {
        Ok(Self { fast: Sma::new(fast)?, slow: Sma::new(slow)? })
    }

    /// Takes the next value and says where the fast average lies relative to the slow one, `Equal` only where they are equal as
    /// fractions. `None` until both are defined, and while a value in a window is not a number.
    pub fn next(&mut self, value: f64) -> Option<Ordering> {
        let count = narrow(value);
        // Both must see every value, whichever is defined first.
        self.fast.take(value, count);
        self.slow.take(value, count);
        let (fast, slow) = (&self.fast, &self.slow);
        if !(fast.window.is_full() && slow.window.is_full()) {
            return None;
        }
        if slow.window.is_narrow() && fast.window.is_narrow() {
            // a / m and c / n compare as a × n and c × m: below 2^51 × 10^5 × 10^5, so they fit.
            let left = fast.total.narrow * i128::from(slow.period.count());
            return Some(left.cmp(&(slow.total.narrow * i128::from(fast.period.count()))));
        }
        self.compare_strangers()
    }

    #[cold]
    fn compare_strangers(&self) -> Option<Ordering> {
        let (fast, slow) = (&self.fast, &self.slow);
        if !(fast.window.is_exact() && slow.window.is_exact()) {
            return fast.mean().partial_cmp(&slow.mean());
        }
        let left = fast.total.in_wide_units() * I256::from(slow.period.count());
        Some(left.cmp(&(slow.total.in_wide_units() * I256::from(fast.period.count()))))
    }
}

#[cfg(test)]
mod tests;
