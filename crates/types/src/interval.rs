//! Candle intervals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Grid, Timestamp};

/// The length of a candle. Where candles open is their series' [`Grid`]; days begin at midnight UTC, months on the 1st.
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
    #[inline]
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

    /// Returns the days of a bar whose open times are learnt from candles: three-day bars and weeks. See [`Grid`].
    pub(crate) const fn days_if_anchored(self) -> Option<i64> {
        match self {
            Self::D3 => Some(3),
            Self::W1 => Some(7),
            _ => None,
        }
    }

    /// Returns the open time of the bar that contains `at`, on the usual grid. Candles of a series lie on the series' [`Grid`].
    pub fn floor(self, at: Timestamp) -> Timestamp {
        Grid::usual(self).floor(at)
    }

    /// Returns the open time of the bar after the one that opens at `open`, which is when that one closes.
    #[inline]
    pub fn next_open(self, open: Timestamp) -> Timestamp {
        if let Some(step) = self.fixed_ms() {
            return open.plus_ms(step);
        }
        let (year, month) = open.year_month();
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Timestamp::from_ymd(year, month, 1).unwrap_or(open)
    }

    /// Returns the first open time at or after `at`, on the usual grid.
    pub fn ceil(self, at: Timestamp) -> Timestamp {
        Grid::usual(self).ceil(at)
    }

    /// Returns whether a bar may open at `at`, on the usual grid.
    pub fn is_on_grid(self, at: Timestamp) -> bool {
        Grid::usual(self).is_on_grid(at)
    }

    /// Returns the number of bars whose open lies in `from..to`: [`Grid::bars_between`] of a grid of which no more is known.
    pub fn bars_between(self, from: Timestamp, to: Timestamp) -> u64 {
        Grid::from(self).bars_between(from, to)
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
    fn months_differ_in_length() {
        assert_eq!(Interval::Mo1.next_open(at("2024-12-01")), at("2025-01-01"));
        assert_eq!(Interval::Mo1.next_open(at("2024-02-01")), at("2024-03-01"));
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
                let fine_grid = Grid::usual(fine);
                assert!(
                    fine_grid.is_on_grid(open) && fine_grid.is_on_grid(coarse.next_open(open)),
                    "{fine} {coarse}"
                );
            }
        }
        for (fine, coarse) in
            [("1h", "1m"), ("3d", "1w"), ("1w", "1M"), ("3d", "1M"), ("8h", "12h"), ("1M", "1w")]
        {
            assert!(!fine.parse::<Interval>().unwrap().divides(coarse.parse().unwrap()), "{fine} {coarse}");
        }
    }
}
