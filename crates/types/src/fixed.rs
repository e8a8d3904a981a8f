//! Fixed-point arithmetic under the money types: `i128` counts of a power of ten, exact or refused.

use ethnum::I256;

use crate::digits::{EIGHT_DIGITS, eight_digits, zeros_before, zeros_behind};

/// Why a fixed-point value could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FixedError {
    /// Not a plain decimal number.
    #[error("'{found}' is no decimal number")]
    NotANumber {
        /// The text as it was given.
        found: String,
    },
    /// More digits than the type keeps.
    #[error("'{found}' has more than {scale} decimals")]
    TooPrecise {
        /// The text as it was given.
        found: String,
        /// The number of decimals that the type keeps.
        scale: u32,
    },
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// The amount would be negative, which this type cannot be.
    #[error("the amount is negative")]
    Negative,
}

/// Returns 10^`exponent`; exponents above 38 do not occur because scales are constants below 20.
pub(crate) const fn pow10(exponent: u32) -> i128 {
    10_i128.pow(exponent)
}

/// Returns `a × b / divisor`, to the nearest, ties to the even digit; no digit is lost before that. `divisor` must be positive. The smallest `i128`
/// is no result: it has no counterpart with the other sign.
pub(crate) fn mul_div(a: i128, b: i128, divisor: i128) -> Result<i128, FixedError> {
    if let Some(product) = a.checked_mul(b) {
        return Ok(div_round(product, divisor));
    }
    let product = I256::from(a) * I256::from(b);
    let divisor = I256::from(divisor);
    let quotient = product.div_euclid(divisor);
    let remainder = product.rem_euclid(divisor);
    let twice = remainder * I256::from(2);
    let is_up = twice > divisor || (twice == divisor && quotient % I256::from(2) != I256::from(0));
    let rounded = if is_up { quotient + I256::from(1) } else { quotient };
    i128::try_from(rounded).ok().filter(|raw| *raw != i128::MIN).ok_or(FixedError::Overflow)
}

/// Returns `value / divisor`, to the nearest, ties to the even digit; `divisor` must be positive.
pub(crate) fn div_round(value: i128, divisor: i128) -> i128 {
    // Most products of a backtest fit 64 bits after all, where the hardware divides.
    let (quotient, remainder) = match (i64::try_from(value), i64::try_from(divisor)) {
        (Ok(value), Ok(divisor)) => {
            (i128::from(value.div_euclid(divisor)), i128::from(value.rem_euclid(divisor)))
        }
        _ => (value.div_euclid(divisor), value.rem_euclid(divisor)),
    };
    // Written without `2 × remainder`, which could overflow for a huge divisor.
    let rest = divisor - remainder;
    if remainder > rest || (remainder == rest && quotient & 1 == 1) { quotient + 1 } else { quotient }
}

/// Reads a plain decimal (`-12.5`, no exponent) into a count of 10^-`scale`.
pub(crate) fn parse(text: &str, scale: u32) -> Result<i128, FixedError> {
    let not_a_number = || FixedError::NotANumber { found: text.chars().take(64).collect() };
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let mut raw: i128 = 0;
    let mut decimals: Option<u32> = None;
    let mut has_digit = false;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                has_digit = true;
                if let Some(count) = decimals.as_mut() {
                    if *count == scale {
                        // Zeros beyond the scale change nothing; anything else would be lost.
                        if byte != b'0' {
                            return Err(FixedError::TooPrecise {
                                found: text.chars().take(64).collect(),
                                scale,
                            });
                        }
                        continue;
                    }
                    *count += 1;
                }
                raw = raw
                    .checked_mul(10)
                    .and_then(|raw| raw.checked_add(i128::from(byte - b'0')))
                    .ok_or(FixedError::Overflow)?;
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return Err(not_a_number()),
        }
    }
    if !has_digit {
        return Err(not_a_number());
    }
    let raw = raw.checked_mul(pow10(scale - decimals.unwrap_or(0))).ok_or(FixedError::Overflow)?;
    Ok(if is_negative { -raw } else { raw })
}

/// Digits behind the point of a [`TextBuffer`]: as many as any scale has.
const DECIMALS: usize = 16;
/// Where the point lies in it, behind a sign and the 40 digits of five groups.
const POINT: usize = 41;

/// Room for the text of any fixed-point value.
pub(crate) type TextBuffer = [u8; TEXT];
/// Bytes of a [`TextBuffer`].
pub(crate) const TEXT: usize = POINT + 1 + DECIMALS;

/// Writes a count of 10^-`scale`, 16 at most, without trailing zeros: `-12.5`. A run has some hundred thousand amounts to write, so this
/// allocates nothing and divides 128 bits as seldom as it can.
pub(crate) fn write(raw: i128, scale: u32, buffer: &mut TextBuffer) -> &str {
    let (mut whole, decimals) = divide(raw.unsigned_abs(), 10_u64.pow(scale));
    let decimals = decimals * 10_u64.pow(16 - scale);
    buffer[POINT] = b'.';
    let end = put_decimals(decimals, &mut buffer[POINT + 1..]).map_or(POINT, |length| POINT + 1 + length);
    let mut start = POINT;
    loop {
        let (rest, group) = divide(whole, EIGHT_DIGITS);
        let digits = eight_digits(group);
        start -= 8;
        buffer[start..start + 8].copy_from_slice(&digits);
        whole = rest;
        if whole == 0 {
            start += zeros_before(digits);
            break;
        }
    }
    if raw < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    std::str::from_utf8(&buffer[start..end]).unwrap_or_default()
}

/// Writes 16 decimals; returns how many are left without the zeros at their end, `None` when all are zeros.
fn put_decimals(decimals: u64, buffer: &mut [u8]) -> Option<usize> {
    if decimals == 0 {
        return None;
    }
    let (front, back) = (eight_digits(decimals / EIGHT_DIGITS), eight_digits(decimals));
    buffer[..8].copy_from_slice(&front);
    buffer[8..].copy_from_slice(&back);
    Some(if decimals.is_multiple_of(EIGHT_DIGITS) {
        8 - zeros_behind(front)
    } else {
        16 - zeros_behind(back)
    })
}

/// Returns quotient and remainder; most amounts fit 64 bits, where the hardware divides.
fn divide(value: u128, divisor: u64) -> (u128, u64) {
    if let Ok(value) = u64::try_from(value) {
        return (u128::from(value / divisor), value % divisor);
    }
    let quotient = value / u128::from(divisor);
    (quotient, u64::try_from(value - quotient * u128::from(divisor)).unwrap_or_default())
}

/// Returns what [`write`] writes.
#[cfg(test)]
pub(crate) fn format(raw: i128, scale: u32) -> String {
    write(raw, scale, &mut [0; TEXT]).to_owned()
}

/// Returns the decimal that an `f64` stands for, as a count of 10^-`scale`.
///
/// Market data columns are `f64`. A published price has at most 15 significant digits, and every such decimal is the shortest
/// text of its `f64`, so reading that text back recovers the published digits exactly.
pub(crate) fn from_f64(value: f64, scale: u32) -> Result<i128, FixedError> {
    // Eight decimals are what exchanges publish; below 2^53 the division is exact in the sense above and needs no text.
    let hundred_millions = (value * 1e8).round();
    #[expect(clippy::float_cmp, reason = "the round trip must be exact to the bit, or the slow path decides")]
    if hundred_millions.abs() < 9_007_199_254_740_992.0 && hundred_millions / 1e8 == value {
        #[expect(clippy::cast_possible_truncation, reason = "an integer below 2^53")]
        return Ok(i128::from(hundred_millions as i64) * pow10(scale - 8));
    }
    if !value.is_finite() {
        return Err(FixedError::NotANumber { found: value.to_string() });
    }
    let text = value.to_string();
    // An f64 that no exchange published (a computed stop, say) may carry more digits than we keep: cut them, it is a price level.
    match parse(&text, scale) {
        Err(FixedError::TooPrecise { .. }) => {
            let point = text.find('.').unwrap_or(text.len());
            parse(&text[..(point + 1 + scale as usize).min(text.len())], scale)
        }
        other => other,
    }
}

/// Returns an `f64` near it: the count is rounded, and then the quotient.
pub(crate) fn to_f64(raw: i128, scale: u32) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an f64 near it is what is asked for")]
    let value = raw as f64 / pow10(scale) as f64;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in ["0", "1", "-1.5", "0.00000001", "123456.12345678"] {
            assert_eq!(parse(text, 16).map(|raw| format(raw, 16)), Ok(text.to_owned()));
        }
        assert_eq!(parse("1.50", 1), Ok(15));
        for (raw, scale, text) in [
            (0, 0, "0"),
            (-5, 0, "-5"),
            (100, 0, "100"),
            (-1, 16, "-0.0000000000000001"),
            (pow10(19), 16, "1000"),
            (pow10(38), 12, "100000000000000000000000000"),
            (-123 * pow10(30) - 45, 2, "-1230000000000000000000000000000.45"),
            (i128::MAX, 16, "17014118346046923173168.7303715884105727"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
        ] {
            assert_eq!(format(raw, scale), text);
        }
        assert!(matches!(parse("1.55", 1), Err(FixedError::TooPrecise { .. })));
        for text in ["", "-", ".", "1e5", "1.2.3", "NaN", " 1"] {
            assert!(parse(text, 16).is_err(), "{text}");
        }
    }

    #[test]
    fn halves_go_to_even() {
        assert_eq!(div_round(5, 2), 2);
        assert_eq!(div_round(7, 2), 4);
        assert_eq!(div_round(-5, 2), -2);
        assert_eq!(div_round(-7, 2), -4);
    }

    proptest::proptest! {
        #[test]
        fn wide_products_agree_with_narrow_ones(a in -1_i64<<40..1_i64<<40, b in -1_i64<<40..1_i64<<40, d in 1_i64..1_i64<<30) {
            let shift = pow10(20);
            let narrow = mul_div(a.into(), b.into(), d.into());
            // Scaling one factor and the divisor alike changes nothing but pushes the product beyond 128 bits.
            let wide = mul_div(i128::from(a) * shift, b.into(), i128::from(d) * shift);
            proptest::prop_assert_eq!(narrow, wide);
        }

        #[test]
        fn published_prices_survive_the_float_column(cents in 1_i64..900_000_000_000_000) {
            // Fifteen significant digits, eight decimals: what an exchange writes.
            let text = format(i128::from(cents), 8);
            let column: f64 = text.parse().expect("a decimal");
            proptest::prop_assert_eq!(from_f64(column, 16), parse(&text, 16));
        }

        #[test]
        fn any_text_is_read_or_refused_never_a_panic(text in "\\PC*") {
            let _ = parse(&text, 16);
        }
    }
}
