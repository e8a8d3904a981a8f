//! Where the candles of a series open: their interval, and for three-day bars and weeks the day that the series is anchored to.
//!
//! Whatever divides a day opens at the same times everywhere, and months open on the 1st. Three-day bars and weeks do not: Binance
//! counts the three-day bars of each symbol from the day of its listing, and some exchanges begin their weeks on a Thursday. Their
//! anchor is learnt from the candles of the series; until there is one, the grid is not known and any midnight (UTC) may be an open.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Interval, Timestamp};

/// The open times of a series of candles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grid {
    interval: Interval,
    /// Days from the epoch to an open time, less whole bars; only where the anchor is learnt, and known.
    anchor: Option<i64>,
}

/// 1970-01-05 was a Monday.
const MONDAY: i64 = 4;
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

impl From<Interval> for Grid {
    /// Returns what is known of a series of this interval before its first candle is.
    fn from(interval: Interval) -> Self {
        Self { interval, anchor: None }
    }
}

impl Grid {
    /// Returns the usual grid of an interval: weeks open on Monday, three-day bars every third day since the epoch.
    pub fn usual(interval: Interval) -> Self {
        let anchor = match interval {
            Interval::W1 => Some(MONDAY),
            Interval::D3 => Some(0),
            _ => None,
        };
        Self { interval, anchor }
    }

    /// Returns the grid on which a candle opens at `open`.
    pub fn through(interval: Interval, open: Timestamp) -> Self {
        let days = open.as_ms().div_euclid(Timestamp::DAY_MS);
        Self { interval, anchor: interval.days_if_anchored().map(|length| days.rem_euclid(length)) }
    }

    /// Returns the length of a candle.
    pub const fn interval(self) -> Interval {
        self.interval
    }

    /// Returns whether it is known where candles open.
    pub const fn is_known(self) -> bool {
        self.anchor.is_some() || self.interval.days_if_anchored().is_none()
    }

    /// Returns the grid itself when it is known; otherwise the one that most of these open times lie on, of two with as many the
    /// one that came first. What is no midnight says nothing.
    #[must_use]
    pub fn learn(self, opens: impl IntoIterator<Item = Timestamp>) -> Self {
        if self.is_known() {
            return self;
        }
        let mut votes: BTreeMap<Self, (usize, usize)> = BTreeMap::new();
        for (at, open) in opens.into_iter().enumerate().filter(|(_, open)| self.is_on_grid(*open)) {
            votes.entry(Self::through(self.interval, open)).or_insert((0, at)).0 += 1;
        }
        let most = votes.into_iter().min_by_key(|&(_, (votes, first))| (std::cmp::Reverse(votes), first));
        most.map_or(self, |(grid, _)| grid)
    }

    /// Returns the grid itself when it is known; otherwise the one that a new series takes whose first day is that of `first`: weeks
    /// open on Monday, three-day bars are counted from that day, as Binance counts them from the listing.
    #[must_use]
    pub fn or_from(self, first: Timestamp) -> Self {
        match self.interval {
            _ if self.is_known() => self,
            Interval::D3 => Self::through(self.interval, first),
            interval => Self::usual(interval),
        }
    }

    /// Returns the open time of the bar that contains `at`; of the usual grid where this one is not known.
    pub fn floor(self, at: Timestamp) -> Timestamp {
        let Some(step) = self.interval.fixed_ms() else {
            let (year, month) = at.year_month();
            return Timestamp::from_ymd(year, month, 1).unwrap_or(Timestamp::EPOCH);
        };
        let anchor = match self.anchor {
            Some(days) => days * Timestamp::DAY_MS,
            None if matches!(self.interval, Interval::W1) => MONDAY * Timestamp::DAY_MS,
            None => 0,
        };
        Timestamp::from_ms(at.as_ms().saturating_sub(anchor).div_euclid(step) * step + anchor)
    }

    /// Returns the first time at or after `at` at which a bar may open.
    pub fn ceil(self, at: Timestamp) -> Timestamp {
        if !self.is_known() {
            let midnight = at.floor_day();
            return if midnight == at { at } else { midnight.plus_ms(Timestamp::DAY_MS) };
        }
        let floor = self.floor(at);
        if floor == at { at } else { self.interval.next_open(floor) }
    }

    /// Returns whether a bar may open at `at`.
    pub fn is_on_grid(self, at: Timestamp) -> bool {
        if self.is_known() { self.floor(at) == at } else { at.floor_day() == at }
    }

    /// Returns the first open time of which the bar has not closed by `now`; whatever opens before it has.
    pub fn closed_end(self, now: Timestamp) -> Timestamp {
        match self.interval.fixed_ms() {
            Some(step) if !self.is_known() => now.plus_ms(Timestamp::DAY_MS - step).floor_day(),
            _ => self.floor(now),
        }
    }

    /// Returns the number of bars whose open lies in `from..to`, both taken as they are (not floored). Where the grid is not known,
    /// the first time at which a bar may open counts as one at which a bar does.
    pub fn bars_between(self, from: Timestamp, to: Timestamp) -> u64 {
        let first = self.ceil(from);
        if first >= to {
            return 0;
        }
        let bars = if let Some(step) = self.interval.fixed_ms() {
            (to.ms_since(first) + step - 1) / step
        } else {
            let (from_year, from_month) = first.year_month();
            let (to_year, to_month) = self.ceil(to).year_month();
            i64::from(to_year - from_year) * 12 + i64::from(to_month) - i64::from(from_month)
        };
        u64::try_from(bars).unwrap_or(0)
    }
}

/// `every 3 days from 1970-01-02 on`, `every Monday`; what needs no anchor is named by its interval.
impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.interval, self.anchor) {
            (Interval::W1, Some(day)) => {
                let name = usize::try_from(day).ok().and_then(|day| WEEKDAYS.get(day)).unwrap_or(&"week");
                write!(f, "every {name}")
            }
            (_, Some(day)) => {
                let first = Timestamp::from_ms(day * Timestamp::DAY_MS).to_date();
                write!(f, "every 3 days from {first} on")
            }
            (interval, None) => write!(f, "{interval}"),
        }
    }
}

impl Serialize for Grid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal date")
    }

    #[test]
    fn weeks_open_on_monday_and_months_on_the_first() {
        assert_eq!(Interval::W1.floor(at("2024-02-01")), at("2024-01-29"));
        assert_eq!(Interval::Mo1.floor(at("2024-02-29 13:00")), at("2024-02-01"));
        assert_eq!(Grid::usual(Interval::D3).floor(at("2017-08-17")), at("2017-08-16"));
    }

    #[test]
    fn three_day_bars_and_weeks_open_where_one_of_them_does() {
        let binance = Grid::through(Interval::D3, at("2017-08-17"));
        for day in ["2017-08-17", "2017-08-20", "2020-03-01", "2021-01-01"] {
            assert!(binance.is_on_grid(at(day)), "{day}");
        }
        assert!(!binance.is_on_grid(at("2017-08-18")) && !binance.is_on_grid(at("2017-08-17 00:00:01")));
        assert_eq!(binance.floor(at("2017-08-19 23:59")), at("2017-08-17"));
        assert_eq!(binance.ceil(at("2017-08-17 00:00:01")), at("2017-08-20"));
        assert_eq!(binance.bars_between(at("2017-08-17"), at("2017-08-24")), 3);
        assert_eq!(binance.to_string(), "every 3 days from 1970-01-02 on");
        let kraken = Grid::through(Interval::W1, at("2024-02-01"));
        assert_eq!(
            (kraken.floor(at("2024-02-05")), kraken.to_string().as_str()),
            (at("2024-02-01"), "every Thursday")
        );
        // What divides a day has one grid, whatever it goes through.
        assert_eq!(Grid::through(Interval::H4, at("2024-02-01 01:00")), Interval::H4.into());
    }

    #[test]
    fn a_grid_is_learnt_from_what_most_candles_show() {
        let unknown = Grid::from(Interval::D3);
        assert!(!unknown.is_known() && Grid::from(Interval::H1).is_known());
        let opens = ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-08", "2024-01-08 00:00:01"].map(at);
        let learnt = unknown.learn(opens);
        assert_eq!(learnt, Grid::through(Interval::D3, at("2024-01-02")));
        assert_eq!(learnt.learn([at("2024-01-01")]), learnt, "what is known stays");
        assert_eq!(unknown.learn([]), unknown);
        assert_eq!(
            unknown.learn(["2024-01-05", "2024-01-01"].map(at)),
            Grid::through(Interval::D3, at("2024-01-05"))
        );
        assert_eq!(unknown.or_from(at("2024-01-01 04:00")), Grid::through(Interval::D3, at("2024-01-01")));
        assert_eq!(Grid::from(Interval::W1).or_from(at("2024-02-01")), Grid::usual(Interval::W1));
    }

    #[test]
    fn before_the_first_candle_any_midnight_may_be_an_open() {
        let unknown = Grid::from(Interval::D3);
        assert!(unknown.is_on_grid(at("2017-08-18")) && !unknown.is_on_grid(at("2017-08-18 12:00")));
        assert_eq!(unknown.ceil(at("2017-08-18 12:00")), at("2017-08-19"));
        // A bar that opens on the 5th closes on the 8th at 00:00.
        for (now, end) in [("2024-01-08", "2024-01-06"), ("2024-01-07 23:59", "2024-01-05")] {
            assert_eq!(unknown.closed_end(at(now)), at(end), "{now}");
        }
        assert_eq!(Grid::from(Interval::H1).closed_end(at("2024-01-08 01:30")), at("2024-01-08 01:00"));
        assert_eq!(unknown.bars_between(at("2024-01-02"), at("2024-01-09")), 3);
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
