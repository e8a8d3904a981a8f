//! What is known about a series beyond its candles: where the exchange has nothing, which rows were refused, what was revised, which
//! holes a user had filled.
//!
//! Invariants: stretches without candles are disjoint, in order of time, and carry the time of their latest check; so are stretches
//! that were filled; of refused rows
//! and revisions the latest are kept and all are counted; noting the same thing twice changes nothing. It is data about data: losing
//! it loses no candle.

mod explain;

use serde::{Deserialize, Serialize};
use types::{Candle, TimeRange, Timestamp};

pub use explain::{ExplainedGap, GapCause, explain};

/// How many refused rows and revisions are kept of a series.
const KEPT: usize = 1000;

/// Something to be noted about a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The exchange was asked for this stretch, twice, and has no candle in it.
    Empty {
        /// First open time asked for, up to the first one not asked for.
        range: TimeRange,
        /// When it was asked the last time.
        at: Timestamp,
    },
    /// A row was refused.
    Rejected(RejectedRow),
    /// A candle was there with other values; the newer ones won.
    Revised(Box<RevisedCandle>),
    /// A user had this stretch filled with flat candles.
    Filled {
        /// First open time that was filled, up to the first one that was not.
        range: TimeRange,
    },
}

/// A stretch in which the exchange has no candles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmptyStretch {
    /// First open time without a candle.
    pub start: Timestamp,
    /// First open time after it.
    pub end: Timestamp,
    /// When the exchange was asked the last time.
    pub checked_at: Timestamp,
}

/// A row that could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Its open time.
    pub open_time: Timestamp,
    /// What is wrong with it.
    pub reason: String,
    /// When it came.
    pub at: Timestamp,
}

/// A candle whose values changed after it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisedCandle {
    /// What it said before.
    pub was: Candle,
    /// What it said then.
    pub now: Candle,
    /// When the change was seen.
    pub at: Timestamp,
}

/// Everything noted about a series.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// Where the exchange has nothing.
    pub empty: Vec<EmptyStretch>,
    /// The rows refused latest.
    pub rejected: Vec<RejectedRow>,
    /// How many were refused in all.
    pub rejected_rows: u64,
    /// The candles revised latest.
    pub revised: Vec<RevisedCandle>,
    /// How many were revised in all.
    pub revised_candles: u64,
    /// Where holes were filled with flat candles, because a user asked for it.
    pub filled: Vec<TimeRange>,
}

impl Ledger {
    /// Takes notes; returns whether they said anything new.
    pub fn note(&mut self, notes: impl IntoIterator<Item = Note>) -> bool {
        let before = self.clone();
        for note in notes {
            match note {
                Note::Empty { range, at } if !range.is_empty() => self.note_empty(range, at),
                Note::Empty { .. } => {}
                Note::Rejected(row) => self.note_rejected(row),
                Note::Revised(candle) => self.note_revised(*candle),
                Note::Filled { range } => self.note_filled(range),
            }
        }
        *self != before
    }

    /// Returns whether the whole stretch is known to hold no candle.
    pub fn is_empty_there(&self, range: TimeRange) -> bool {
        let mut from = range.start;
        for stretch in &self.empty {
            if stretch.start <= from && from < stretch.end {
                from = stretch.end;
            }
        }
        from >= range.end
    }

    fn note_empty(&mut self, range: TimeRange, at: Timestamp) {
        let mut stretches = Vec::with_capacity(self.empty.len() + 2);
        for old in self.empty.drain(..) {
            // What the new check covers is the new check's; the rest of the old stretch stands.
            if old.start < range.start {
                stretches.push(EmptyStretch { end: old.end.min(range.start), ..old });
            }
            if old.end > range.end {
                stretches.push(EmptyStretch { start: old.start.max(range.end), ..old });
            }
        }
        stretches.push(EmptyStretch { start: range.start, end: range.end, checked_at: at });
        stretches.sort_unstable_by_key(|stretch| stretch.start);
        self.empty = stretches;
    }

    fn note_filled(&mut self, range: TimeRange) {
        let mut stretches = Vec::with_capacity(self.filled.len() + 2);
        for old in self.filled.drain(..) {
            let before = TimeRange { end: old.end.min(range.start), ..old };
            let after = TimeRange { start: old.start.max(range.end), ..old };
            stretches.extend([before, after].into_iter().filter(|part| !part.is_empty()));
        }
        if !range.is_empty() {
            stretches.push(range);
        }
        stretches.sort_unstable_by_key(|stretch| stretch.start);
        self.filled = stretches;
    }

    fn note_rejected(&mut self, row: RejectedRow) {
        let is_known = |old: &RejectedRow| old.open_time == row.open_time && old.reason == row.reason;
        if self.rejected.iter().any(is_known) {
            return;
        }
        self.rejected_rows += 1;
        keep_latest(&mut self.rejected, row);
    }

    fn note_revised(&mut self, candle: RevisedCandle) {
        let is_known = |old: &RevisedCandle| old.was == candle.was && old.now == candle.now;
        if self.revised.iter().any(is_known) {
            return;
        }
        self.revised_candles += 1;
        keep_latest(&mut self.revised, candle);
    }
}

fn keep_latest<T>(kept: &mut Vec<T>, new: T) {
    if kept.len() >= KEPT {
        kept.remove(0);
    }
    kept.push(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn empty(start: i64, end: i64, checked: i64) -> Note {
        Note::Empty { range: TimeRange { start: at(start), end: at(end) }, at: at(checked) }
    }

    fn stretches(ledger: &Ledger) -> Vec<(i64, i64, i64)> {
        let plain =
            |stretch: &EmptyStretch| (stretch.start.as_ms(), stretch.end.as_ms(), stretch.checked_at.as_ms());
        ledger.empty.iter().map(plain).collect()
    }

    #[test]
    fn stretches_stay_disjoint_and_the_latest_check_counts() {
        let mut ledger = Ledger::default();
        assert!(ledger.note([empty(10, 20, 1), empty(30, 40, 1)]));
        assert!(!ledger.note([empty(10, 20, 1), empty(50, 50, 9)]));
        assert!(ledger.note([empty(15, 35, 2)]));
        assert_eq!(stretches(&ledger), [(10, 15, 1), (15, 35, 2), (35, 40, 1)]);
        assert!(ledger.is_empty_there(TimeRange { start: at(10), end: at(40) }));
        assert!(!ledger.is_empty_there(TimeRange { start: at(10), end: at(41) }));
        assert!(!ledger.is_empty_there(TimeRange { start: at(9), end: at(40) }));
        ledger.note([empty(12, 13, 3)]);
        assert_eq!(stretches(&ledger), [(10, 12, 1), (12, 13, 3), (13, 15, 1), (15, 35, 2), (35, 40, 1)]);
    }

    #[test]
    fn stretches_that_were_filled_stay_disjoint() {
        let range = |start, end| TimeRange { start: at(start), end: at(end) };
        let mut ledger = Ledger::default();
        assert!(
            ledger.note([(10, 20), (30, 40)].map(|(start, end)| Note::Filled { range: range(start, end) }))
        );
        assert!(!ledger.note([Note::Filled { range: range(10, 20) }, Note::Filled { range: range(5, 5) }]));
        ledger.note([Note::Filled { range: range(15, 35) }]);
        assert_eq!(ledger.filled, [range(10, 15), range(15, 35), range(35, 40)]);
    }

    #[test]
    fn refused_rows_are_counted_once_and_the_latest_are_kept() {
        let mut ledger = Ledger::default();
        let row = |ms| {
            Note::Rejected(RejectedRow { open_time: at(ms), reason: "high is below low".into(), at: at(0) })
        };
        let rows = i64::try_from(KEPT).unwrap() + 5;
        ledger.note((0..rows).map(row));
        assert!(!ledger.note([row(rows - 1)]));
        assert_eq!((ledger.rejected_rows, ledger.rejected.len()), (rows.unsigned_abs(), KEPT));
        assert_eq!(ledger.rejected[0].open_time, at(5));
    }

    #[test]
    fn a_ledger_of_an_older_version_is_read() {
        assert_eq!(serde_json::from_str::<Ledger>("{}").unwrap(), Ledger::default());
    }
}
