//! Which minutes were revised, and how often.
//!
//! Invariant: the revised minutes of a day depend on the day as drawn and on this list, not on when somebody looked.

use std::collections::BTreeMap;

use crate::bar::Bar;
use crate::market::Revision;

/// The list of revisions.
#[derive(Debug, Default)]
pub(crate) struct Revisions {
    /// Symbol and day to minute to number of revisions.
    by_day: BTreeMap<(usize, i64), BTreeMap<usize, u32>>,
    version: u64,
}

impl Revisions {
    /// Notes one more revision of a minute of a day.
    pub(crate) fn add(&mut self, symbol: usize, day: i64, minute: usize) {
        *self.by_day.entry((symbol, day)).or_default().entry(minute).or_default() += 1;
        self.version += 1;
    }

    /// Returns a number that every revision changes.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    /// Revises a day as it was drawn.
    pub(crate) fn apply(&self, symbol: usize, day: i64, minutes: &mut [Option<Bar>]) {
        for (&minute, &times) in self.by_day.get(&(symbol, day)).into_iter().flatten() {
            if let Some(Some(bar)) = minutes.get_mut(minute) {
                *bar = (0..times).fold(*bar, |bar, _| Revision::of(bar).after);
            }
        }
    }
}
