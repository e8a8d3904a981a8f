//! The `f64` nearest to an exact decimal, ties to even, as if the decimal had been parsed from text.

use crate::FiniteColumn;

/// First integer that an `f64` cannot tell from its neighbour.
const EXACT_INTEGERS: u64 = 1 << 53;

/// Returns the `f64` nearest to `raw / 10^scale`, for `scale` up to 22.
pub fn nearest_f64(raw: i128, scale: u32) -> f64 {
    let magnitude = raw.unsigned_abs();
    let nearest = if magnitude < u128::from(EXACT_INTEGERS) {
        // Both operands are exact, so the one rounding of the division is the right one.
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 there is none")]
        let exact = magnitude as f64;
        exact / power_of_ten(scale)
    } else {
        divide(magnitude, 10_u128.pow(scale))
    };
    if raw < 0 { -nearest } else { nearest }
}

/// Returns [`nearest_f64`] of every value.
pub fn nearest_column(values: &[i64], scale: u32) -> Vec<f64> {
    if are_exact(values) { exact(values, scale).collect() } else { rounded(values, scale).collect() }
}

/// Appends [`nearest_f64`] of every value. An integer has one, so the error is for callers that trust nobody.
pub fn extend_nearest(column: &mut FiniteColumn, values: &[i64], scale: u32) -> Result<(), usize> {
    if are_exact(values) {
        column.extend(exact(values, scale))
    } else {
        column.extend(rounded(values, scale))
    }
}

/// Says whether every value is an `f64`: no bit above the 53rd in any of them.
fn are_exact(values: &[i64]) -> bool {
    // Without an early way out, so that several are looked at in one step.
    values.iter().fold(0, |all, value| all | value.unsigned_abs()) < EXACT_INTEGERS
}

/// Many at a time.
fn exact(values: &[i64], scale: u32) -> impl Iterator<Item = f64> + '_ {
    let divisor = power_of_ten(scale);
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 there is none")]
    values.iter().map(move |&value| value as f64 / divisor)
}

fn rounded(values: &[i64], scale: u32) -> impl Iterator<Item = f64> + '_ {
    values.iter().map(move |&value| nearest_f64(i128::from(value), scale))
}

fn power_of_ten(scale: u32) -> f64 {
    let exponent = i32::try_from(scale).unwrap_or(i32::MAX);
    10_f64.powi(exponent)
}

/// Divides integers with a single rounding: the quotient gets at least 60 bits, the lowest of which remembers a remainder, and
/// the conversion to `f64` rounds it.
fn divide(numerator: u128, denominator: u128) -> f64 {
    let shift = numerator.leading_zeros();
    let shifted = numerator << shift;
    let quotient = shifted / denominator;
    let remainder = shifted - quotient * denominator;
    #[expect(clippy::cast_precision_loss, reason = "this is the rounding")]
    let rounded = (quotient | u128::from(remainder != 0)) as f64;
    rounded / 2_f64.powi(i32::try_from(shift).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equals_the_parser_of_the_standard_library(raw in any::<i128>(), cut in 0_u32..120, scale in 0_u32..19) {
            let raw = raw >> cut;
            let parsed: f64 = format!("{raw}e-{scale}").parse().unwrap();
            prop_assert_eq!(nearest_f64(raw, scale).to_bits(), parsed.to_bits());
            if let Ok(raw) = i64::try_from(raw) {
                prop_assert_eq!(nearest_column(&[raw], scale), [parsed]);
                let mut column = FiniteColumn::default();
                prop_assert_eq!(extend_nearest(&mut column, &[raw, raw], scale), Ok(()));
                prop_assert_eq!(column.as_slice(), [parsed, parsed]);
            }
        }
    }

    #[test]
    fn powers_of_ten_are_exact() {
        for scale in 0..=22 {
            let text = format!("1e{scale}");
            assert_eq!(Ok(power_of_ten(scale)), text.parse(), "{text}");
        }
    }
}
