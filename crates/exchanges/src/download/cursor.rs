//! Where a download stands: pure arithmetic on the interval's grid.
//!
//! Invariant: it only moves forward.

use types::{Grid, TimeRange, Timestamp};

use super::sink::Progress;

#[derive(Debug)]
pub(crate) struct Cursor {
    grid: Grid,
    asked: TimeRange,
    /// Open time of the first candle asked for.
    first_open: Timestamp,
    /// Where the next request starts.
    next: Timestamp,
    /// Candles that open here or later had not closed when the download began.
    closed_end: Timestamp,
    now: Timestamp,
    is_finished: bool,
}

impl Cursor {
    /// `now` is the exchange's time; `asked` ends there at the latest.
    pub(crate) fn new(grid: Grid, asked: TimeRange, now: Timestamp) -> Self {
        let first_open = grid.ceil(asked.start);
        let closed_end = grid.closed_end(now).min(grid.ceil(asked.end));
        Self { grid, asked, first_open, next: first_open, closed_end, now, is_finished: false }
    }

    pub(crate) const fn grid(&self) -> Grid {
        self.grid
    }

    /// Takes the grid of the first candle, where it was not known.
    pub(crate) fn learn(&mut self, first: Option<Timestamp>) {
        if !self.grid.is_known() && first.is_some() {
            let learnt = Self::new(self.grid.learn(first), self.asked, self.now);
            *self = Self { next: self.next, is_finished: self.is_finished, ..learnt };
        }
    }

    pub(crate) const fn asked(&self) -> TimeRange {
        self.asked
    }

    pub(crate) const fn first_open(&self) -> Timestamp {
        self.first_open
    }

    pub(crate) const fn next(&self) -> Timestamp {
        self.next
    }

    /// What is still to be asked for.
    pub(crate) const fn rest(&self) -> TimeRange {
        TimeRange { start: self.next, end: self.asked.end }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.is_finished || self.grid.ceil(self.next) >= self.closed_end
    }

    pub(crate) fn advance(&mut self, next: Timestamp) {
        self.next = self.next.max(next);
    }

    /// Nothing follows.
    pub(crate) const fn finish(&mut self) {
        self.is_finished = true;
    }

    /// Whether a closed candle may exist in the stretch at all.
    pub(crate) fn expects_any(&self) -> bool {
        self.first_open < self.closed_end
    }

    /// Whether a closed candle may exist after the one that opens at `last`.
    pub(crate) fn expects_after(&self, last: Timestamp) -> bool {
        self.grid.interval().next_open(last) < self.closed_end
    }

    pub(crate) fn progress(&self) -> Progress {
        let expected_bars = self.grid.bars_between(self.first_open, self.closed_end);
        let up_to = if self.is_done() { self.closed_end } else { self.next.min(self.closed_end) };
        let done_bars = self.grid.bars_between(self.first_open, up_to);
        Progress { done_bars, expected_bars, up_to }
    }
}

#[cfg(test)]
mod tests {
    use types::Interval;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn cursor(start: &str, end: &str, now: &str) -> Cursor {
        Cursor::new(Interval::H1.into(), TimeRange { start: at(start), end: at(end) }, at(now))
    }

    #[test]
    fn bars_that_have_not_closed_are_not_expected() {
        let open = cursor("2024-01-01 00:30", "2024-01-01 05:10", "2024-01-01 05:10");
        assert_eq!(open.first_open(), at("2024-01-01 01:00"));
        assert_eq!(open.progress().expected_bars, 4);
        let past = cursor("2024-01-01", "2024-01-01 03:00", "2024-02-01");
        assert_eq!(past.progress().expected_bars, 3);
        assert!(cursor("2024-01-01 05:00", "2024-01-01 05:10", "2024-01-01 05:10").is_done());
    }

    #[test]
    fn the_first_candle_says_where_bars_open_and_which_have_closed() {
        let asked = TimeRange { start: at("2024-01-01"), end: at("2024-01-12") };
        let mut cursor = Cursor::new(Interval::D3.into(), asked, at("2024-01-12"));
        assert_eq!(cursor.first_open(), at("2024-01-01"));
        cursor.advance(at("2024-01-02").plus_ms(1));
        cursor.learn(Some(at("2024-01-02")));
        // Bars open on the 2nd, 5th and 8th; that of the 11th has not closed.
        assert_eq!((cursor.first_open(), cursor.progress().expected_bars), (at("2024-01-02"), 3));
        assert_eq!((cursor.progress().done_bars, cursor.expects_after(at("2024-01-08"))), (1, false));
        cursor.advance(at("2024-01-08").plus_ms(1));
        assert!(cursor.is_done());
    }

    #[test]
    fn progress_counts_the_calendar_and_ends_full() {
        let mut cursor = cursor("2024-01-01", "2024-01-02", "2024-02-01");
        cursor.advance(at("2024-01-01 06:00").plus_ms(1));
        assert_eq!(cursor.progress().done_bars, 7);
        cursor.advance(at("2024-01-01 01:00"));
        assert_eq!(cursor.progress().done_bars, 7);
        cursor.finish();
        assert_eq!((cursor.progress().done_bars, cursor.progress().expected_bars), (24, 24));
    }
}
