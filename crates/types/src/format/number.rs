//! Plain numbers, counts and shares.

use rust_decimal::Decimal;

use super::NOT_AVAILABLE;
use crate::{Money, Price, Quantity, Rate};

/// From here on a number is written with an exponent: nobody counts more digits than these.
const TOO_LONG: f64 = 1e18;

/// A value that can be written with a number of decimals: exact where the type is.
pub trait Number: Copy {
    /// Returns the nearest `f64`, for its size and sign.
    fn size(self) -> f64;

    /// Writes it with exactly so many decimals, ungrouped, ties to the even digit.
    fn plain(self, decimals: usize) -> String;
}

impl Number for f64 {
    fn size(self) -> f64 {
        self
    }

    fn plain(self, decimals: usize) -> String {
        format!("{self:.decimals$}")
    }
}

impl Number for Decimal {
    fn size(self) -> f64 {
        // Every decimal text is an f64, if a rounded one.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    fn plain(self, decimals: usize) -> String {
        let rounded = self.round_dp(u32::try_from(decimals).unwrap_or(u32::MAX));
        format!("{rounded:.decimals$}")
    }
}

macro_rules! exact_number {
    ($($name:ident),*) => {
        $(impl Number for $name {
            fn size(self) -> f64 {
                self.to_f64()
            }

            fn plain(self, decimals: usize) -> String {
                self.to_decimal().plain(decimals)
            }
        })*
    };
}

exact_number!(Money, Price, Quantity, Rate);

/// Writes a number with so many decimals and its thousands grouped: `-1,234.50`. One that is not finite is `n/a`.
pub fn number(value: impl Number, decimals: usize) -> String {
    let size = value.size();
    if !size.is_finite() {
        return NOT_AVAILABLE.to_owned();
    }
    if size.abs() >= TOO_LONG {
        return format!("{size:.4e}");
    }
    grouped(&value.plain(decimals))
}

/// Writes a number with at least so many significant digits and at least so many decimals; zeros beyond those decimals are left out.
pub fn significant(value: impl Number, digits: usize, decimals: usize) -> String {
    trimmed(number(value, decimals.max(decimals_for(value.size(), digits))), decimals)
}

/// Returns how many decimals a value needs for so many significant digits; 0 for zero and for large values.
pub(super) fn decimals_for(value: f64, digits: usize) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite f64 is within ±324")]
    let magnitude = value.abs().log10().floor() as i64;
    let digits = i64::try_from(digits).unwrap_or(0);
    // An f64 below 1e-28 is no price or amount of anything; the cap keeps the text a line.
    usize::try_from(digits - 1 - magnitude).unwrap_or(0).min(28)
}

/// Cuts zeros at the end, but keeps so many decimals.
pub(super) fn trimmed(mut text: String, decimals: usize) -> String {
    let Some(point) = text.find('.') else { return text };
    if text.contains('e') {
        return text;
    }
    let keep = if decimals == 0 { point } else { point + 1 + decimals };
    while text.len() > keep && text.ends_with(['0', '.']) {
        text.pop();
    }
    text
}

/// Groups the thousands of a plain decimal, and drops the sign of what rounds to zero: `-0.00` reads like a loss.
pub(super) fn grouped(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::with_capacity(plain.len() + plain.len() / 3);
    text.push_str(if is_zero { "" } else { sign });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(rest);
    text
}

/// Puts a plus before a text that stands for more than zero: `+1.23 %`. What rounds to zero gets none.
pub fn signed(text: String) -> String {
    let is_positive = text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_positive { format!("+{text}") } else { text }
}

/// Writes a fraction in per cent with two decimals: `12.34 %`.
pub fn percent(fraction: f64) -> String {
    with_unit(number(fraction * 100.0, 2))
}

/// Writes a change in per cent with its sign: `+12.34 %`.
pub fn change(fraction: f64) -> String {
    signed(percent(fraction))
}

/// Writes an exact rate in per cent without rounding: `0.075 %`.
pub fn rate(rate: Rate) -> String {
    let percent = (rate.to_decimal() * Decimal::ONE_HUNDRED).normalize();
    format!("{} %", grouped(&percent.to_string()))
}

fn with_unit(text: String) -> String {
    if text == NOT_AVAILABLE { text } else { format!("{text} %") }
}

/// Writes a ratio with two decimals: `1.15`.
pub fn ratio(value: f64) -> String {
    number(value, 2)
}

/// Writes a count: `72,569`.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// Writes a count with its noun: `1 candle` or `72,569 candles`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Writes a size: `512 B`, `1.2 MB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value < 1000 {
        return format!("{value} B");
    }
    let mut tenths = u128::from(value) * 10 / 1000;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", grouped(&(tenths / 10).to_string()), tenths % 10, UNITS[unit])
}

/// Writes a number for a machine: a plain decimal, ungrouped and without an exponent, free of the noise that `f64` arithmetic leaves in
/// its last digits (`98`, not `98.00000000000001`). One that is not finite is empty.
pub fn plain(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    // Fifteen significant digits are what any decimal keeps through an f64.
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// Returns the class for a sign: `up`, `down` or nothing.
pub fn tone(value: f64) -> &'static str {
    if value > 0.0 {
        "up"
    } else if value < 0.0 {
        "down"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_nothing_is_minus_zero() {
        for (value, decimals, text) in [
            (0.0, 2, "0.00"),
            (-0.001, 2, "0.00"),
            (999.0, 0, "999"),
            (1000.0, 0, "1,000"),
            (-1_234_567.891, 2, "-1,234,567.89"),
            (f64::NAN, 2, "n/a"),
            (f64::NEG_INFINITY, 2, "n/a"),
            (1e300, 2, "1.0000e300"),
        ] {
            assert_eq!(number(value, decimals), text, "{value}");
        }
        let exact: Money = "-12345678901234567.125".parse().unwrap();
        assert_eq!(number(exact, 2), "-12,345,678,901,234,567.12");
    }

    #[test]
    fn significant_digits_are_kept_below_one() {
        for (value, text) in [
            (0.0, "0.00"),
            (0.5, "0.50"),
            (0.123_456, "0.1235"),
            (-0.000_040_781, "-0.00004078"),
            (12.345_67, "12.35"),
            (1.23e-12, "0.00000000000123"),
        ] {
            assert_eq!(significant(value, 4, 2), text, "{value}");
        }
        assert_eq!(significant(100.0, 3, 0), "100");
        assert_eq!(significant(1e-300, 4, 2), "0.00");
    }

    #[test]
    fn shares_have_a_unit_and_changes_a_sign() {
        for (fraction, plain, with_sign) in [
            (0.1234, "12.34 %", "+12.34 %"),
            (-0.0401, "-4.01 %", "-4.01 %"),
            (19.4085, "1,940.85 %", "+1,940.85 %"),
            (0.000_001, "0.00 %", "0.00 %"),
            (-0.000_001, "0.00 %", "0.00 %"),
            (f64::INFINITY, "n/a", "n/a"),
        ] {
            assert_eq!((percent(fraction).as_str(), change(fraction).as_str()), (plain, with_sign));
        }
        for (exact, text) in [("0.001", "0.1 %"), ("0.00075", "0.075 %"), ("0", "0 %"), ("12", "1,200 %")] {
            assert_eq!(rate(exact.parse().unwrap()), text);
        }
        assert_eq!([ratio(1.147_69), ratio(-0.001), ratio(1234.5)], ["1.15", "0.00", "1,234.50"]);
    }

    #[test]
    fn machines_read_plain_decimals_without_noise() {
        for (value, text) in [
            (98.000_000_000_000_01, "98"),
            (0.1 + 0.2, "0.3"),
            (0.000_000_115_157_55, "0.00000011515755"),
            (-1_234_567.25, "-1234567.25"),
            (-0.0, "0"),
            (f64::NAN, ""),
        ] {
            assert_eq!(plain(value), text, "{value}");
        }
    }

    #[test]
    fn counts_and_sizes() {
        for (value, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (72_569, "72,569"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(value), text);
        }
        assert_eq!([counted(1, "gap", "gaps"), counted(0, "gap", "gaps")], ["1 gap", "0 gaps"]);
        for (value, text) in
            [(999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.2 MB"), (u64::MAX, "18,446,744.0 TB")]
        {
            assert_eq!(bytes(value), text);
        }
        assert_eq!([tone(0.1), tone(-0.1), tone(0.0), tone(f64::NAN)], ["up", "down", "", ""]);
    }
}
