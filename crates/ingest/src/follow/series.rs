//! One followed series: what it has, what was told, what must be asked. Pure bookkeeping.
//!
//! Invariant: [`Series::take_ready`] hands out a candle only when everything before it is stored or known not to exist.

use std::collections::BTreeMap;

use types::{Candle, SeriesKey, Timestamp};

/// Closings kept while the past is fetched; what does not fit is fetched as well.
const MOST_WAITING: usize = 2000;

#[derive(Debug)]
pub(super) struct Series {
    pub(super) key: SeriesKey,
    /// From when on it is to be complete.
    pub(super) from: Timestamp,
    /// Open time of the next candle that is neither stored nor known not to exist; unknown before the first answer.
    pub(super) next: Option<Timestamp>,
    /// Whether the past from `from` on has still to be asked for as a whole.
    pub(super) needs_past: bool,
    /// Closed candles that were told and are not stored.
    waiting: BTreeMap<Timestamp, Candle>,
    /// Whether the exchange has to be asked before anything else.
    pub(super) must_fill: bool,
    /// Whether work on it is under way.
    pub(super) is_busy: bool,
    /// The exchange is not asked before this time.
    pub(super) ask_after: Option<Timestamp>,
    /// Nothing is stored before this time.
    pub(super) store_after: Option<Timestamp>,
    /// Why it could not go on the last time.
    pub(super) trouble: Option<String>,
    /// Questions and stores in a row that came to nothing.
    pub(super) failures: u32,
    /// Answers in a row that brought nothing new.
    pub(super) idle: u32,
    /// The stream that carries it.
    pub(super) line: Option<usize>,
    pub(super) heard: Option<Timestamp>,
    pub(super) audited: Option<Timestamp>,
    pub(super) reconnects: u32,
    pub(super) fetched: u64,
    pub(super) stored: u64,
}

impl Series {
    pub(super) const fn new(key: SeriesKey, from: Timestamp) -> Self {
        Self {
            key,
            from,
            next: None,
            needs_past: true,
            waiting: BTreeMap::new(),
            must_fill: true,
            is_busy: false,
            ask_after: None,
            store_after: None,
            trouble: None,
            failures: 0,
            idle: 0,
            line: None,
            heard: None,
            audited: None,
            reconnects: 0,
            fetched: 0,
            stored: 0,
        }
    }

    /// Takes a closing that the stream told. Returns whether it is news.
    pub(super) fn told(&mut self, candle: Candle) -> bool {
        if self.next.is_some_and(|next| candle.open_time < next) || self.waiting.len() >= MOST_WAITING {
            // Late, repeated, or too much at once: what it says is stored or will be asked for.
            self.must_fill |= self.waiting.len() >= MOST_WAITING;
            return false;
        }
        self.waiting.insert(candle.open_time, candle).is_none()
    }

    /// Hands out the closings that may be stored now; finds holes before those that may not.
    pub(super) fn take_ready(&mut self, now: Timestamp) -> Vec<Candle> {
        let may_store = !self.is_busy && self.store_after.is_none_or(|after| after <= now);
        let (true, false, Some(mut next)) = (may_store, self.must_fill, self.next) else { return Vec::new() };
        let mut ready = Vec::new();
        while let Some(candle) = self.waiting.remove(&next) {
            next = self.key.interval.next_open(next);
            ready.push(candle);
        }
        // What was told beyond a hole waits until the hole is explained.
        self.must_fill = !self.waiting.is_empty();
        ready
    }

    /// Notes that everything before `until` is stored or known not to exist. Returns whether that is news.
    pub(super) fn complete(&mut self, until: Timestamp) -> bool {
        let before = self.next;
        let until = before.map_or(until, |next| next.max(until));
        self.next = Some(until);
        self.waiting = self.waiting.split_off(&until);
        before != Some(until)
    }

    /// Takes another beginning. What lies before the old one is asked for; what follows it stays known.
    pub(super) fn begin_at(&mut self, from: Timestamp) {
        self.needs_past |= from < self.from;
        self.from = from;
    }

    /// Returns from where on the exchange is to be asked.
    pub(super) fn asks_from(&self) -> Timestamp {
        self.next.filter(|_| !self.needs_past).unwrap_or(self.from)
    }

    /// Notes that the exchange was asked from `start` on: a beginning that moved meanwhile is still to be asked for.
    pub(super) fn asked_from(&mut self, start: Timestamp) {
        self.needs_past &= start > self.from;
    }

    /// Notes that work on it came to a good end.
    pub(super) fn succeed(&mut self) {
        (self.failures, self.ask_after, self.store_after, self.trouble) = (0, None, None, None);
    }

    /// Puts candles back that could not be stored.
    pub(super) fn put_back(&mut self, candles: Vec<Candle>) {
        self.waiting.extend(candles.into_iter().map(|candle| (candle.open_time, candle)));
    }

    /// Whether the next candle should have been told by now.
    pub(super) fn is_overdue(&self, now: Timestamp, grace_ms: i64) -> bool {
        self.next.is_some_and(|next| {
            self.key.interval.next_open(next).plus_ms(grace_ms) <= now && !self.waiting.contains_key(&next)
        })
    }

    /// Whether it cannot go on without an answer of the exchange.
    pub(super) fn needs_an_answer(&self) -> bool {
        self.needs_past || self.must_fill || self.is_busy || self.line.is_none()
    }

    /// Whether the exchange may be asked about it.
    pub(super) fn may_ask(&self, now: Timestamp) -> bool {
        !self.is_busy && self.ask_after.is_none_or(|after| after <= now)
    }

    /// Whether a comparison with the exchange is due.
    pub(super) fn needs_audit(&self, now: Timestamp, every_ms: i64) -> bool {
        !self.must_fill
            && self.next.is_some()
            && self.audited.is_none_or(|audited| audited.plus_ms(every_ms) <= now)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use types::Interval;

    use super::*;

    const MINUTE: i64 = 60_000;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_ms(minute * MINUTE)
    }

    fn candle(at: i64) -> Candle {
        let one = Decimal::ONE;
        Candle {
            open_time: minute(at),
            open: one,
            high: one,
            low: one,
            close: one,
            volume: one,
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    fn series() -> Series {
        let key = SeriesKey {
            exchange: "demo".parse().unwrap(),
            symbol: "BTCUSDT".parse().unwrap(),
            interval: Interval::M1,
        };
        Series::new(key, minute(0))
    }

    /// A series whose first answer reached to minute 10.
    fn filled() -> Series {
        let mut series = series();
        series.must_fill = false;
        series.complete(minute(10));
        series
    }

    fn minutes(candles: &[Candle]) -> Vec<i64> {
        candles.iter().map(|candle| candle.open_time.as_ms() / MINUTE).collect()
    }

    #[test]
    fn nothing_is_stored_before_the_past_is_known() {
        let mut series = series();
        series.told(candle(10));
        assert!(series.take_ready(minute(60)).is_empty());
        series.must_fill = false;
        series.complete(minute(10));
        assert_eq!(minutes(&series.take_ready(minute(60))), [10]);
    }

    #[test]
    fn closings_in_a_row_are_ready_and_repeated_or_late_ones_are_not() {
        let mut series = filled();
        assert!(series.told(candle(11)) && series.told(candle(10)) && !series.told(candle(10)));
        assert!(!series.told(candle(9)));
        assert_eq!(minutes(&series.take_ready(minute(60))), [10, 11]);
        assert!(!series.must_fill);
    }

    #[test]
    fn a_beginning_that_moves_back_is_asked_for_even_when_an_answer_is_under_way() {
        let mut series = series();
        let start = series.asks_from();
        series.begin_at(minute(-50));
        series.asked_from(start);
        series.complete(minute(10));
        assert!(series.needs_past);
        assert_eq!(series.asks_from(), minute(-50));
        series.asked_from(minute(-50));
        assert!(!series.needs_past);
        assert_eq!(series.asks_from(), minute(10));
        series.begin_at(minute(3));
        assert_eq!(series.asks_from(), minute(10), "a later beginning takes nothing back");
    }

    #[test]
    fn a_hole_is_asked_for_and_what_lies_beyond_it_waits() {
        let mut series = filled();
        series.told(candle(12));
        assert!(series.take_ready(minute(60)).is_empty());
        assert!(series.must_fill);
        // The answer reaches to the hole's end only.
        series.must_fill = false;
        series.complete(minute(12));
        assert_eq!(minutes(&series.take_ready(minute(60))), [12]);
    }

    #[test]
    fn a_closing_that_was_not_told_is_overdue() {
        let series = filled();
        assert!(!series.is_overdue(minute(11), 5_000));
        assert!(series.is_overdue(minute(11).plus_ms(5_000), 5_000));
        let mut told = filled();
        told.told(candle(10));
        assert!(!told.is_overdue(minute(20), 5_000), "it waits to be stored");
    }

    #[test]
    fn work_under_way_and_pauses_keep_others_off() {
        let mut series = filled();
        series.told(candle(10));
        series.is_busy = true;
        assert!(series.take_ready(minute(60)).is_empty());
        assert!(!series.may_ask(minute(10)));
        series.is_busy = false;
        (series.ask_after, series.store_after) = (Some(minute(15)), Some(minute(15)));
        assert!(!series.may_ask(minute(14)) && series.may_ask(minute(15)));
        assert!(series.take_ready(minute(14)).is_empty());
        assert_eq!(minutes(&series.take_ready(minute(15))), [10]);
    }

    #[test]
    fn what_could_not_be_stored_is_ready_again() {
        let mut series = filled();
        series.told(candle(10));
        let candles = series.take_ready(minute(60));
        series.put_back(candles);
        assert_eq!(minutes(&series.take_ready(minute(60))), [10]);
        assert!(series.complete(minute(11)) && !series.complete(minute(11)) && !series.complete(minute(5)));
        assert_eq!(series.next, Some(minute(11)));
    }
}
