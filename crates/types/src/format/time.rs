//! Times in UTC, and spans of time. Times come as milliseconds since the epoch, as pages carry them.

use super::number::grouped;
use crate::Timestamp;

/// Writes `2024-01-31 10:00:00`.
pub fn date_time(ms: i64) -> String {
    Timestamp::from_ms(ms).to_string()
}

/// Writes `2024-01-31 10:00`, for open times of candles and wherever seconds are noise.
pub fn minute(ms: i64) -> String {
    let mut text = date_time(ms);
    text.truncate(text.len().saturating_sub(":00".len()));
    text
}

/// Writes `2024-01-31`.
pub fn date(ms: i64) -> String {
    Timestamp::from_ms(ms).to_date()
}

/// Writes `10:00`.
pub fn time(ms: i64) -> String {
    let minutes = ms.rem_euclid(Timestamp::DAY_MS) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Writes a span of time in one unit, or two where the second matters: `40 ms`, `1 min 5 s`, `5 h 20 min`, `3.2 days`, `4.8 years`.
/// A negative span is none.
pub fn duration(ms: i64) -> String {
    let ms = ms.max(0);
    let seconds = ms / 1000;
    let pair = |first: i64, one: &str, second: i64, other: &str| match second {
        0 => format!("{first} {one}"),
        second => format!("{first} {one} {second} {other}"),
    };
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{seconds} s"),
        60..3600 => pair(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => pair(seconds / 3600, "h", seconds / 60 % 60, "min"),
        _ => days(ms),
    }
}

/// Writes a number of days as a span of time; one that is not finite is `n/a`.
pub fn duration_of_days(days: f64) -> String {
    if !days.is_finite() {
        return super::NOT_AVAILABLE.to_owned();
    }
    // To the minute: what lies below is the noise of a division.
    #[expect(clippy::cast_possible_truncation, reason = "a cast saturates at the ends of time")]
    let minutes = (days * 1440.0).round() as i64;
    if minutes == 0 { "0 min".to_owned() } else { duration(minutes.saturating_mul(60_000)) }
}

/// A day or more: days up to a year, then years of 365.25 days.
fn days(ms: i64) -> String {
    let tenths_of_days = ms.saturating_add(Timestamp::DAY_MS / 20) / (Timestamp::DAY_MS / 10);
    match tenths_of_days {
        ..100 => tenths(tenths_of_days, "day", "days"),
        100..3650 => format!("{} days", (ms + Timestamp::DAY_MS / 2) / Timestamp::DAY_MS),
        _ => {
            const YEAR_MS: i64 = 31_557_600_000;
            tenths((ms.saturating_add(YEAR_MS / 20) / (YEAR_MS / 10)).max(10), "year", "years")
        }
    }
}

fn tenths(tenths: i64, one: &str, many: &str) -> String {
    match (tenths / 10, tenths % 10) {
        (1, 0) => format!("1 {one}"),
        (whole, 0) => format!("{} {many}", grouped(&whole.to_string())),
        (whole, rest) => format!("{}.{rest} {many}", grouped(&whole.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_iso() {
        let ms = 1_706_695_265_000;
        assert_eq!(
            [date_time(ms), minute(ms), date(ms), time(ms)],
            ["2024-01-31 10:01:05", "2024-01-31 10:01", "2024-01-31", "10:01"]
        );
        assert_eq!([date_time(-1), time(-1)], ["1969-12-31 23:59:59", "23:59"]);
        assert_eq!(minute(i64::MAX).len(), date_time(i64::MAX).len() - 3);
    }

    #[test]
    fn spans_read_like_speech() {
        const DAY: i64 = Timestamp::DAY_MS;
        for (ms, text) in [
            (-5, "0 ms"),
            (40, "40 ms"),
            (1_500, "1 s"),
            (60_000, "1 min"),
            (65_000, "1 min 5 s"),
            (600_000, "10 min"),
            (3_660_000, "1 h 1 min"),
            (DAY - 1, "23 h 59 min"),
            (DAY, "1 day"),
            (273_600_000, "3.2 days"),
            (DAY * 45 / 2, "23 days"),
            (DAY * 364, "364 days"),
            (DAY * 365, "1 year"),
            (1756 * DAY + 22 * 3_600_000, "4.8 years"),
            (i64::MAX, "292,271,023 years"),
        ] {
            assert_eq!(duration(ms), text, "{ms}");
        }
        for (days, text) in [
            (0.0, "0 min"),
            (0.0625, "1 h 30 min"),
            (0.999_99, "1 day"),
            (1_756.916_7, "4.8 years"),
            (f64::NAN, "n/a"),
        ] {
            assert_eq!(duration_of_days(days), text, "{days}");
        }
    }
}
