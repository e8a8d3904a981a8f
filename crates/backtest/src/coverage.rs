//! How much of the range that was asked for the candles cover.
//!
//! Invariant: the bars that were used and those that are missing make up the range. The grid is the data's own: it is counted from the
//! first bar that is there.

use serde::{Deserialize, Serialize};
use types::{Interval, Timestamp, format};

use crate::{DataNote, RunSpec};

/// Whole bars of the range that was asked for, and how many of them are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Coverage {
    /// Bars that open at or after the start and close at or before the end. Where the run names no start or no end, the first or the
    /// last stored bar stands in for it.
    pub expected: u64,
    /// Bars of the range that are not stored: the sum of the three below.
    pub missing: u64,
    /// Those before the first stored bar.
    pub missing_before: u64,
    /// Those between the first and the last stored bar.
    pub missing_within: u64,
    /// Those after the last stored bar.
    pub missing_after: u64,
}

impl Coverage {
    /// Returns the coverage of a specification by `bars` bars, the first of which opens at `first` and the last at `last`.
    pub fn of(spec: &RunSpec, first: Timestamp, last: Timestamp, bars: u64) -> Self {
        let interval = spec.series.interval;
        let missing_before = spec.start.map_or(0, |start| opens_before(interval, start, first));
        let missing_after = spec.end.map_or(0, |end| closes_after(interval, last, end));
        let missing_within = opens_before(interval, first, interval.next_open(last)).saturating_sub(bars);
        let missing = missing_before + missing_within + missing_after;
        Self { expected: bars + missing, missing, missing_before, missing_within, missing_after }
    }

    /// Returns the coverage of a run that a list shows, of whose bars only the first and the last are known.
    pub fn outside(spec: &RunSpec, first: Timestamp, last: Timestamp) -> Self {
        let bars = opens_before(spec.series.interval, first, spec.series.interval.next_open(last));
        Self::of(spec, first, last, bars)
    }
}

impl DataNote {
    /// Says in a sentence which bars of the range are not stored; `None` when all of them are.
    pub fn missing_bars(&self) -> Option<String> {
        let coverage = &self.coverage;
        let places = [
            (
                coverage.missing_before,
                format!("before the first one ({} UTC)", format::minute(self.first.as_ms())),
            ),
            (coverage.missing_within, "in between".to_owned()),
            (
                coverage.missing_after,
                format!("after the last one ({} UTC)", format::minute(self.last.as_ms())),
            ),
        ];
        let places: Vec<_> = places.into_iter().filter(|(count, _)| *count > 0).collect();
        let told = match places.as_slice() {
            [] => return None,
            [(_, place)] => format!(", all {place}"),
            many => {
                let parts = many.iter().map(|(count, place)| format!("{} {place}", format::count(*count)));
                format!(": {}", parts.collect::<Vec<_>>().join(", "))
            }
        };
        Some(format!(
            "{} of the {} bars of the range are missing{told}. The figures cover the {} bars that are stored.",
            format::count(coverage.missing),
            format::count(coverage.expected),
            format::count(self.bars),
        ))
    }
}

/// Counts the bars of the grid through `open` that open at or after `start` and before `open`.
fn opens_before(interval: Interval, start: Timestamp, open: Timestamp) -> u64 {
    if start >= open {
        return 0;
    }
    match interval.fixed_ms() {
        Some(step) => u64::try_from(open.ms_since(start) / step).unwrap_or(0),
        None => interval.bars_between(start, open),
    }
}

/// Counts the bars of the grid through `open` that open after it and close at or before `end`.
fn closes_after(interval: Interval, open: Timestamp, end: Timestamp) -> u64 {
    let next = interval.next_open(open);
    if next >= end {
        return 0;
    }
    match interval.fixed_ms() {
        Some(step) => u64::try_from(end.ms_since(next) / step).unwrap_or(0),
        None => interval.bars_between(next, interval.floor(end)),
    }
}

#[cfg(test)]
mod tests {
    use config::catalogue::Params;
    use types::{FilterSchedule, SeriesKey};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a date")
    }

    fn spec(interval: &str, start: &str, end: &str) -> RunSpec {
        let date = |text: &str| (!text.is_empty()).then(|| at(text));
        RunSpec {
            name: "a".into(),
            strategy: "buy_and_hold".into(),
            params: Params::default(),
            series: SeriesKey {
                exchange: "binance".parse().expect("a name"),
                symbol: "ETHBTC".parse().expect("a symbol"),
                interval: interval.parse().expect("an interval"),
            },
            start: date(start),
            end: date(end),
            initial_capital: "1".parse().expect("an amount"),
            commission: "0".parse().expect("a rate"),
            slippage: "0".parse().expect("a rate"),
            filters: FilterSchedule::default(),
        }
    }

    /// The coverage as expected, before, within, after.
    fn numbers(coverage: Coverage) -> [u64; 4] {
        assert_eq!(
            coverage.missing,
            coverage.missing_before + coverage.missing_within + coverage.missing_after
        );
        [coverage.expected, coverage.missing_before, coverage.missing_within, coverage.missing_after]
    }

    #[test]
    fn every_side_of_the_range_is_counted() {
        let days = |start, end, bars| {
            numbers(Coverage::of(&spec("1d", start, end), at("2024-01-01"), at("2024-03-30"), bars))
        };
        assert_eq!(days("2023-01-01", "2024-12-01", 90), [700, 365, 0, 245]);
        assert_eq!(days("", "", 90), [90, 0, 0, 0]);
        assert_eq!(days("2024-01-01", "2024-03-31", 88), [90, 0, 2, 0]);
        assert_eq!(
            days("2023-12-31 12:00", "2024-03-31 12:00", 90),
            [90, 0, 0, 0],
            "no whole day is missing"
        );
    }

    #[test]
    fn bars_that_close_after_the_end_are_not_expected() {
        let weeks = |end| numbers(Coverage::of(&spec("1w", "", end), at("2024-01-01"), at("2024-01-22"), 4));
        assert_eq!(weeks("2024-01-31"), [4, 0, 0, 0]);
        assert_eq!(weeks("2024-02-04 23:59:59"), [4, 0, 0, 0]);
        assert_eq!(weeks("2024-02-05"), [5, 0, 0, 1]);
        let months = |start, end, bars| {
            numbers(Coverage::of(&spec("1M", start, end), at("2024-02-01"), at("2024-04-01"), bars))
        };
        assert_eq!(months("2023-11-15", "2024-07-20", 3), [7, 2, 0, 2]);
        assert_eq!(months("2024-02-01", "2024-05-01", 2), [3, 0, 1, 0]);
    }

    #[test]
    fn the_grid_is_that_of_the_data() {
        // Three-day bars that open on the 2nd, 5th, 8th: a start on the 1st misses none.
        let of = |start| {
            numbers(Coverage::of(&spec("3d", start, "2024-01-14"), at("2024-01-05"), at("2024-01-08"), 2))
        };
        assert_eq!(of("2024-01-03"), [3, 0, 0, 1]);
        assert_eq!(of("2024-01-02"), [4, 1, 0, 1]);
    }
}
