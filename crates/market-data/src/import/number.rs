//! Numbers and times out of cells, exactly, or not at all.

use rust_decimal::Decimal;
use types::Timestamp;

/// First number that is milliseconds: 1973. Smaller ones are seconds or something else.
const FIRST_MS: i64 = 100_000_000_000;
/// First number that is microseconds; as milliseconds it would be the year 5138.
const FIRST_US: i64 = 100_000_000_000_000;
/// First number that is neither.
const FIRST_NS: i64 = 100_000_000_000_000_000;

/// Reads a decimal number: `4261.48000000`, `-0`, `1.2e-07`. Returns `None` for anything that would have to be rounded.
pub(super) fn decimal(cell: &[u8]) -> Option<Decimal> {
    let (digits, is_negative) = match cell {
        [b'-', digits @ ..] => (digits, true),
        digits => (digits, false),
    };
    // Eighteen digits fit 64 bits; what does not fit, or has an exponent, takes the long way.
    if digits.is_empty() || digits.len() > 18 {
        return long_decimal(cell);
    }
    let (mut mantissa, mut scale, mut has_point) = (0_i64, 0_u32, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u32::from(has_point);
            }
            b'.' if !has_point => has_point = true,
            _ => return long_decimal(cell),
        }
    }
    if digits == b"." {
        return None;
    }
    Some(Decimal::new(if is_negative { -mantissa } else { mantissa }, scale))
}

fn long_decimal(cell: &[u8]) -> Option<Decimal> {
    let text = std::str::from_utf8(cell).ok()?;
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.')) || text.contains('_') {
        return None;
    }
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let mantissa = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let scale = i64::from(mantissa.scale()) - exponent.parse::<i64>().ok()?;
    if scale < 0 {
        let factor = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
        return Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(factor)?, 0).ok();
    }
    Decimal::try_from_i128_with_scale(mantissa.mantissa(), u32::try_from(scale).ok()?).ok()
}

/// Reads a count: `5818`, or `5818.0` as some tools write it.
pub(super) fn count(cell: &[u8]) -> Option<u64> {
    let value = decimal(cell)?.normalize();
    if value.scale() == 0 { u64::try_from(value.mantissa()).ok() } else { None }
}

/// Reads a point in time: milliseconds or microseconds since the epoch, told apart by their size, or a date in UTC.
pub(super) fn time(cell: &[u8]) -> Result<Timestamp, &'static str> {
    if let Some(number) = decimal(cell) {
        let number = number.normalize();
        let number = if number.scale() == 0 { i64::try_from(number.mantissa()).ok() } else { None };
        return match number {
            Some(FIRST_MS..FIRST_US) => Ok(Timestamp::from_ms(number.unwrap_or_default())),
            Some(us @ FIRST_US..FIRST_NS) if us % 1000 == 0 => Ok(Timestamp::from_ms(us / 1000)),
            Some(FIRST_US..FIRST_NS) => Err("microseconds that are no whole millisecond"),
            _ => Err("neither milliseconds nor microseconds since 1970"),
        };
    }
    std::str::from_utf8(cell)
        .ok()
        .and_then(date)
        .ok_or("no time; write milliseconds since 1970 or 2024-01-31 10:00:00")
}

/// Reads `2018-02-09 09:28:14.789`, with or without seconds, fraction and a mark of UTC.
fn date(text: &str) -> Option<Timestamp> {
    let is_date = text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    if !is_date {
        return None;
    }
    let text =
        ["Z", " UTC", "+00:00", "+0000"].into_iter().find_map(|mark| text.strip_suffix(mark)).unwrap_or(text);
    let Some((whole, fraction)) = text.split_once('.') else { return text.parse().ok() };
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ms: i64 = format!("{fraction:0<3}").parse().ok()?;
    whole.parse::<Timestamp>().ok().map(|at| at.plus_ms(ms))
}

/// Reads a whole number without judging it, for guesses.
pub(super) fn rough_ms(cell: &[u8]) -> Option<i64> {
    if let Some(number) = decimal(cell) {
        let number = i64::try_from(number.trunc().mantissa()).ok()?;
        return Some(if number >= FIRST_US { number / 1000 } else { number });
    }
    date(std::str::from_utf8(cell).ok()?).map(Timestamp::as_ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_exactly_or_refused() {
        for (cell, value) in [
            ("4261.48000000", "4261.48"),
            ("-0.5", "-0.5"),
            ("7.", "7"),
            (".5", "0.5"),
            ("1.2e-07", "0.00000012"),
            ("1.5E+3", "1500"),
            ("3031.6865559999997", "3031.6865559999997"),
            ("57614448.44056976123456", "57614448.44056976123456"),
        ] {
            assert_eq!(decimal(cell.as_bytes()), value.parse().ok(), "{cell}");
        }
        for cell in ["", "-", ".", "nan", "inf", "1,5", "0x10", "1_000", "1e", "1e99", "1e-99", "12.3.4", "é"]
        {
            assert_eq!(decimal(cell.as_bytes()), None, "{cell}");
        }
        assert_eq!(decimal(b"0.12345678901234567890123456789012"), None, "would be rounded");
        assert_eq!(count(b"5818.0"), Some(5818));
        assert_eq!(count(b"5818.5"), None);
    }

    #[test]
    fn times_are_told_apart_by_their_size() {
        let ms = |text: &str| time(text.as_bytes()).map(Timestamp::as_ms).ok();
        assert_eq!(ms("1735689600000"), Some(1_735_689_600_000));
        assert_eq!(ms("1735689600000000"), Some(1_735_689_600_000));
        assert_eq!(ms("1735689600000.0"), Some(1_735_689_600_000));
        assert_eq!(ms("2018-02-09 09:28:14.789"), Some(1_518_168_494_789));
        assert_eq!(ms("2018-02-09T09:28:14.7890Z"), Some(1_518_168_494_789));
        assert_eq!(ms("2018-02-09 09:28:00 UTC"), Some(1_518_168_480_000));
        for text in [
            "1735689600",
            "1735689600000001",
            "1735689600000000000",
            "-1735689600000",
            "soon",
            "2018-02-09x",
            "",
        ] {
            assert_eq!(ms(text), None, "{text}");
        }
        assert_eq!(rough_ms(b"1735689659999999"), Some(1_735_689_659_999));
    }

    proptest! {
        #[test]
        fn every_decimal_reads_back(mantissa in any::<i64>(), scale in 0_u32..19) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(decimal(value.to_string().as_bytes()), Some(value));
        }

        #[test]
        fn any_bytes_are_read_or_refused(cell in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (decimal(&cell), time(&cell), count(&cell), rough_ms(&cell));
        }
    }
}
