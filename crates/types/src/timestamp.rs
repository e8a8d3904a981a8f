//! Points in time: UTC milliseconds since the epoch inside, RFC 3339 at the edges.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};
use serde::de::{Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// A point in time in UTC milliseconds since 1970-01-01T00:00:00Z.
///
/// There is no `now()`: pure code receives time, edges read a clock and call [`Timestamp::from_ms`].
/// Documents have it as RFC 3339 text; what [`FromStr`] reads and plain milliseconds are understood too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A text that is no date or time we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no date; write 2024-01-31, 2024-01-31T10:00:00Z or milliseconds since the epoch")]
pub struct ParseTimestampError {
    /// The text as it was given.
    pub found: String,
}

impl Timestamp {
    /// Milliseconds in a day.
    pub const DAY_MS: i64 = 86_400_000;
    /// The first instant that chrono, Parquet readers and the screen all agree on: 1970-01-01.
    pub const EPOCH: Timestamp = Timestamp(0);

    /// Wraps UTC milliseconds since the epoch.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Returns UTC milliseconds since the epoch.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Returns midnight UTC of a calendar day, or `None` when there is no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Self(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()))
    }

    /// Returns this instant `ms` later (earlier when negative), saturating at the ends of time.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Returns `self - earlier` in milliseconds.
    pub const fn ms_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns midnight UTC of this day.
    #[must_use]
    pub const fn floor_day(self) -> Self {
        Self(self.0.div_euclid(Self::DAY_MS) * Self::DAY_MS)
    }

    /// Returns the UTC calendar year and month (1 to 12).
    pub fn year_month(self) -> (i32, u32) {
        let date = self.date_time();
        (date.year(), date.month())
    }

    /// Returns `2024-01-31T10:00:00Z`, with milliseconds only where there are some.
    pub fn to_rfc3339(self) -> String {
        if let Some(text) = self.write_rfc3339(&mut [0; 24]) {
            return text.to_owned();
        }
        let format = if self.0.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        self.date_time().to_rfc3339_opts(format, true)
    }

    /// Appends the same to a text: for columns of a document.
    pub fn append_rfc3339(self, text: &mut Vec<u8>) {
        match self.write_rfc3339(&mut [0; 24]) {
            Some(written) => text.extend_from_slice(written.as_bytes()),
            None => text.extend_from_slice(self.to_rfc3339().as_bytes()),
        }
    }

    /// Writes the same without the general machinery: a document of a million bars has a million of them. `None` for years that do not
    /// have four digits.
    fn write_rfc3339(self, buffer: &mut [u8; 24]) -> Option<&str> {
        let (year, month, day) = civil(self.0.div_euclid(Self::DAY_MS));
        let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
        let ms = u32::try_from(self.0.rem_euclid(Self::DAY_MS)).ok()?;
        let seconds = ms / 1000;
        let mut put = |place: usize, digits: usize, mut value: u32| {
            for digit in buffer[place..place + digits].iter_mut().rev() {
                *digit = b'0' + u8::try_from(value % 10).unwrap_or_default();
                value /= 10;
            }
        };
        put(0, 4, year);
        put(5, 2, month);
        put(8, 2, day);
        put(11, 2, seconds / 3600);
        put(14, 2, seconds / 60 % 60);
        put(17, 2, seconds % 60);
        put(20, 3, ms % 1000);
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
        for (place, mark) in marks {
            buffer[place] = mark;
        }
        let length = if ms.is_multiple_of(1000) {
            buffer[19] = b'Z';
            20
        } else {
            24
        };
        std::str::from_utf8(&buffer[..length]).ok()
    }

    /// Returns `2024-01-31`.
    pub fn to_date(self) -> String {
        // Written by hand: strftime's machinery would be the largest part of this crate in the browser.
        let date = self.date_time();
        format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }

    /// Returns the calendar view; instants that no calendar holds are clamped to its ends.
    pub fn date_time(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }
}

/// Returns year, month and day of a day counted from 1970-01-01, by the proleptic Gregorian calendar.
fn civil(day: i64) -> (i64, u32, u32) {
    // Years begin in March here, so that the leap day is the last of its year; eras of 400 years are all alike.
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or_default(), u32::try_from(day_of_month).unwrap_or_default())
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.write_rfc3339(&mut [0; 24]) {
            Some(text) => serializer.serialize_str(text),
            None => serializer.serialize_str(&self.to_rfc3339()),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Instant;
        impl Visitor<'_> for Instant {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2024-01-31T10:00:00Z or milliseconds since the epoch")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_i64<E: serde::de::Error>(self, ms: i64) -> Result<Timestamp, E> {
                Ok(Timestamp::from_ms(ms))
            }

            fn visit_u64<E: serde::de::Error>(self, ms: u64) -> Result<Timestamp, E> {
                i64::try_from(ms).map(Timestamp::from_ms).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Instant)
    }
}

/// `2024-01-31 10:00:00`, UTC, the form of every screen and table.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.date_time();
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        write!(f, "{} {hour:02}:{minute:02}:{second:02}", self.to_date())
    }
}

/// Reads `2024-01-31`, `2024-01-31 10:00[:00]`, RFC 3339, or milliseconds since the epoch; all UTC unless an offset says otherwise.
impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Self(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()));
        }
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self(instant.timestamp_millis()));
        }
        for format in ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"] {
            if let Ok(instant) = NaiveDateTime::parse_from_str(text, format) {
                return Ok(Self(instant.and_utc().timestamp_millis()));
            }
        }
        // Eleven digits or more are milliseconds since 1973; fewer would be a year or a typing slip.
        if text.len() >= 11
            && let Ok(ms) = text.parse::<i64>()
        {
            return Ok(Self(ms));
        }
        Err(ParseTimestampError { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_documented_form() {
        for (text, ms) in [
            ("2024-01-31", 1_706_659_200_000),
            ("2024-01-31 10:00", 1_706_695_200_000),
            ("2024-01-31T10:00:00Z", 1_706_695_200_000),
            ("2024-01-31T12:00:00+02:00", 1_706_695_200_000),
            ("1706695200000", 1_706_695_200_000),
        ] {
            assert_eq!(text.parse::<Timestamp>().map(Timestamp::as_ms), Ok(ms), "{text}");
        }
        for text in ["", "2024", "2024-13-01", "yesterday", "2024-02-30"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn documents_have_rfc_3339_and_milliseconds_are_read_too() {
        let instant = Timestamp::from_ms(1_706_695_200_123);
        let text = serde_json::to_string(&instant).expect("a document");
        assert_eq!(text, "\"2024-01-31T10:00:00.123Z\"");
        for document in [text.as_str(), "1706695200123"] {
            assert_eq!(serde_json::from_str::<Timestamp>(document).expect(document), instant);
        }
        let refused = serde_json::from_str::<Timestamp>("\"noon\"").expect_err("no time");
        assert!(refused.to_string().contains("'noon' is no date"), "{refused}");
    }

    #[test]
    fn the_short_way_to_rfc_3339_agrees_with_the_calendar() {
        let chrono = |ms: i64| {
            let format = if ms.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
            Timestamp::from_ms(ms).date_time().to_rfc3339_opts(format, true)
        };
        // Every day from 1600 to 2500 at an odd time, and where the forms end.
        let days = -135_140..193_588_i64;
        let odd = days.map(|day| day * Timestamp::DAY_MS + (day * 7_919_003).rem_euclid(Timestamp::DAY_MS));
        let year_0 = -62_167_219_200_000;
        let year_10000 = 253_402_300_800_000;
        let edges = [0, -1, 1_000, year_0, year_0 - 1, year_10000 - 1, year_10000, i64::MIN, i64::MAX];
        for ms in odd.chain(edges) {
            assert_eq!(Timestamp::from_ms(ms).to_rfc3339(), chrono(ms), "{ms}");
        }
        for text in ["2000-02-29T23:59:59Z", "2100-03-01T00:00:00Z", "1999-12-31T00:00:00.007Z"] {
            assert_eq!(text.parse::<Timestamp>().map(Timestamp::to_rfc3339).as_deref(), Ok(text));
        }
    }

    #[test]
    fn prints_utc() {
        let instant = Timestamp::from_ms(1_706_695_200_000);
        assert_eq!(instant.to_string(), "2024-01-31 10:00:00");
        assert_eq!(instant.to_rfc3339(), "2024-01-31T10:00:00Z");
        assert_eq!(instant.floor_day().to_rfc3339(), "2024-01-31T00:00:00Z");
    }
}
