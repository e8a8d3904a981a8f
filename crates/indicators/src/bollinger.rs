//! Bollinger bands: a simple moving average and a multiple of the population standard deviation above and below it.
//!
//! Defined from the `n`-th value on. The sums of values and of squares slide at 106 bits and are computed afresh every `n` values: their
//! difference keeps the precision that the textbook formula loses when prices are large and moves are small.

use crate::double::Double;
use crate::period::{PeriodError, check_period, number};
use crate::window::{Pushed, Window};

/// Streaming Bollinger bands.
#[derive(Debug, Clone)]
pub struct Bollinger {
    window: Window,
    sum: Double,
    squares: Double,
    period: f64,
    width: f64,
    full: bool,
}

/// The three bands at one bar, in units of price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BollingerValue {
    /// `middle + width × deviation`.
    pub upper: f64,
    /// The simple moving average.
    pub middle: f64,
    /// `middle − width × deviation`.
    pub lower: f64,
}

/// A deviation below this share of the mean is what the sums cannot tell from none: equal prices then give equal bands.
const LEAST_DEVIATION: f64 = 1e-14;

impl Bollinger {
    /// Builds bands over `period` values (2 or more), `width` deviations wide (above 0). The usual ones are 20 and 2.
    pub fn new(period: usize, width: f64) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 2)?;
        if !(width > 0.0 && width <= 1000.0) {
            return Err(PeriodError::Width { name: "width", found: width });
        }
        let (sum, squares) = (Double::ZERO, Double::ZERO);
        Ok(Self { window: Window::new(period), sum, squares, period: number(period), width, full: false })
    }

    /// Takes the next value and returns the bands, `None` while fewer than `period` are known.
    pub fn next(&mut self, value: f64) -> Option<BollingerValue> {
        match self.window.push(value) {
            Pushed::Filling => {}
            Pushed::Replaced(oldest) if !self.window.is_at_seam() => {
                self.sum = self.sum.slide(value, oldest);
                let leaving = Double::product(oldest, oldest).negated();
                self.squares = self.squares.plus_double(Double::product(value, value)).plus_double(leaving);
            }
            Pushed::Filled | Pushed::Replaced(_) => {
                self.full = true;
                self.count_afresh();
            }
        }
        self.full.then(|| self.bands())
    }

    fn bands(&self) -> BollingerValue {
        let middle = self.sum.mean_of(self.period, 1.0 / self.period);
        // n² × variance = n Σx² − (Σx)²
        let spread = self.squares.times(self.period).plus_double(self.sum.squared().negated()).value();
        let deviation = spread.max(0.0).sqrt() / self.period;
        let deviation = if deviation < LEAST_DEVIATION * middle.abs() { 0.0 } else { deviation };
        let reach = self.width * deviation;
        BollingerValue { upper: middle + reach, middle, lower: middle - reach }
    }

    fn count_afresh(&mut self) {
        let (mut sum, mut squares) = (Double::ZERO, Double::ZERO);
        for &value in self.window.oldest_first() {
            sum = sum.plus(value);
            squares = squares.plus_double(Double::product(value, value));
        }
        (self.sum, self.squares) = (sum, squares);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(period: usize, values: impl IntoIterator<Item = f64>) -> Option<BollingerValue> {
        let mut bands = Bollinger::new(period, 2.0).expect("parameters");
        values.into_iter().map(|value| bands.next(value)).last().flatten()
    }

    #[test]
    fn uses_the_population_deviation() {
        // Mean 5, population deviation 2.
        let bands = last(8, [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!(bands, Some(BollingerValue { upper: 9.0, middle: 5.0, lower: 1.0 }));
        assert_eq!(last(8, [1.0; 7]), None);
    }

    #[test]
    fn small_moves_on_large_prices_are_not_lost() {
        // One cent up and down on a price of 10⁹: the deviation is exactly half the distance.
        let bands = last(4, (0..1001).map(|bar| 1e9 + f64::from(bar % 2) * 0.015_625)).expect("defined");
        assert_eq!((bands.upper - bands.lower).to_bits(), 0.031_25_f64.to_bits());
    }

    #[test]
    fn equal_prices_give_equal_bands() {
        let bands = last(20, (0..500).map(|bar| if bar < 400 { f64::from(bar) * 7.7 } else { 0.1 }))
            .expect("defined");
        assert_eq!(bands, BollingerValue { upper: 0.1, middle: 0.1, lower: 0.1 });
    }

    #[test]
    fn parameters_outside_their_range_are_refused() {
        assert!(Bollinger::new(1, 2.0).is_err());
        assert!(Bollinger::new(20, 0.0).is_err());
        assert!(Bollinger::new(20, f64::NAN).expect_err("no number").to_string().contains("width is NaN"));
    }
}
