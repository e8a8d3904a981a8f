//! Candle intervals and their calendar grid.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;

/// The length of a candle. The grid is UTC: weeks open on Monday, months on the 1st, three-day bars every third day since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interval {
    /// `1s`
    S1,
    /// `1m`
    M1,
    /// `3m`
    M3,
    /// `5m`
    M5,
    /// `15m`
    M15,
    /// `30m`
    M30,
    /// `1h`
    H1,
    /// `2h`
    H2,
    /// `4h`
    H4,
    /// `6h`
    H6,
    /// `8h`
    H8,
    /// `12h`
    H12,
    /// `1d`
    D1,
    /// `3d`
    D3,
    /// `1w`
    W1,
    /// `1M`, a calendar month
    Mo1,
}

/// A text that names no interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no interval; use one of 1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M")]
pub struct ParseIntervalError {
    /// The text as it was given.
    pub found: String,
}

/// Monday 1970-01-05: week bars count from here.
const FIRST_MONDAY_MS: i64 = 4 * Timestamp::DAY_MS;

impl Interval {
    /// Every interval, finest first.
    pub const ALL: [Interval; 16] = [
        Self::S1,
        Self::M1,
        Self::M3,
        Self::M5,
        Self::M15,
        Self::M30,
        Self::H1,
        Self::H2,
        Self::H4,
        Self::H6,
        Self::H8,
        Self::H12,
        Self::D1,
        Self::D3,
        Self::W1,
        Self::Mo1,
    ];

    /// Returns the field's usual name: `1m`, `1h`, `1M`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S1 => "1s",
            Self::M1 => "1m",
            Self::M3 => "3m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "1h",
            Self::H2 => "2h",
            Self::H4 => "4h",
            Self::H6 => "6h",
            Self::H8 => "8h",
            Self::H12 => "12h",
            Self::D1 => "1d",
            Self::D3 => "3d",
            Self::W1 => "1w",
            Self::Mo1 => "1M",
        }
    }

    /// Returns the length in milliseconds, or `None` for months, whose length varies.
    pub const fn fixed_ms(self) -> Option<i64> {
        const MINUTE: i64 = 60_000;
        const HOUR: i64 = 60 * MINUTE;
        Some(match self {
            Self::S1 => 1000,
            Self::M1 => MINUTE,
            Self::M3 => 3 * MINUTE,
            Self::M5 => 5 * MINUTE,
            Self::M15 => 15 * MINUTE,
            Self::M30 => 30 * MINUTE,
            Self::H1 => HOUR,
            Self::H2 => 2 * HOUR,
            Self::H4 => 4 * HOUR,
            Self::H6 => 6 * HOUR,
            Self::H8 => 8 * HOUR,
            Self::H12 => 12 * HOUR,
            Self::D1 => Timestamp::DAY_MS,
            Self::D3 => 3 * Timestamp::DAY_MS,
            Self::W1 => 7 * Timestamp::DAY_MS,
            Self::Mo1 => return None,
        })
    }

    /// Returns the length in milliseconds; a month counts as 30 days. For estimates only, never for the grid.
    pub const fn approximate_ms(self) -> i64 {
        match self.fixed_ms() {
            Some(ms) => ms,
            None => 30 * Timestamp::DAY_MS,
        }
    }

    /// Returns whether every bar of a coarser interval consists of whole bars of this one; an interval divides itself.
    pub const fn divides(self, coarser: Interval) -> bool {
        match (self.fixed_ms(), coarser.fixed_ms()) {
            // Months begin at a midnight; weeks on a Monday, to which only parts of a day are aligned.
            (Some(fine), None) => Timestamp::DAY_MS % fine == 0,
            (Some(fine), Some(coarse)) => coarse % fine == 0,
            (None, coarse) => coarse.is_none(),
        }
    }

    /// Returns the open time of the bar that contains `at`.
    pub fn floor(self, at: Timestamp) -> Timestamp {
        let Some(step) = self.fixed_ms() else {
            let (year, month) = at.year_month();
            return Timestamp::from_ymd(year, month, 1).unwrap_or(Timestamp::EPOCH);
        };
        let anchor = if self == Self::W1 { FIRST_MONDAY_MS } else { 0 };
        Timestamp::from_ms((at.as_ms() - anchor).div_euclid(step) * step + anchor)
    }

    /// Returns the first open time at or after `at`.
    pub fn ceil(self, at: Timestamp) -> Timestamp {
        let floor = self.floor(at);
        if floor == at { at } else { self.next_open(floor) }
    }

    /// Returns whether a bar may open at `at`.
    pub fn is_on_grid(self, at: Timestamp) -> bool {
        self.floor(at) == at
    }

    /// Returns the open time of the bar after the one that opens at `open`, which is when that one closes.
    pub fn next_open(self, open: Timestamp) -> Timestamp {
        if let Some(step) = self.fixed_ms() {
            return open.plus_ms(step);
        }
        let (year, month) = open.year_month();
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Timestamp::from_ymd(year, month, 1).unwrap_or(open)
    }

    /// Returns the number of bars whose open lies in `from..to`, both taken as they are (not floored).
    pub fn bars_between(self, from: Timestamp, to: Timestamp) -> u64 {
        let first = self.ceil(from);
        if first >= to {
            return 0;
        }
        let bars = if let Some(step) = self.fixed_ms() {
            (to.ms_since(first) + step - 1) / step
        } else {
            let (from_year, from_month) = first.year_month();
            let (to_year, to_month) = self.ceil(to).year_month();
            i64::from(to_year - from_year) * 12 + i64::from(to_month) - i64::from(from_month)
        };
        u64::try_from(bars).unwrap_or(0)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Interval {
    type Err = ParseIntervalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `1M` and `1m` differ only in case, so nothing is folded; freqtrade's and Jesse's 1D, 1W are accepted.
        let name = match text {
            "1D" => "1d",
            "3D" => "3d",
            "1W" => "1w",
            "1mo" => "1M",
            other => other,
        };
        Self::ALL
            .into_iter()
            .find(|interval| interval.as_str() == name)
            .ok_or_else(|| ParseIntervalError { found: text.to_owned() })
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal date")
    }

    #[test]
    fn every_name_reads_back() {
        for interval in Interval::ALL {
            assert_eq!(interval.as_str().parse(), Ok(interval));
        }
        assert_ne!("1m".parse::<Interval>(), "1M".parse::<Interval>());
        assert!("7m".parse::<Interval>().is_err());
    }

    #[test]
    fn weeks_open_on_monday_and_months_on_the_first() {
        assert_eq!(Interval::W1.floor(at("2024-02-01")), at("2024-01-29"));
        assert_eq!(Interval::Mo1.floor(at("2024-02-29 13:00")), at("2024-02-01"));
        assert_eq!(Interval::Mo1.next_open(at("2024-12-01")), at("2025-01-01"));
        assert_eq!(Interval::D3.floor(at("2017-08-17")), at("2017-08-16"));
    }

    #[test]
    fn bars_divide_what_they_fill_without_a_rest() {
        for (fine, coarse) in
            [("1m", "1h"), ("1d", "1w"), ("1d", "1M"), ("8h", "1d"), ("1M", "1M"), ("1d", "3d")]
        {
            let (fine, coarse): (Interval, Interval) = (fine.parse().unwrap(), coarse.parse().unwrap());
            assert!(fine.divides(coarse), "{fine} {coarse}");
            // The definition: where a coarser bar opens, a finer one opens too.
            for month in 1..=12 {
                let open = coarse.floor(at(&format!("2024-{month:02}-17 13:14")));
                assert!(fine.is_on_grid(open) && fine.is_on_grid(coarse.next_open(open)), "{fine} {coarse}");
            }
        }
        for (fine, coarse) in
            [("1h", "1m"), ("3d", "1w"), ("1w", "1M"), ("3d", "1M"), ("8h", "12h"), ("1M", "1w")]
        {
            assert!(!fine.parse::<Interval>().unwrap().divides(coarse.parse().unwrap()), "{fine} {coarse}");
        }
    }

    #[test]
    fn counts_bars_on_the_grid() {
        assert_eq!(Interval::H1.bars_between(at("2024-01-01"), at("2024-01-02")), 24);
        assert_eq!(Interval::H1.bars_between(at("2024-01-01 00:30"), at("2024-01-01 02:30")), 2);
        assert_eq!(Interval::Mo1.bars_between(at("2023-11-01"), at("2024-02-01")), 3);
        assert_eq!(Interval::Mo1.bars_between(at("2023-11-01"), at("2024-02-02")), 4);
        assert_eq!(Interval::H1.bars_between(at("2024-01-02"), at("2024-01-01")), 0);
    }
}
