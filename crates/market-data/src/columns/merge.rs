//! Bringing new candles into old ones: newest wins, nothing that is known gets lost, nothing that was made replaces what was not.

use types::{Candle, Provenance, Timestamp};

use super::{Columns, REQUIRED};
use crate::AppendReport;

/// What a new row did to the one that was there.
enum Change {
    None,
    Enriched,
    Revised,
}

impl Columns {
    /// Sorts by open time; of rows with the same open time the later ones are laid over the earlier ones.
    ///
    /// What that did is counted in `report`, so that each row handed in is counted exactly once in the end.
    pub(crate) fn sort_unique(self, report: &mut AppendReport) -> Self {
        if self.open_time.windows(2).all(|pair| pair[0] < pair[1]) {
            return self;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&row| self.open_time[row]);
        let mut unique = Self::with_capacity(self.len());
        for row in order {
            if unique.open_time.last() == Some(&self.open_time[row]) {
                let last = unique.len() - 1;
                unique.lay_over(last, &self, row, report);
            } else {
                unique.extend(&self, row..row + 1);
            }
        }
        unique
    }

    /// Lays row `from` of `newer` over row `row` and counts what that did.
    fn lay_over(&mut self, row: usize, newer: &Self, from: usize, report: &mut AppendReport) {
        // Only a candle that differs is worth the copy, and only while copies are kept.
        let was =
            if report.has_room() && !self.says_the_same(row, newer, from) { self.plain(row) } else { None };
        let change = self.overlay(row, newer, from);
        count(&change, newer.open_time[from], report);
        if matches!(change, Change::Revised) {
            report.keep(was, self.plain(row));
        }
    }

    fn plain(&self, row: usize) -> Option<Candle> {
        self.candle(row).map(|stored| stored.candle)
    }

    /// Returns whether prices and volume agree.
    fn says_the_same(&self, row: usize, newer: &Self, from: usize) -> bool {
        let columns = self.decimals.iter().zip(&newer.decimals);
        self.trades[row] == newer.trades[from]
            && columns.into_iter().all(|(old, new)| old.is_same(row, new, from))
    }

    /// Lays row `from` of `newer` over row `row`.
    fn overlay(&mut self, row: usize, newer: &Self, from: usize) -> Change {
        let (new_source, source) = (newer.source[from], self.source[row]);
        if is_made(new_source) && !is_made(source) {
            return Change::None;
        }
        let agrees = |column: usize| {
            let (old, new) = (&self.decimals[column], &newer.decimals[column]);
            old.is_same(row, new, from)
                || (column >= REQUIRED && (old.is_missing(row) || new.is_missing(from)))
        };
        let trades_agree =
            self.trades[row] == newer.trades[from] || self.trades[row] < 0 || newer.trades[from] < 0;
        if !trades_agree || !(0..self.decimals.len()).all(agrees) {
            for (column, values) in self.decimals.iter_mut().zip(&newer.decimals) {
                column.set(row, values, from);
            }
            self.trades[row] = newer.trades[from];
            self.source[row] = newer.source[from];
            return Change::Revised;
        }
        let mut change = Change::None;
        for (column, values) in self.decimals.iter_mut().zip(&newer.decimals).skip(REQUIRED) {
            if column.is_missing(row) && !values.is_missing(from) {
                column.set(row, values, from);
                change = Change::Enriched;
            }
        }
        if self.trades[row] < 0 && newer.trades[from] >= 0 {
            self.trades[row] = newer.trades[from];
            change = Change::Enriched;
        }
        // Provenances are ordered from the most trusted one down. What touches a made-up candle now stays marked as made up.
        if new_source < source || (is_made(source) && new_source > source) {
            self.source[row] = new_source;
            change = Change::Enriched;
        }
        change
    }
}

/// Whether a candle was made by this program rather than published or handed in: it takes the place of nothing that was.
fn is_made(source: Provenance) -> bool {
    matches!(source, Provenance::Resampled | Provenance::Synthetic)
}

fn count(change: &Change, open_time: i64, report: &mut AppendReport) {
    match change {
        Change::None => report.unchanged += 1,
        Change::Enriched => report.enriched += 1,
        Change::Revised => report.revise(Timestamp::from_ms(open_time)),
    }
}

impl Columns {
    /// Returns the rows of this set that `before` does not have, or has with other values; both sorted and unique.
    pub(crate) fn changed_since(&self, before: &Self) -> Vec<Changed> {
        let mut changed = Vec::new();
        let mut row = 0;
        for (index, &at) in self.open_time.iter().enumerate() {
            row += before.open_time[row..].partition_point_near(at);
            let was = (before.open_time.get(row) == Some(&at)).then_some(row);
            if !was.is_some_and(|was| self.is_same(index, before, was)) {
                changed.push(Changed { row: index, was: was.map(|was| before.source[was]) });
            }
        }
        changed
    }

    fn is_same(&self, row: usize, other: &Self, at: usize) -> bool {
        self.trades[row] == other.trades[at]
            && self.source[row] == other.source[at]
            && self.decimals.iter().zip(&other.decimals).all(|(left, right)| left.is_same(row, right, at))
    }
}

/// A row that is new or says something else now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Which row.
    pub(crate) row: usize,
    /// Where the candle came from that it replaces, if there was one.
    pub(crate) was: Option<types::Provenance>,
}

/// Merges `new` into `old`, both sorted and unique. Returns `None` for the columns when nothing changed.
pub(crate) fn merge(mut old: Columns, new: Columns, report: &mut AppendReport) -> Option<Columns> {
    if old.len() == 0 {
        report.added += new.len() as u64;
        return (new.len() > 0).then_some(new);
    }
    let before = report.clone();
    // Pass one lays the rows that are on both sides over the old ones and notes where the others go.
    let mut inserts: Vec<(usize, usize)> = Vec::new();
    let mut row = 0;
    for (from, &at) in new.open_time.iter().enumerate() {
        row += old.open_time[row..].partition_point_near(at);
        if old.open_time.get(row) == Some(&at) {
            old.lay_over(row, &new, from, report);
        } else {
            inserts.push((row, from));
        }
    }
    report.added += inserts.len() as u64;
    if inserts.is_empty() {
        let is_changed = report.enriched > before.enriched || report.revised > before.revised;
        return is_changed.then_some(old);
    }
    // Pass two copies stretches, not rows: an append at the end is one stretch.
    let mut merged = Columns::with_capacity(old.len() + inserts.len());
    let (mut copied, mut next) = (0, 0);
    while let Some(&(at, from)) = inserts.get(next) {
        let stretch = inserts[next..]
            .iter()
            .enumerate()
            .take_while(|&(offset, &insert)| insert == (at, from + offset))
            .count();
        merged.extend(&old, copied..at);
        merged.extend(&new, from..from + stretch);
        copied = at;
        next += stretch;
    }
    merged.extend(&old, copied..old.len());
    Some(merged)
}

/// A search that is quick when the answer is near the start, as it is when two sorted lists are walked side by side.
trait PartitionPointNear {
    /// Returns how many of the sorted values are below `bound`.
    fn partition_point_near(&self, bound: i64) -> usize;
}

impl PartitionPointNear for [i64] {
    fn partition_point_near(&self, bound: i64) -> usize {
        let mut reach = 1;
        while reach <= self.len() && self[reach - 1] < bound {
            reach *= 2;
        }
        let start = reach / 2;
        start + self[start..reach.min(self.len())].partition_point(|&value| value < bound)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use types::{Candle, Provenance};

    use super::*;

    fn candle(hour: i64, close: i64) -> Candle {
        Candle {
            open_time: Timestamp::from_ms(hour * 3_600_000),
            open: close.into(),
            high: close.into(),
            low: close.into(),
            close: close.into(),
            volume: Decimal::ONE,
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    fn columns(candles: &[Candle], provenance: Provenance) -> Columns {
        let mut columns = Columns::default();
        for candle in candles {
            columns.push(candle, provenance).expect("a candle that fits");
        }
        columns
    }

    fn stored(columns: &Columns, row: usize) -> crate::StoredCandle {
        columns.candle(row).expect("a candle")
    }

    fn hours(columns: &Columns) -> Vec<i64> {
        columns.open_time.iter().map(|ms| ms / 3_600_000).collect()
    }

    #[test]
    fn new_rows_go_where_they_belong() {
        let old = columns(&[2, 3, 7].map(|hour| candle(hour, 1)), Provenance::Exchange);
        let new = columns(&[0, 1, 3, 5, 6, 8, 9].map(|hour| candle(hour, 1)), Provenance::Exchange);
        let mut report = AppendReport::default();
        let merged = merge(old, new, &mut report).expect("a change");
        assert_eq!(hours(&merged), [0, 1, 2, 3, 5, 6, 7, 8, 9]);
        assert_eq!((report.added, report.unchanged, report.revised), (6, 1, 0));
    }

    #[test]
    fn the_newest_value_wins_and_the_same_one_changes_nothing() {
        let old = columns(&[1, 2].map(|hour| candle(hour, 1)), Provenance::Exchange);
        let mut report = AppendReport::default();
        let same = columns(&[candle(2, 1)], Provenance::Imported);
        assert_eq!(merge(old.clone(), same, &mut report), None);
        let revised = columns(&[candle(2, 9)], Provenance::Repaired);
        let merged = merge(old, revised, &mut report).expect("a change");
        assert_eq!(stored(&merged, 1).candle, candle(2, 9));
        assert_eq!(stored(&merged, 1).provenance, Provenance::Repaired);
        assert_eq!((report.unchanged, report.revised, report.rows()), (1, 1, 2));
        assert_eq!(report.revised_examples, [Timestamp::from_ms(7_200_000)]);
    }

    #[test]
    fn a_file_that_says_less_takes_nothing_away() {
        let full = Candle { trades: Some(7), quote_volume: Some(Decimal::TEN), ..candle(1, 1) };
        let mut report = AppendReport::default();
        let old = columns(std::slice::from_ref(&full), Provenance::Exchange);
        assert_eq!(merge(old.clone(), columns(&[candle(1, 1)], Provenance::Exchange), &mut report), None);
        let bare = columns(&[candle(1, 1)], Provenance::Imported);
        let merged = merge(bare, old.clone(), &mut report).expect("a change");
        assert_eq!(stored(&merged, 0).candle, full);
        assert_eq!(stored(&merged, 0).provenance, Provenance::Exchange);
        assert_eq!((report.unchanged, report.enriched), (1, 1));
        let other = columns(&[candle(1, 2)], Provenance::Exchange);
        let merged = merge(old, other, &mut report).expect("a change");
        assert_eq!(stored(&merged, 0).candle, candle(1, 2), "the quote volume belonged to the old values");
    }

    #[test]
    fn rows_of_one_append_are_laid_over_one_another_in_order() {
        let mut report = AppendReport::default();
        let rows = [candle(3, 1), candle(1, 1), candle(3, 2), candle(1, 1)];
        let unique = columns(&rows, Provenance::Imported).sort_unique(&mut report);
        assert_eq!(hours(&unique), [1, 3]);
        assert_eq!(stored(&unique, 1).candle, candle(3, 2));
        assert_eq!((report.unchanged, report.revised), (1, 1));
    }
}
