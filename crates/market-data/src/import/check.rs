//! A look at the first rows of a file before anything is stored: is it candles, and of the interval that was asked for?
//!
//! A 1m file taken for 1h would pass row by row (every 60th minute is on the grid), and so would a 1h file taken for 1m.

use std::collections::BTreeMap;

use types::Interval;

use super::layout::{CLOSE_TIME, Layout, MAX_COLUMNS, OPEN_TIME, split};
use super::number::rough_ms;

/// How many rows are looked at.
const ROWS: u64 = 1000;

/// What the first rows of a file say about how far apart they are.
#[derive(Debug, Default)]
pub(super) struct Spacing {
    rows: u64,
    last_open: Option<i64>,
    /// How often each distance between neighbouring open times occurs.
    steps: BTreeMap<i64, u64>,
    /// How often each length from open to close occurs.
    lengths: BTreeMap<i64, u64>,
}

impl Spacing {
    /// Returns whether enough rows were seen.
    pub(super) fn is_enough(&self) -> bool {
        self.rows >= ROWS
    }

    /// Looks at a row.
    pub(super) fn see(&mut self, line: &[u8], layout: &Layout) {
        let mut cells = [&[][..]; MAX_COLUMNS];
        split(line, &mut cells);
        let cell = |field: usize| layout.fields[field].and_then(|column| cells.get(column)).copied();
        self.rows += 1;
        let Some(open) = cell(OPEN_TIME).and_then(rough_ms) else { return };
        if let Some(last) = self.last_open.replace(open)
            && open != last
        {
            *self.steps.entry((open - last).abs()).or_default() += 1;
        }
        if let Some(close) = cell(CLOSE_TIME).and_then(rough_ms) {
            // A close time is the last millisecond of the candle.
            *self.lengths.entry(close - open + 1).or_default() += 1;
        }
    }

    /// Returns the interval that the rows have instead of the one asked for, if that is beyond doubt.
    pub(super) fn contradicts(&self, asked: Interval) -> Option<Interval> {
        let observed = if self.lengths.is_empty() { &self.steps } else { &self.lengths };
        let total: u64 = observed.values().sum();
        let (&step, &count) = observed.iter().max_by_key(|row| *row.1)?;
        let is_asked = |step: i64| match asked.fixed_ms() {
            Some(ms) => step == ms,
            None => (28 * 86_400_000..=31 * 86_400_000).contains(&step),
        };
        let is_clear = count * 3 >= total * 2 && !observed.keys().copied().any(is_asked);
        if is_clear {
            Interval::ALL.into_iter().find(|interval| interval.fixed_ms() == Some(step))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spacing(rows: &[&str]) -> Spacing {
        let width = rows[0].split(',').count();
        let fields = std::array::from_fn(|field| (field < width).then_some(field));
        let layout = Layout { fields, width, has_header: false };
        let mut spacing = Spacing::default();
        for row in rows {
            spacing.see(row.as_bytes(), &layout);
        }
        spacing
    }

    #[test]
    fn another_interval_is_recognised() {
        let minutes = spacing(&[
            "1502942400000,1",
            "1502942460000,1",
            "1502942520000,1",
            "1502942580000,1",
            "1502942640000,1",
        ]);
        assert_eq!(minutes.contradicts(Interval::H1), Some(Interval::M1));
        assert_eq!(minutes.contradicts(Interval::M1), None);
        let one_row = spacing(&["1502942400000000,1,1,1,1,1,1502942459999999"]);
        assert_eq!(one_row.contradicts(Interval::H1), Some(Interval::M1));
        assert_eq!(one_row.contradicts(Interval::M1), None);
    }

    #[test]
    fn holes_duplicates_and_months_raise_no_alarm() {
        let holes = spacing(&["1502942400000,1", "1502942400000,1", "1502956800000,1", "1502960400000,1"]);
        assert_eq!(holes.contradicts(Interval::H1), None);
        let months = spacing(&["2024-01-01,1", "2024-02-01,1", "2024-03-01,1"]);
        assert_eq!(months.contradicts(Interval::Mo1), None);
        assert_eq!(spacing(&["1502942400000,1"]).contradicts(Interval::M1), None);
    }
}
