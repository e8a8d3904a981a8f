//! On-balance volume: the running sum of volume, added when the close rose and taken away when it fell. Defined from the first bar on.
//!
//! It starts at the first bar's volume, as TA-Lib does; its level means nothing, its direction does. The sum is exact: volumes are
//! decimals, read and added as integers.

use ethnum::I256;

use crate::reading::{narrow, wide};
use crate::total::{Divisor, Total};

/// A streaming on-balance volume, in base currency.
#[derive(Debug, Clone)]
pub struct Obv {
    before: Option<f64>,
    total: Total,
    /// Volumes that have no exact count: none that an exchange publishes.
    rest: f64,
    one: Divisor,
}

impl Default for Obv {
    fn default() -> Self {
        Self { before: None, total: Total::default(), rest: 0.0, one: Divisor::new(1) }
    }
}

impl Obv {
    /// Starts from nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bar and returns the sum.
    pub fn next(&mut self, close: f64, volume: f64) -> f64 {
        let signed = match self.before.replace(close) {
            Some(before) if close < before => -volume,
            Some(before) if close <= before => 0.0,
            _ => volume,
        };
        if let Some(count) = narrow(signed) {
            self.total.narrow += i128::from(count);
        } else if let Some(count) = wide(signed) {
            self.total.wide += I256::from(count);
        } else {
            self.rest += signed;
        }
        self.total.over(self.one) + self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_on_a_rise_and_subtracts_on_a_fall() {
        let mut obv = Obv::new();
        let bars = [(10.0, 5.0), (11.0, 3.0), (11.0, 100.0), (9.0, 4.0)];
        assert_eq!(bars.map(|(close, volume)| Some(obv.next(close, volume))), [5.0, 8.0, 8.0, 4.0].map(Some));
    }

    #[test]
    fn what_came_and_went_leaves_nothing_behind() {
        let mut obv = Obv::new();
        // Up by a tenth, up by far more than an f64 can hold beside it, and down by the same again.
        let bars = [
            (1.0, 0.1),
            (2.0, 98_765_432_109_876.0),
            (1.0, 98_765_432_109_876.0),
            (2.0, 1e300),
            (1.0, 1e300),
        ];
        assert_eq!(bars.map(|(close, volume)| obv.next(close, volume)).last(), Some(&0.1));
    }
}
