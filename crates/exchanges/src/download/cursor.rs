//! Where a download stands: pure arithmetic on the interval's grid.
//!
//! Invariant: it only moves forward.

use types::{Interval, TimeRange, Timestamp};

use super::sink::Progress;

#[derive(Debug)]
pub(crate) struct Cursor {
    interval: Interval,
    asked: TimeRange,
    /// Open time of the first candle asked for.
    first_open: Timestamp,
    /// Where the next request starts.
    next: Timestamp,
    /// Candles that open here or later had not closed when the download began.
    closed_end: Timestamp,
    is_finished: bool,
}

impl Cursor {
    /// `now` is the exchange's time; `asked` ends there at the latest.
    pub(crate) fn new(interval: Interval, asked: TimeRange, now: Timestamp) -> Self {
        let first_open = interval.ceil(asked.start);
        let closed_end = interval.floor(now).min(interval.ceil(asked.end));
        Self { interval, asked, first_open, next: first_open, closed_end, is_finished: false }
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
        self.is_finished || self.interval.ceil(self.next) >= self.closed_end
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
        self.interval.next_open(last) < self.closed_end
    }

    pub(crate) fn progress(&self) -> Progress {
        let expected_bars = self.interval.bars_between(self.first_open, self.closed_end);
        let up_to = if self.is_done() { self.closed_end } else { self.next.min(self.closed_end) };
        let done_bars = self.interval.bars_between(self.first_open, up_to);
        Progress { done_bars, expected_bars, up_to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn cursor(start: &str, end: &str, now: &str) -> Cursor {
        Cursor::new(Interval::H1, TimeRange { start: at(start), end: at(end) }, at(now))
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
