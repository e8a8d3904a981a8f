//! Laying rows over others as they are, in place of those with the same open time: for a journal, whose rows are already merged.

use std::ops::Range;

use super::Columns;

/// Some rows of one of two sets.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stretch {
    /// Rows that stay.
    Under(Range<usize>),
    /// Rows that are new or stand in place of others.
    Over(Range<usize>),
}

/// How one sorted set of rows lies over another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layers {
    stretches: Vec<Stretch>,
    /// Rows of the lower set that no longer show, in order.
    hidden: Vec<usize>,
}

impl Layers {
    /// Compares open times; both are sorted and unique.
    pub(crate) fn of(under: &[i64], over: &[i64]) -> Self {
        let (mut stretches, mut hidden) = (Vec::new(), Vec::new());
        let mut copied = 0;
        for (from, &at) in over.iter().enumerate() {
            let place = copied + under[copied..].partition_point(|&time| time < at);
            if place > copied {
                stretches.push(Stretch::Under(copied..place));
            }
            copied = place;
            if under.get(place) == Some(&at) {
                hidden.push(place);
                copied += 1;
            }
            match stretches.last_mut() {
                Some(Stretch::Over(rows)) => rows.end = from + 1,
                _ => stretches.push(Stretch::Over(from..from + 1)),
            }
        }
        if copied < under.len() {
            stretches.push(Stretch::Under(copied..under.len()));
        }
        Self { stretches, hidden }
    }

    /// Returns the rows of the lower set that no longer show, in order.
    pub(crate) fn hidden(&self) -> &[usize] {
        &self.hidden
    }

    /// Lays one column over another.
    pub(crate) fn lay<T: Copy>(&self, mut under: Vec<T>, over: &[T]) -> Vec<T> {
        if let Some(end) = self.added_at_the_end(under.len()) {
            under.extend_from_slice(&over[end]);
            return under;
        }
        let mut all = Vec::with_capacity(under.len() + over.len());
        for stretch in &self.stretches {
            match stretch {
                Stretch::Under(rows) => all.extend_from_slice(&under[rows.clone()]),
                Stretch::Over(rows) => all.extend_from_slice(&over[rows.clone()]),
            }
        }
        all
    }

    /// Lays all columns over others.
    pub(crate) fn lay_columns(&self, mut under: Columns, over: &Columns) -> Columns {
        if let Some(end) = self.added_at_the_end(under.len()) {
            under.extend(over, end);
            return under;
        }
        let mut all = Columns::with_capacity(under.len() + over.len());
        for stretch in &self.stretches {
            match stretch {
                Stretch::Under(rows) => all.extend(&under, rows.clone()),
                Stretch::Over(rows) => all.extend(over, rows.clone()),
            }
        }
        // The value that needed the width may be the one that does not show any more.
        for column in &mut all.decimals {
            column.narrow_if_possible();
        }
        all
    }

    /// Returns the upper rows when all of them come after the lower ones, of which there are `rows`: nothing is copied then.
    fn added_at_the_end(&self, rows: usize) -> Option<Range<usize>> {
        match &self.stretches[..] {
            [Stretch::Under(under), Stretch::Over(over)] if *under == (0..rows) => Some(over.clone()),
            [Stretch::Under(under)] if *under == (0..rows) => Some(0..0),
            _ => None,
        }
    }
}

impl Columns {
    /// Sorts by open time; of rows with the same open time the last one stays, as it is.
    pub(crate) fn newest(self) -> Self {
        if self.open_time.windows(2).all(|pair| pair[0] < pair[1]) {
            return self;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&row| self.open_time[row]);
        let mut newest = Self::with_capacity(self.len());
        for (place, &row) in order.iter().enumerate() {
            let is_newest =
                order.get(place + 1).is_none_or(|&next| self.open_time[next] != self.open_time[row]);
            if is_newest {
                newest.extend(&self, row..row + 1);
            }
        }
        for column in &mut newest.decimals {
            column.narrow_if_possible();
        }
        newest
    }

    /// Returns the rows of sorted columns whose open time lies in `range`.
    pub(crate) fn within(&self, range: types::TimeRange) -> Range<usize> {
        let start = self.open_time.partition_point(|&at| at < range.start.as_ms());
        let end = self.open_time.partition_point(|&at| at < range.end.as_ms());
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn upper_rows_show_and_lower_ones_where_there_is_no_upper(
            under in proptest::collection::btree_set(0_i64..40, 0..20),
            over in proptest::collection::btree_set(0_i64..60, 0..20),
        ) {
            let sorted = |set: &BTreeSet<i64>| set.iter().copied().collect::<Vec<_>>();
            let (low, high) = (sorted(&under), sorted(&over));
            let layers = Layers::of(&low, &high);
            let mut expected: BTreeMap<i64, i64> = under.iter().map(|&at| (at, at)).collect();
            expected.extend(over.iter().map(|&at| (at, at + 1000)));
            prop_assert_eq!(layers.lay(low.clone(), &high), expected.keys().copied().collect::<Vec<_>>());
            let marked: Vec<i64> = high.iter().map(|at| at + 1000).collect();
            prop_assert_eq!(layers.lay(low.clone(), &marked), expected.into_values().collect::<Vec<_>>());
            let hidden: Vec<i64> = layers.hidden().iter().map(|&row| low[row]).collect();
            prop_assert_eq!(hidden, under.intersection(&over).copied().collect::<Vec<_>>());
        }
    }
}
