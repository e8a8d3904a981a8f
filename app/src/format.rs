//! How times, counts and sizes are written: UTC and fixed rules, so that the server and the browser write the same.

/// Returns `2024-01-31 10:00:00` (UTC).
pub(crate) fn date_time(ms: i64) -> String {
    let (date, seconds) = split(ms);
    format!("{date} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Returns `2024-01-31 10:00` (UTC), for open times of candles and wherever seconds are noise.
pub(crate) fn minute(ms: i64) -> String {
    let (date, seconds) = split(ms);
    format!("{date} {:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

/// Returns `2024-01-31` (UTC).
pub(crate) fn date(ms: i64) -> String {
    split(ms).0
}

/// Returns `10:00` (UTC).
pub(crate) fn time(ms: i64) -> String {
    let (_, seconds) = split(ms);
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

/// The civil date and the second of its day.
fn split(ms: i64) -> (String, i64) {
    const DAY_MS: i64 = 86_400_000;
    let (year, month, day) = civil(ms.div_euclid(DAY_MS));
    (format!("{year:04}-{month:02}-{day:02}"), ms.rem_euclid(DAY_MS) / 1000)
}

/// Turns days since 1970-01-01 into a date of the Gregorian calendar (after Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Returns a count with its thousands apart: `72,569`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns `1 candle` or `72,569 candles`.
pub(crate) fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Returns a size: `512 B`, `1.2 MB`.
pub(crate) fn bytes(value: u64) -> String {
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
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Returns a span of time in its two largest units: `1m 05s`, `3d 4h`.
pub(crate) fn span(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match seconds {
        0 => format!("{} ms", ms.max(0)),
        1..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {:02}s", seconds % 60),
        3600..86_400 => format!("{hours}h {minutes:02}m"),
        _ => format!("{days}d {hours}h"),
    }
}

/// Returns a price with decimals by its magnitude, without thousands apart.
pub(crate) fn price(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 || size == 0.0 => 2,
        size if size >= 10.0 => 3,
        size if size >= 1.0 => 4,
        size if size >= 1e-4 => 5,
        size if size >= 1e-6 => 8,
        _ => 11,
    };
    format!("{value:.decimals$}")
}

/// Returns a number with so many decimals and its thousands apart: `64,123.45`.
pub(crate) fn decimal(value: f64, decimals: u32) -> String {
    let text = format!("{value:.*}", decimals as usize);
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |text| ("-", text));
    let (whole, rest) =
        text.split_once('.').map_or((text, String::new()), |(whole, part)| (whole, format!(".{part}")));
    match whole.parse() {
        Ok(whole) => format!("{sign}{}{rest}", count(whole)),
        // More than any price or volume, or no number.
        Err(_) => format!("{sign}{whole}{rest}"),
    }
}

/// Returns a change with its sign: `+1.23%`.
pub(crate) fn change(fraction: f64) -> String {
    format!("{:+.2}%", fraction * 100.0)
}

/// Returns the class for a sign: `up`, `down` or nothing.
pub(crate) fn tone(value: f64) -> &'static str {
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
    use types::Timestamp;

    #[test]
    fn writes_dates_as_the_rest_of_the_house_does() {
        for ms in [
            0,
            -1,
            951_782_399_000,
            951_782_400_000,
            1_706_695_200_000,
            4_102_444_800_000,
            -86_400_000 * 146_097,
        ] {
            assert_eq!(date_time(ms), Timestamp::from_ms(ms).to_string(), "{ms}");
            assert_eq!(date(ms), Timestamp::from_ms(ms).to_date(), "{ms}");
        }
        assert_eq!(minute(1_706_695_200_000), "2024-01-31 10:00");
        assert_eq!(time(1_706_695_200_000), "10:00");
    }

    #[test]
    fn counts_and_sizes() {
        for (value, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (72_569, "72,569"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(value), text);
        }
        assert_eq!(counted(1, "gap", "gaps"), "1 gap");
        for (value, text) in
            [(999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.2 MB"), (u64::MAX, "18446744.0 TB")]
        {
            assert_eq!(bytes(value), text);
        }
    }

    #[test]
    fn spans_have_two_units() {
        for (ms, text) in
            [(40, "40 ms"), (1500, "1s"), (65_000, "1m 05s"), (3_660_000, "1h 01m"), (273_600_000, "3d 4h")]
        {
            assert_eq!(span(ms), text);
        }
        assert_eq!(span(-5), "0 ms");
    }

    #[test]
    fn decimals_are_as_many_as_asked_for() {
        assert_eq!(decimal(0.000_136_92, 8), "0.00013692");
        assert_eq!(decimal(64_123.4, 2), "64,123.40");
        assert_eq!(decimal(-1234.5, 0), "-1,234");
        assert_eq!(decimal(1e30, 1), "1000000000000000019884624838656.0");
        assert_eq!(decimal(f64::NAN, 2), "NaN");
    }

    #[test]
    fn prices_follow_their_magnitude() {
        for (value, text) in [
            (64_123.456, "64123.46"),
            (12.345_67, "12.346"),
            (1.5, "1.5000"),
            (0.123_456, "0.12346"),
            (0.000_012, "0.00001200"),
        ] {
            assert_eq!(price(value), text);
        }
        assert_eq!(change(0.0123), "+1.23%");
        assert_eq!(change(-0.5), "-50.00%");
    }
}
