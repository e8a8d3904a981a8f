//! Rows that were filled in, and where rows lie.

use types::{Interval, Provenance, TimeRange, Timestamp};

use super::{Columns, DecimalColumn, VOLUME};

impl Columns {
    /// Returns the stretch from the first row to the last, both sorted; `None` when there are none.
    pub(crate) fn span(&self) -> Option<TimeRange> {
        let (&first, &last) = (self.open_time.first()?, self.open_time.last()?);
        Some(TimeRange { start: Timestamp::from_ms(first), end: Timestamp::from_ms(last + 1) })
    }

    /// Returns the stretches of neighbouring bars among sorted rows.
    pub(crate) fn stretches(&self, interval: Interval) -> Vec<TimeRange> {
        let mut stretches: Vec<TimeRange> = Vec::new();
        for start in self.open_time.iter().copied().map(Timestamp::from_ms) {
            let end = interval.next_open(start);
            match stretches.last_mut().filter(|last| last.end == start) {
                Some(last) => last.end = end,
                None => stretches.push(TimeRange { start, end }),
            }
        }
        stretches
    }

    /// Returns whether a row was filled in: a synthetic bar without a trade, in one of the stretches (disjoint, in order of time).
    pub(crate) fn is_filled_in(&self, row: usize, filled: &[TimeRange]) -> bool {
        let is_flat = match &self.decimals[VOLUME] {
            DecimalColumn::Narrow(values) => values[row] == 0,
            DecimalColumn::Wide(values) => values[row] == 0,
        };
        let at = Timestamp::from_ms(self.open_time[row]);
        self.source[row] == Provenance::Synthetic
            && is_flat
            && self.trades[row] == 0
            && filled
                .get(filled.partition_point(|range| range.end <= at))
                .is_some_and(|range| range.contains(at))
    }

    /// Returns the rows of which `is_gone` does not say that they go.
    pub(crate) fn without(&self, is_gone: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::with_capacity(self.len());
        let mut start = 0;
        for row in 0..self.len() {
            if is_gone(row) {
                kept.extend(self, start..row);
                start = row + 1;
            }
        }
        kept.extend(self, start..self.len());
        kept
    }
}
