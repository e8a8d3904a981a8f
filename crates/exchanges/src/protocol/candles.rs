//! One page of candles: the request, the page, and the checks that turn what was served into what may be believed.
//!
//! Invariants: the candles of a page are closed, inside the stretch asked for, on the grid, plausible and strictly ascending;
//! every row that was served is either among them or accounted for. Nothing is filled in and no value is changed.

use serde::Serialize;
use types::{Candle, CandleBatch, CandleFault, Grid, Interval, Symbol, Timestamp};

/// A stretch of candles: those that open at `start` or later and before `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleRequest {
    /// The traded pair.
    pub symbol: Symbol,
    /// The length of a candle, and where candles open as far as it is known.
    pub grid: Grid,
    /// First open time that belongs to it.
    pub start: Timestamp,
    /// First open time that no longer does.
    pub end: Timestamp,
}

/// A row as an exchange served it, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedCandle {
    /// Its values.
    pub candle: Candle,
    /// The last millisecond that belongs to it, as the exchange says.
    pub close_time: Timestamp,
}

impl ServedCandle {
    /// A row of an exchange that says whether a candle is final instead of when it closes.
    pub fn flagged(candle: Candle, interval: Interval, is_final: bool) -> Self {
        // What is not final has no close time yet.
        let close_time = if is_final {
            interval.next_open(candle.open_time).plus_ms(-1)
        } else {
            Timestamp::from_ms(i64::MAX)
        };
        Self { candle, close_time }
    }
}

/// One page of closed candles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandlePage {
    /// The candles, strictly ascending.
    pub candles: CandleBatch,
    /// How many rows were served.
    pub served: usize,
    /// How many rows a full page has; as many as were served where a stretch was asked for and answered whole.
    pub limit: usize,
    /// Where the next page starts; `None` when no row at or after the start was served.
    pub next: Option<Timestamp>,
    /// The open time of the unfinished candle that was left out.
    pub unfinished: Option<Timestamp>,
    /// The rows that were left out for another reason.
    pub refused: Vec<RefusedCandle>,
    /// Whether the rows had to be put in order.
    pub reordered: bool,
}

/// A row that was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RefusedCandle {
    /// Its open time.
    pub open_time: Timestamp,
    /// Why.
    pub reason: Refusal,
}

/// Why a row was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The same row was served before.
    #[error("the same candle was served twice")]
    Duplicate,
    /// Another row with this open time and other values was served before.
    #[error("two candles with the same open time differ; the first was kept")]
    Conflict,
    /// It was not asked for.
    #[error("the candle lies outside the stretch asked for")]
    OutsideRange,
    /// It cannot be true.
    #[error("{0}")]
    Implausible(CandleFault),
    /// It opens beside the other candles of its series.
    #[error(
        "the candle opens beside those of its series, which open {0}; delete the series if it is the wrong one"
    )]
    OtherGrid(Grid),
}

impl CandlePage {
    /// A page without rows.
    pub fn empty(limit: usize) -> Self {
        Self {
            candles: CandleBatch::default(),
            served: 0,
            limit,
            next: None,
            unfinished: None,
            refused: Vec::new(),
            reordered: false,
        }
    }

    /// Checks what was served. Candles are final when they had closed before `closed_before` by the exchange's clock.
    ///
    /// Rows out of order are put in order instead of being refused: their values are as good as any, and a hole would not be.
    pub fn from_served(
        mut rows: Vec<ServedCandle>,
        request: &CandleRequest,
        limit: usize,
        closed_before: Timestamp,
    ) -> Self {
        let mut page = Self::empty(limit);
        page.served = rows.len();
        page.reordered = !rows.is_sorted_by_key(|row| row.candle.open_time);
        rows.sort_by_key(|row| row.candle.open_time);
        let grid = request.grid.learn(rows.iter().map(|row| row.candle.open_time));
        page.next = rows
            .last()
            .map(|row| row.candle.open_time)
            .filter(|&last| last >= request.start)
            .map(|last| last.plus_ms(1));
        let mut last: Option<&Candle> = None;
        let mut keep = Vec::with_capacity(rows.len());
        for row in &rows {
            let open_time = row.candle.open_time;
            let is_kept = if let Some(reason) = refusal(&row.candle, last, request, grid) {
                page.refused.push(RefusedCandle { open_time, reason });
                false
            } else if is_closed(row, grid.interval(), closed_before) {
                last = Some(&row.candle);
                true
            } else {
                page.unfinished = page.unfinished.or(Some(open_time));
                false
            };
            keep.push(is_kept);
        }
        let kept = rows.into_iter().zip(keep).filter(|(_, is_kept)| *is_kept);
        page.candles = kept.map(|(row, _)| row.candle).collect::<Vec<_>>().into();
        page
    }

    /// Says that everything before `until` was served: what is not among the rows does not exist.
    ///
    /// For exchanges that answer a stretch instead of so many rows from a start; there a page with few rows has holes, and is
    /// not cut short.
    #[must_use]
    pub fn covering(mut self, until: Timestamp) -> Self {
        self.limit = self.served;
        self.next = (self.served > 0).then_some(until);
        self
    }

    /// Returns whether the exchange served fewer rows than a page holds.
    pub const fn is_short(&self) -> bool {
        self.served < self.limit
    }
}

/// Says why a candle is left out; `last` is the one that was kept before it.
fn refusal(candle: &Candle, last: Option<&Candle>, request: &CandleRequest, grid: Grid) -> Option<Refusal> {
    if candle.open_time < request.start || candle.open_time >= request.end {
        return Some(Refusal::OutsideRange);
    }
    if let Err(fault) = candle.check(grid.interval()) {
        return Some(Refusal::Implausible(fault));
    }
    if !grid.is_on_grid(candle.open_time) {
        return Some(Refusal::OtherGrid(grid));
    }
    let twin = last.filter(|last| last.open_time == candle.open_time)?;
    Some(if twin == candle { Refusal::Duplicate } else { Refusal::Conflict })
}

/// An exchange has been seen to report a close time before the interval's end (an outage), so both must have passed.
fn is_closed(row: &ServedCandle, interval: Interval, closed_before: Timestamp) -> bool {
    row.close_time < closed_before && interval.next_open(row.candle.open_time) <= closed_before
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn row(hour: i64, close: i64) -> ServedCandle {
        let open_time = Timestamp::from_ms(hour * HOUR);
        let candle = Candle {
            open_time,
            open: 10.into(),
            high: 20.into(),
            low: 1.into(),
            close: close.into(),
            volume: 1.into(),
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        };
        ServedCandle { candle, close_time: open_time.plus_ms(HOUR - 1) }
    }

    fn page(rows: Vec<ServedCandle>, closed_before: i64) -> CandlePage {
        let request = CandleRequest {
            symbol: "BTCUSDT".parse().unwrap(),
            grid: Interval::H1.into(),
            start: Timestamp::from_ms(2 * HOUR),
            end: Timestamp::from_ms(9 * HOUR),
        };
        CandlePage::from_served(rows, &request, 1000, Timestamp::from_ms(closed_before))
    }

    fn hours(page: &CandlePage) -> Vec<i64> {
        page.candles.open_times().map(|at| at.as_ms() / HOUR).collect()
    }

    fn refusals(page: &CandlePage) -> Vec<Refusal> {
        page.refused.iter().map(|refused| refused.reason).collect()
    }

    #[test]
    fn a_candle_is_closed_once_its_interval_and_its_close_time_have_passed() {
        let rows = vec![row(2, 10), row(3, 10)];
        assert_eq!(hours(&page(rows.clone(), 4 * HOUR)), [2, 3]);
        let early = page(rows, 4 * HOUR - 1);
        assert_eq!((hours(&early), early.unfinished), (vec![2], Some(Timestamp::from_ms(3 * HOUR))));
        // The exchange says that the candle closed early, the grid says that it may still change.
        let outage = ServedCandle { close_time: Timestamp::from_ms(2 * HOUR + 5), ..row(2, 10) };
        assert_eq!(page(vec![outage], 3 * HOUR - 1).candles, CandleBatch::default());
        // And the other way round.
        let late = ServedCandle { close_time: Timestamp::from_ms(4 * HOUR), ..row(2, 10) };
        assert_eq!(page(vec![late], 4 * HOUR).candles, CandleBatch::default());
    }

    #[test]
    fn a_candle_that_the_exchange_calls_unfinished_is_never_closed() {
        let flagged = |is_final| ServedCandle::flagged(row(2, 10).candle, Interval::H1, is_final);
        assert_eq!(hours(&page(vec![flagged(true)], 3 * HOUR)), [2]);
        assert_eq!(page(vec![flagged(true)], 3 * HOUR - 1).candles, CandleBatch::default());
        let open = page(vec![flagged(false)], 99 * HOUR);
        assert_eq!((open.candles.len(), open.unfinished), (0, Some(Timestamp::from_ms(2 * HOUR))));
    }

    #[test]
    fn a_page_that_covers_a_stretch_goes_on_after_it_and_is_not_short() {
        let until = Timestamp::from_ms(8 * HOUR);
        let sparse = page(vec![row(3, 10)], 99 * HOUR);
        assert!(sparse.is_short());
        let whole = sparse.covering(until);
        assert_eq!((whole.is_short(), whole.next), (false, Some(until)));
        // Without a row there is nothing to go on from.
        assert_eq!(page(vec![], 99 * HOUR).covering(until).next, None);
    }

    #[test]
    fn duplicates_are_left_out_and_conflicts_are_named() {
        let doubled = page(vec![row(2, 10), row(2, 10), row(3, 10), row(3, 11)], 99 * HOUR);
        assert_eq!(hours(&doubled), [2, 3]);
        assert_eq!(refusals(&doubled), [Refusal::Duplicate, Refusal::Conflict]);
        assert_eq!(doubled.candles.into_candles()[1].close, 10.into());
    }

    #[test]
    fn rows_out_of_order_are_put_in_order() {
        let shuffled = page(vec![row(4, 10), row(2, 10), row(3, 10)], 99 * HOUR);
        assert_eq!(hours(&shuffled), [2, 3, 4]);
        assert!(shuffled.reordered && shuffled.refused.is_empty());
    }

    #[test]
    fn rows_that_cannot_be_true_or_were_not_asked_for_are_refused() {
        let mut off_grid = row(3, 10);
        off_grid.candle.open_time = Timestamp::from_ms(3 * HOUR + 7);
        let strange = page(vec![row(1, 10), row(2, 10), off_grid, row(4, 99), row(9, 10)], 99 * HOUR);
        assert_eq!(hours(&strange), [2]);
        assert_eq!(
            refusals(&strange),
            [
                Refusal::OutsideRange,
                Refusal::Implausible(CandleFault::OffGrid),
                Refusal::Implausible(CandleFault::OutsideRange),
                Refusal::OutsideRange,
            ]
        );
        assert_eq!(strange.next, Some(Timestamp::from_ms(9 * HOUR + 1)));
    }

    #[test]
    fn rows_off_the_grid_of_their_series_are_refused_and_a_new_series_takes_that_of_most_rows() {
        let day = |day: i64| Timestamp::from_ms(day * Timestamp::DAY_MS);
        let row = |at: i64| {
            let candle = Candle { open_time: day(at), ..row(0, 10).candle };
            ServedCandle::flagged(candle, Interval::D3, true)
        };
        let page = |grid: Grid| {
            let symbol = "BTCUSDT".parse().unwrap();
            let request = CandleRequest { symbol, grid, start: day(0), end: day(99) };
            CandlePage::from_served([1, 3, 4, 7].map(row).into(), &request, 1000, day(99))
        };
        let days = |page: &CandlePage| -> Vec<i64> {
            page.candles.open_times().map(|at| at.as_ms() / Timestamp::DAY_MS).collect()
        };
        let learnt = page(Interval::D3.into());
        assert_eq!(days(&learnt), [1, 4, 7]);
        assert_eq!(refusals(&learnt), [Refusal::OtherGrid(Grid::through(Interval::D3, day(1)))]);
        let known = page(Grid::through(Interval::D3, day(0)));
        assert_eq!((days(&known), known.refused.len()), (vec![3], 3));
        let text = known.refused[0].reason.to_string();
        assert!(text.contains("which open every 3 days from 1970-01-01 on; "), "{text}");
    }

    #[test]
    fn a_page_that_ignores_the_start_leads_nowhere() {
        let stuck = page(vec![row(0, 10), row(1, 10)], 99 * HOUR);
        assert_eq!((stuck.served, stuck.next), (2, None));
    }
}
