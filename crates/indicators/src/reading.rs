//! What an `f64` of a price column stands for: the decimal that was published, as an integer.
//!
//! Sums of integers are exact, whatever came before and in whichever order, so a sliding sum neither drifts nor needs to be computed
//! afresh. A decimal of up to 15 significant digits is the shortest text of its `f64`, and that text is what is read here.

use std::fmt::Write as _;

/// Units of a narrow count in one: a narrow count is a multiple of 10^-8.
pub(crate) const NARROW_UNITS: u64 = 100_000_000;
/// Decimals of a wide count.
const WIDE_DECIMALS: u32 = 20;
/// Units of a wide count in one: a wide count is a multiple of 10^-20.
pub(crate) const WIDE_UNITS: u128 = 10_u128.pow(WIDE_DECIMALS);
/// Wide units in one narrow unit.
pub(crate) const WIDE_PER_NARROW: i128 = 1_000_000_000_000;

#[expect(clippy::cast_precision_loss, reason = "10^8 is exact")]
const NARROW_UNITS_F64: f64 = NARROW_UNITS as f64;
/// 2^51: below it a product with the units is rounded to the right whole number, and no two whole numbers have the same `f64`.
const WHOLE_LIMIT: f64 = 2_251_799_813_685_248.0;

/// Returns the value as a multiple of 10^-8 when it is one and is below 2.2 × 10^7: nearly every price there is.
pub(crate) fn narrow(value: f64) -> Option<i64> {
    // Adding 1.5 × 2^52 leaves no bits for a fraction: the sum is rounded to a whole number, which stands in its low bits.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    let shifted = value * NARROW_UNITS_F64 + SHIFT;
    let whole = shifted - SHIFT;
    #[expect(
        clippy::float_cmp,
        reason = "only the decimal that gives back every bit is the one that was published"
    )]
    let is_narrow = whole / NARROW_UNITS_F64 == value && whole.abs() < WHOLE_LIMIT;
    is_narrow.then(|| shifted.to_bits().wrapping_sub(SHIFT.to_bits()).cast_signed())
}

/// Returns the number that a narrow count was read from.
pub(crate) fn narrow_value(count: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "narrow counts are below 2^51")]
    let count = count as f64;
    count / NARROW_UNITS_F64
}

/// Returns the value as a multiple of 10^-20, or `None` when it is not finite, not below 10^17 or has more than 20 decimals.
pub(crate) fn wide(value: f64) -> Option<i128> {
    if value.is_nan() || value.abs() >= 1e17 {
        return None;
    }
    // Sixteen or twelve decimals for small prices, two for large amounts: a division tells faster than the text.
    for (units, decimals) in [(1e16, 16), (1e12, 12), (1e2, 2)] {
        let whole = (value * units).round();
        #[expect(clippy::float_cmp, reason = "as in `narrow`")]
        if whole.abs() < WHOLE_LIMIT && whole / units == value {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^51")]
            let digits = whole as i64;
            return Some(i128::from(digits) * 10_i128.pow(WIDE_DECIMALS - decimals));
        }
    }
    shortest(value)
}

/// Reads the shortest decimal that gives back the value, which is below 10^17.
fn shortest(value: f64) -> Option<i128> {
    let mut text = Text::default();
    // Seventeen digits, a point and an exponent: it cannot run over.
    write!(text, "{:e}", value.abs()).ok()?;
    let (mut digits, mut decimals, mut is_fraction) = (0_i128, 0_i32, false);
    let mut bytes = text.written().iter();
    for byte in bytes.by_ref() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + i128::from(byte - b'0');
                decimals += i32::from(is_fraction);
            }
            b'.' => is_fraction = true,
            _ => break,
        }
    }
    let exponent: i32 = std::str::from_utf8(bytes.as_slice()).ok()?.parse().ok()?;
    let missing = u32::try_from(WIDE_DECIMALS.cast_signed() - (decimals - exponent)).ok()?;
    let count = digits.checked_mul(10_i128.checked_pow(missing)?)?;
    Some(if value < 0.0 { -count } else { count })
}

/// A short text without an allocation.
#[derive(Default)]
struct Text {
    bytes: [u8; 32],
    length: usize,
}

impl Text {
    fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl std::fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_decimals_are_read_as_they_were_written() {
        for (value, expected) in [
            (0.0, Some(0)),
            (-0.0, Some(0)),
            (16703.8, Some(1_670_380_000_000)),
            (-16703.8, Some(-1_670_380_000_000)),
            (0.000_000_01, Some(1)),
            (0.1 + 0.2, None),
            (0.000_000_000_1, None),
            (1e9, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(narrow(value), expected, "{value}");
        }
        for (value, expected) in [
            (0.000_000_123_4, Some(12_340_000_000_000)),
            (1e-20, Some(1)),
            (-1e-20, Some(-1)),
            (1e9, Some(10_i128.pow(29))),
            (9_876_543_210_123.75, Some(987_654_321_012_375 * 10_i128.pow(18))),
            (0.1 + 0.2, Some(30_000_000_000_000_004_000)),
            (99_999_999_999_999_980.0, Some(9_999_999_999_999_998 * 10_i128.pow(21))),
            (1e17, None),
            (1.5e-20, None),
            (f64::MIN_POSITIVE, None),
            (f64::MAX, None),
            (f64::NEG_INFINITY, None),
            (f64::NAN, None),
        ] {
            assert_eq!(wide(value), expected, "{value:e}");
        }
    }

    proptest! {
        #[test]
        fn fifteen_digits_come_back_whatever_the_magnitude(
            digits in 1..1_000_000_000_000_000_i64,
            decimals in 0..=20_u32,
            is_negative: bool,
        ) {
            let digits = if is_negative { -digits } else { digits };
            let value: f64 = format!("{digits}e-{decimals}").parse().expect("a number");
            prop_assert_eq!(wide(value), Some(i128::from(digits) * 10_i128.pow(20 - decimals)));
            if let Some(count) = narrow(value) {
                prop_assert_eq!(Some(i128::from(count) * WIDE_PER_NARROW), wide(value));
                prop_assert_eq!(narrow_value(count).to_bits(), value.to_bits());
            } else {
                prop_assert!(decimals > 8 || value.abs() > 2e7);
            }
        }

        #[test]
        fn any_number_is_read_or_refused(bits: u64) {
            let value = f64::from_bits(bits);
            let _ = (narrow(value), wide(value));
        }
    }
}
