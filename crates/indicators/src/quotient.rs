//! Quotients of integers as the nearest `f64`, rounded once and ties to even.
//!
//! A quotient is a function of the rational number alone: two averages that are equal as fractions are equal to the bit, whatever
//! their sums and counts, and a larger fraction never gives a smaller number.

use ethnum::{I256, U256};

/// Returns `numerator / denominator`; the denominator is not zero.
pub(crate) fn quotient(numerator: i128, denominator: u64) -> f64 {
    let magnitude = numerator.unsigned_abs();
    if magnitude == 0 {
        return 0.0;
    }
    // Shifted to the left end, the quotient has 64 bits or more: eleven beyond what an f64 keeps.
    let shift = magnitude.leading_zeros();
    let (shifted, denominator) = (magnitude << shift, u128::from(denominator));
    let bits = shifted / denominator;
    // What is left over only matters as "more than this": one bit far below the last place tells.
    let sticky = u128::from(bits * denominator != shifted);
    #[expect(clippy::cast_precision_loss, reason = "the one rounding")]
    let rounded = (bits | sticky) as f64;
    let value = rounded * power_of_two(-i64::from(shift));
    if numerator < 0 { -value } else { value }
}

/// Does the same for larger integers.
pub(crate) fn wide_quotient(numerator: I256, denominator: u128) -> f64 {
    let magnitude = numerator.unsigned_abs();
    if magnitude == U256::ZERO {
        return 0.0;
    }
    let shift = magnitude.leading_zeros();
    let (shifted, denominator) = (magnitude << shift, U256::from(denominator));
    let quotient = shifted / denominator;
    let dropped = 192_u32.saturating_sub(quotient.leading_zeros());
    let bits = (quotient >> dropped).as_u64();
    let is_exact = (quotient >> dropped) << dropped == quotient && quotient * denominator == shifted;
    #[expect(clippy::cast_precision_loss, reason = "the one rounding")]
    let rounded = (bits | u64::from(!is_exact)) as f64;
    let value = rounded * power_of_two(i64::from(dropped) - i64::from(shift));
    if numerator < I256::ZERO { -value } else { value }
}

/// Returns 2^`exponent`, for exponents from -1022 to 1023.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits((1023 + exponent).cast_unsigned() << 52)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these must agree to the last bit")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_quotients_are_those_of_the_hardware() {
        for (numerator, denominator) in [(0, 3), (1, 3), (-1, 3), (2, 3), (10, 5), (i128::from(i32::MAX), 7)]
        {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let expected = numerator as f64 / denominator as f64;
            assert_eq!(quotient(numerator, denominator).to_bits(), expected.to_bits());
            let wide = wide_quotient(I256::from(numerator), denominator.into());
            assert_eq!(wide.to_bits(), expected.to_bits());
        }
    }

    #[test]
    fn ties_go_to_even_and_anything_above_a_tie_goes_up() {
        let odd = (1_i128 << 53) + 1;
        assert_eq!(quotient(odd, 1), 9_007_199_254_740_992.0);
        assert_eq!(quotient(odd + 2, 1), 9_007_199_254_740_996.0);
        // A third of one above the tie.
        assert_eq!(quotient(odd * 3 + 1, 3), 9_007_199_254_740_994.0);
        assert_eq!(wide_quotient(I256::from(odd * 3 + 1), 3), 9_007_199_254_740_994.0);
        assert_eq!(wide_quotient(I256::from(odd), 1), 9_007_199_254_740_992.0);
        assert_eq!(quotient(i128::MIN, 1), -(2.0_f64.powi(127)));
        assert_eq!(wide_quotient(I256::MIN, 1), -(2.0_f64.powi(255)));
        assert_eq!(wide_quotient(I256::from(1), u128::MAX), 2.0_f64.powi(-128));
    }

    proptest! {
        #[test]
        fn equal_fractions_are_equal_and_larger_ones_are_not_smaller(
            left in -1_i128 << 90..1_i128 << 90,
            right in -1_i128 << 90..1_i128 << 90,
            denominator in 1_u64..1 << 40,
            factor in 1_u64..1 << 20,
        ) {
            let multiple = left * i128::from(factor);
            let value = quotient(left, denominator);
            prop_assert_eq!(quotient(multiple, denominator * factor).to_bits(), value.to_bits());
            let wide = wide_quotient(I256::from(multiple), u128::from(denominator) * u128::from(factor));
            prop_assert_eq!(wide.to_bits(), value.to_bits());
            prop_assert!(left > right || value <= quotient(right, denominator));
        }
    }
}
