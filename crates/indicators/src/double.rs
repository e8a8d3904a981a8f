//! A number held as an unevaluated sum of two `f64`: about 106 bits, enough that sliding sums do not drift.
//!
//! A plain sliding sum (add the new bar, take the old one away) gathers one rounding per step; after a million bars two averages
//! that should touch may cross, and a trade appears that the exchange's own chart does not show. Here each step errs by about 2⁻¹⁰⁵
//! of the sum. Only additions and multiplications in a fixed order, so the bits are the same on every machine and in wasm.

/// `high + low`, `low` being the rounding errors of `high`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Double {
    high: f64,
    low: f64,
}

impl Double {
    pub(crate) const ZERO: Double = Double { high: 0.0, low: 0.0 };

    /// Returns the exact product of two numbers (as long as it does not underflow).
    pub(crate) fn product(left: f64, right: f64) -> Self {
        let high = left * right;
        let (left_head, left_tail) = split(left);
        let (right_head, right_tail) = split(right);
        let low = left_head * right_head - high + left_head * right_tail + left_tail * right_head;
        Self { high, low: low + left_tail * right_tail }
    }

    /// Adds a number. The two parts are kept apart rather than normalised: each bar then waits for one addition of the bar before it,
    /// not for seven, and what that costs in precision is gone when the sum is next computed afresh.
    #[must_use]
    pub(crate) fn plus(self, value: f64) -> Self {
        let (high, error) = two_sum(self.high, value);
        Self { high, low: self.low + error }
    }

    /// Takes a new number in and an old one out.
    #[must_use]
    pub(crate) fn slide(self, new: f64, old: f64) -> Self {
        let (change, change_error) = two_sum(new, -old);
        let (high, error) = two_sum(self.high, change);
        Self { high, low: self.low + (error + change_error) }
    }

    /// Adds another.
    #[must_use]
    pub(crate) fn plus_double(self, other: Double) -> Self {
        let (high, high_error) = two_sum(self.high, other.high);
        let (low, low_error) = two_sum(self.low, other.low);
        let step = quick_two_sum(high, high_error + low);
        quick_two_sum(step.high, step.low + low_error)
    }

    /// Changes the sign.
    #[must_use]
    pub(crate) fn negated(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    /// Multiplies by a number.
    #[must_use]
    pub(crate) fn times(self, factor: f64) -> Self {
        let product = Self::product(self.high, factor);
        quick_two_sum(product.high, product.low + self.low * factor)
    }

    /// Squares it.
    #[must_use]
    pub(crate) fn squared(self) -> Self {
        let square = Self::product(self.high, self.high);
        quick_two_sum(square.high, square.low + 2.0 * self.high * self.low)
    }

    /// Returns the quotient rounded once, so that the mean of equal numbers is that number. `inverse` is `1 / divisor`, rounded.
    pub(crate) fn divided_by(self, divisor: f64, inverse: f64) -> f64 {
        // The estimate may be wrong in its last place; what it leaves over is computed exactly and puts it right.
        let estimate = self.high * inverse;
        let back = Self::product(estimate, divisor);
        let remainder = (self.high - back.high) - back.low + self.low;
        estimate + remainder * inverse
    }

    /// Does the same for a number of bars, an integer below 2²⁶, with less work.
    pub(crate) fn mean_of(self, count: f64, inverse: f64) -> f64 {
        let estimate = self.high * inverse;
        // The product of [`Self::product`] without the terms of the count's second half, which is empty.
        let (head, tail) = split(estimate);
        let back = estimate * count;
        let back_error = head * count - back + tail * count;
        let remainder = (self.high - back) - back_error + self.low;
        estimate + remainder * inverse
    }

    /// Returns the nearest `f64`.
    pub(crate) fn value(self) -> f64 {
        self.high + self.low
    }
}

/// Returns the rounded sum and its rounding error.
fn two_sum(left: f64, right: f64) -> (f64, f64) {
    let sum = left + right;
    let part = sum - left;
    (sum, (left - (sum - part)) + (right - part))
}

/// As [`two_sum`], for `|high| >= |low|`.
fn quick_two_sum(high: f64, low: f64) -> Double {
    let sum = high + low;
    Double { high: sum, low: low - (sum - high) }
}

/// Splits into two halves of at most 26 and 27 bits, so that products of halves are exact.
fn split(value: f64) -> (f64, f64) {
    let head = f64::from_bits(value.to_bits() & !0x07ff_ffff);
    (head, value - head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_number_survives_a_large_one_passing_through() {
        let sum = Double::ZERO.plus(1e16).plus(0.1).plus(-1e16);
        assert_eq!(sum.value().to_bits(), 0.1_f64.to_bits());
    }

    #[test]
    fn products_keep_every_bit() {
        let value = 1.0 + f64::EPSILON;
        let square = Double::product(value, value);
        // (1 + e)² = 1 + 2e + e²: the last term is below the last place of an f64.
        assert_eq!(
            square.plus(-1.0).plus(-2.0 * f64::EPSILON).value().to_bits(),
            (f64::EPSILON * f64::EPSILON).to_bits()
        );
    }

    #[test]
    fn the_mean_of_equal_numbers_is_that_number() {
        for period in 1..200 {
            let mut sum = Double::ZERO;
            for _ in 0..period {
                sum = sum.plus(0.1);
            }
            let (count, inverse) = (f64::from(period), 1.0 / f64::from(period));
            assert_eq!(sum.divided_by(count, inverse).to_bits(), 0.1_f64.to_bits(), "{period}");
            assert_eq!(sum.mean_of(count, inverse).to_bits(), 0.1_f64.to_bits(), "{period}");
        }
    }
}
