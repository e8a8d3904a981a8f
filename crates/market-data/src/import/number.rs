//! Numbers and times out of cells, exactly, or not at all.

use rust_decimal::Decimal;
use types::Timestamp;

/// First number that is milliseconds: 1973. Smaller ones are seconds or something else.
const FIRST_MS: i64 = 100_000_000_000;
/// First number that is microseconds; as milliseconds it would be the year 5138.
const FIRST_US: i64 = 100_000_000_000_000;
/// First number that is nanoseconds.
const FIRST_NS: i64 = 100_000_000_000_000_000;
/// First number that is seconds: also 1973.
const FIRST_S: i64 = FIRST_MS / 1000;
/// Days as spreadsheets number them, from 1970 to 2119.
const SPREADSHEET_DAYS: std::ops::Range<i64> = 25_569..80_000;

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

/// Why a cell is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// A spreadsheet shortened it, and its last digits are lost.
    Rounded,
    /// It cannot be read, for this reason.
    Unreadable(&'static str),
}

/// Reads a point in time: milliseconds or microseconds since the epoch, told apart by their size, or a date in UTC.
pub(super) fn time(cell: &[u8]) -> Result<Timestamp, TimeFault> {
    let Some(number) = decimal(cell) else {
        let date = std::str::from_utf8(cell).ok().and_then(date);
        return date
            .ok_or(TimeFault::Unreadable("no time; write milliseconds since 1970 or 2024-01-31 10:00:00"));
    };
    if is_rounded(cell) {
        return Err(TimeFault::Rounded);
    }
    let whole = if number.scale() == 0 { number } else { number.normalize() };
    let whole = if whole.scale() == 0 { i64::try_from(whole.mantissa()).ok() } else { None };
    let days = i64::try_from(number.trunc().mantissa()).is_ok_and(|days| SPREADSHEET_DAYS.contains(&days));
    Err(TimeFault::Unreadable(match whole {
        Some(ms @ FIRST_MS..FIRST_US) => return Ok(Timestamp::from_ms(ms)),
        Some(us @ FIRST_US..FIRST_NS) if us % 1000 == 0 => return Ok(Timestamp::from_ms(us / 1000)),
        Some(FIRST_US..FIRST_NS) => "microseconds that are no whole millisecond",
        Some(FIRST_S..FIRST_MS) => "seconds since 1970; write milliseconds",
        Some(FIRST_NS..) => "nanoseconds since 1970; write milliseconds",
        _ if days => "a spreadsheet's number of days; write it as 2024-01-31 10:00:00",
        _ => "neither milliseconds nor microseconds since 1970",
    }))
}

/// Returns whether a number is written with an exponent and fewer digits than it has, as `1.70415E+12`.
fn is_rounded(cell: &[u8]) -> bool {
    let Some(at) = cell.iter().position(|byte| matches!(byte, b'e' | b'E')) else { return false };
    let digits = cell[..at].iter().filter(|byte| byte.is_ascii_digit()).count();
    let exponent = std::str::from_utf8(&cell[at + 1..]).ok().and_then(|text| text.parse::<usize>().ok());
    exponent.is_some_and(|exponent| digits <= exponent)
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

/// Reads a time of any unit without judging it, for guesses: milliseconds since 1970.
pub(super) fn rough_ms(cell: &[u8]) -> Option<i64> {
    let Some(number) = decimal(cell) else {
        return date(std::str::from_utf8(cell).ok()?).map(Timestamp::as_ms);
    };
    if is_rounded(cell) {
        return None;
    }
    let whole = if number.scale() == 0 { number } else { number.trunc() };
    Some(match i64::try_from(whole.mantissa()).ok()? {
        seconds @ FIRST_S..FIRST_MS => seconds * 1000,
        us @ FIRST_US..FIRST_NS => us / 1000,
        ns @ FIRST_NS.. => ns / 1_000_000,
        ms => ms,
    })
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
        for text in ["1735689659999", "1735689659999999", "1735689659999999999", "2025-01-01 00:00:59.999"] {
            assert_eq!(rough_ms(text.as_bytes()), Some(1_735_689_659_999), "{text}");
        }
        assert_eq!(rough_ms(b"1735689659"), Some(1_735_689_659_000));
    }

    #[test]
    fn a_time_that_a_spreadsheet_shortened_is_no_time() {
        for text in ["1.70415E+12", "1.7e12", "1.70407E+15", "1.704067E+12", "2E12"] {
            assert_eq!(time(text.as_bytes()), Err(TimeFault::Rounded), "{text}");
            assert_eq!(rough_ms(text.as_bytes()), None, "{text}");
        }
        assert_eq!(
            time(b"1.704067200000E+12"),
            Ok(Timestamp::from_ms(1_704_067_200_000)),
            "all digits are there"
        );
        for (text, part) in [
            ("1704067200", "seconds"),
            ("1704067200000000000", "nanoseconds"),
            ("45292.0416666667", "a spreadsheet's number of days"),
            ("20240101", "neither"),
        ] {
            let told =
                matches!(time(text.as_bytes()), Err(TimeFault::Unreadable(reason)) if reason.contains(part));
            assert!(told, "{text}");
        }
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
