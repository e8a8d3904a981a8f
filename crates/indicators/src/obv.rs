//! On-balance volume: the running sum of volume, added when the close rose and taken away when it fell. Defined from the first bar on.
//!
//! It starts at the first bar's volume, as TA-Lib does; its level means nothing, its direction does. The sum is kept at 106 bits.

use crate::double::Double;

/// A streaming on-balance volume, in base currency.
#[derive(Debug, Clone, Default)]
pub struct Obv {
    before: Option<f64>,
    sum: Double,
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
        self.sum = self.sum.plus(signed);
        self.sum.value()
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
}
