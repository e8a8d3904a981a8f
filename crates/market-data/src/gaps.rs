//! Holes in a series: bars that the grid expects between the first and the last one stored and that are not there.
//!
//! It does not say why they are missing; an outage of the exchange and a download that never happened look alike here.

use serde::{Deserialize, Serialize};
use types::{Grid, Interval, Timestamp};

/// One hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Open time of the first bar that is missing.
    pub start: Timestamp,
    /// Open time of the first bar that is there again.
    pub end: Timestamp,
    /// How many bars are missing.
    pub missing: u64,
}

/// Finds the holes between open times that rise and lie on one grid.
pub fn find_gaps(interval: Interval, open_times: impl IntoIterator<Item = Timestamp>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut expected = None;
    for at in open_times {
        if let Some(start) = expected
            && start < at
        {
            gaps.push(Gap {
                start,
                end: at,
                missing: Grid::through(interval, start).bars_between(start, at),
            });
        }
        expected = Some(interval.next_open(at));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal date")
    }

    #[test]
    fn holes_are_counted_on_the_grid() {
        let hours = ["2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 04:00", "2024-01-01 05:00"].map(at);
        let gap = Gap { start: at("2024-01-01 02:00"), end: at("2024-01-01 04:00"), missing: 2 };
        assert_eq!(find_gaps(Interval::H1, hours), vec![gap]);
        let months = ["2024-01-01", "2024-02-01", "2024-05-01"].map(at);
        let gap = Gap { start: at("2024-03-01"), end: at("2024-05-01"), missing: 2 };
        assert_eq!(find_gaps(Interval::Mo1, months), vec![gap]);
        assert_eq!(find_gaps(Interval::H1, []), vec![]);
        let third_days = ["2017-08-17", "2017-08-20", "2017-08-29"].map(at);
        let gap = Gap { start: at("2017-08-23"), end: at("2017-08-29"), missing: 2 };
        assert_eq!(find_gaps(Interval::D3, third_days), vec![gap]);
    }
}
