//! Bollinger bands: a simple moving average and a multiple of the population standard deviation above and below it.
//!
//! Defined from the `n`-th value on. The sums of values and of squares are exact, so the variance keeps every digit that the textbook
//! formula loses when prices are large and moves are small: equal prices give a band of no width.

use ethnum::I256;

use crate::period::{PeriodError, check_period, number};
use crate::quotient::wide_quotient;
use crate::reading::{NARROW_UNITS, WIDE_PER_NARROW, WIDE_UNITS};
use crate::total::{Divisor, Total};
use crate::window::{Change, Reading, Window};

/// Streaming Bollinger bands.
#[derive(Debug, Clone)]
pub struct Bollinger {
    window: Window,
    total: Total,
    /// Squares of the narrow counts.
    squares: i128,
    /// Squares of the wide counts.
    wide_squares: I256,
    period: Divisor,
    width: f64,
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

impl Bollinger {
    /// Builds bands over `period` values (2 or more), `width` deviations wide (above 0). The usual ones are 20 and 2.
    pub fn new(period: usize, width: f64) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 2)?;
        if !(width > 0.0 && width <= 1000.0) {
            return Err(PeriodError::Width { name: "width", found: width });
        }
        Ok(Self {
            window: Window::new(period),
            total: Total::default(),
            squares: 0,
            wide_squares: I256::ZERO,
            period: Divisor::new(period as u64),
            width,
        })
    }

    /// Takes the next value and returns the bands, `None` while fewer than `period` are known. They are not numbers while a value in
    /// the window is none.
    pub fn next(&mut self, value: f64) -> Option<BollingerValue> {
        match self.window.push(value) {
            Change::Narrow { new, old } => {
                self.total.narrow += i128::from(new) - i128::from(old);
                self.squares += square(new) - square(old);
            }
            Change::Strange { new, old } => {
                self.add(new, 1);
                self.add(old, -1);
            }
        }
        self.window.is_full().then(|| {
            let (middle, deviation) =
                if self.window.is_exact() { self.exact_moments() } else { self.inexact_moments() };
            let reach = self.width * deviation;
            BollingerValue { upper: middle + reach, middle, lower: middle - reach }
        })
    }

    fn add(&mut self, reading: Reading, factor: i64) {
        self.total.add(reading, factor);
        match reading {
            Reading::Narrow(count) => self.squares += square(count) * i128::from(factor),
            Reading::Wide(count) => {
                self.wide_squares += I256::from(count) * I256::from(count) * I256::from(factor);
            }
            Reading::Outside => {}
        }
    }

    /// Mean and deviation: n² × variance = n Σx² − (Σx)², an integer.
    fn exact_moments(&self) -> (f64, f64) {
        let count = self.period.count();
        let mean = self.total.over(self.period);
        let (spread, units) = if self.window.is_narrow() {
            (self.narrow_spread(), NARROW_UNITS.into())
        } else {
            let sum = self.total.in_wide_units();
            let unit = I256::from(WIDE_PER_NARROW);
            let squares = I256::from(self.squares) * unit * unit + self.wide_squares;
            let spread = squares * I256::from(count) - sum * sum;
            (wide_quotient(spread, 1), WIDE_UNITS)
        };
        #[expect(clippy::cast_precision_loss, reason = "at most 10^5 × 10^20, rounded once")]
        let units = (u128::from(count) * units) as f64;
        (mean, spread.sqrt() / units)
    }

    fn narrow_spread(&self) -> f64 {
        let (count, sum) = (i128::from(self.period.count()), self.total.narrow);
        if let Some((squares, square)) = self.squares.checked_mul(count).zip(sum.checked_mul(sum)) {
            #[expect(clippy::cast_precision_loss, reason = "the one rounding before the root")]
            let spread = (squares - square) as f64;
            spread
        } else {
            let sum = I256::from(sum);
            wide_quotient(I256::from(self.squares) * I256::from(count) - sum * sum, 1)
        }
    }

    /// The same of a window with a value that has no exact count, in plain `f64`. Scaled by the largest value: no square overflows.
    #[cold]
    fn inexact_moments(&self) -> (f64, f64) {
        #[expect(clippy::cast_possible_truncation, reason = "a period is at most MAX_PERIOD")]
        let period = number(self.period.count() as usize);
        let values = self.window.values();
        let mean: f64 = values.clone().map(|value| value / period).sum();
        let largest = values.clone().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if largest == 0.0 {
            return (mean, mean);
        }
        let distance = |value: f64| value / largest - mean / largest;
        let variance: f64 = values.map(|value| distance(value) * distance(value) / period).sum();
        (mean, variance.sqrt() * largest)
    }
}

fn square(count: i64) -> i128 {
    i128::from(count) * i128::from(count)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these must agree to the last bit")]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        // The same in units far below 10^-8.
        let tiny =
            last(8, [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].map(|value| value / 1e12)).expect("defined");
        assert_eq!((tiny.upper, tiny.middle), (9e-12, 5e-12));
    }

    #[test]
    fn small_moves_on_large_prices_are_not_lost() {
        // One cent up and down on a price of 10⁹: the deviation is exactly half the distance.
        let bands = last(4, (0..1001).map(|bar| 1e9 + f64::from(bar % 2) * 0.015_625)).expect("defined");
        assert_eq!((bands.upper - bands.lower).to_bits(), 0.031_25_f64.to_bits());
    }

    #[test]
    fn equal_prices_give_equal_bands() {
        for price in [0.1, 16_703.8, 1.23e-12, 12_345_678.912_345_67, 1e12] {
            let values = (0..500).map(|bar| if bar < 400 { f64::from(bar) * 7.7 } else { price });
            let flat = BollingerValue { upper: price, middle: price, lower: price };
            assert_eq!(last(20, values), Some(flat));
        }
    }

    #[test]
    fn numbers_outside_the_range_leave_with_their_window() {
        let bands = last(2, [1.0, f64::NAN, f64::MAX, 1e-300, 3.0, 3.0]);
        assert_eq!(bands, Some(BollingerValue { upper: 3.0, middle: 3.0, lower: 3.0 }));
        assert!(last(2, [1.0, f64::NAN]).expect("defined").upper.is_nan());
        let huge = last(2, [1e300, 3e300]).expect("defined");
        assert!(
            (huge.middle / 2e300 - 1.0).abs() < 1e-15 && (huge.upper / 4e300 - 1.0).abs() < 1e-15,
            "{huge:?}"
        );
    }

    #[test]
    fn parameters_outside_their_range_are_refused() {
        assert!(Bollinger::new(1, 2.0).is_err());
        assert!(Bollinger::new(20, 0.0).is_err());
        assert!(Bollinger::new(20, f64::NAN).expect_err("no number").to_string().contains("width is NaN"));
    }

    proptest! {
        #[test]
        fn the_variance_is_that_of_the_fractions(
            digits in prop::collection::vec(1..1_000_000_i64, 5..60),
            decimals in 0..=16_u32,
        ) {
            let values = digits.iter().map(|digit| format!("{digit}e-{decimals}").parse::<f64>().expect("a number"));
            let mut bands = Bollinger::new(5, 1.0).expect("parameters");
            let found = values.map(|value| bands.next(value)).last().flatten().expect("defined");
            let window = &digits[digits.len() - 5..];
            let (sum, squares) = (window.iter().sum::<i64>(), window.iter().map(|digit| digit * digit).sum::<i64>());
            #[expect(clippy::cast_precision_loss, reason = "the one rounding of the expected value")]
            let deviation = ((5 * squares - sum * sum) as f64).sqrt() / 5.0 / 10_f64.powi(decimals.cast_signed());
            let error = ((found.upper - found.middle) - deviation).abs();
            prop_assert!(error <= 4.0 * f64::EPSILON * found.upper, "{found:?} {deviation}");
            prop_assert!(sum * sum != 5 * squares || found.upper == found.lower);
        }

        #[test]
        fn no_number_makes_it_panic(bits in prop::collection::vec(any::<u64>(), 1..60)) {
            let _ = last(3, bits.into_iter().map(f64::from_bits));
        }
    }
}
