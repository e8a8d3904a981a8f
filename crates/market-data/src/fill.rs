//! Filling holes with flat candles because a user asked for it; [`CandleStore::remove_filled`] takes them out again.
//!
//! Invariants: a filled candle is flat at the close of the candle directly before its hole, has no volume and is marked as synthetic;
//! it never takes the place of a candle that is there; the ledger knows where holes were filled, and only there candles are removed.

use serde::{Deserialize, Serialize};
use types::{Candle, Interval, SeriesKey, TimeRange, Timestamp};

use crate::{CandleColumns, CandleStore, ExplainedGap, GapCause, StoreError, Take, explain};

/// How many candles are stored at once.
const AT_ONCE: usize = 100_000;
/// About how many are in memory at once to be counted.
const STRETCH: i64 = 525_600;

/// Which holes are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillRules {
    /// Whether to fill holes too of which nobody knows whether the exchange has candles there.
    pub unverified: bool,
    /// How many candles the largest hole may lack; any number unless given.
    pub longest: Option<u64>,
}

/// What a filling did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillReport {
    /// The series.
    #[serde(flatten)]
    pub series: SeriesKey,
    /// Candles made.
    pub filled: u64,
    /// Holes, or parts of holes with one cause, that were filled.
    pub holes: u64,
    /// Those that were left, in order of time.
    pub left: Vec<Unfilled>,
}

/// A hole that was not filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfilled {
    /// The hole, or the part of one that has one cause.
    #[serde(flatten)]
    pub hole: ExplainedGap,
    /// Why it was left.
    pub left_because: LeftBecause,
}

/// Why a hole was not filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBecause {
    /// The exchange may have candles there.
    NotVerified,
    /// It lacks more candles than allowed.
    TooLong,
    /// It begins where another one stays, so that nobody knows the price before it.
    NoPriceBefore,
}

/// Fills the holes of a series with flat candles.
///
/// # Errors
/// Those of the store; doing it again completes what was begun.
pub async fn fill(
    store: &dyn CandleStore,
    key: &SeriesKey,
    rules: FillRules,
) -> Result<FillReport, StoreError> {
    let holes = explain(key.interval, &store.gaps(key).await?, &store.ledger(key).await?);
    let mut report = FillReport { series: key.clone(), filled: 0, holes: 0, left: Vec::new() };
    let mut made = Vec::new();
    for hole in holes {
        match refuse(&hole, rules) {
            Some(left_because) => report.left.push(Unfilled { hole, left_because }),
            None => match candle_before(store, key, hole.gap.start, made.last()).await? {
                Some(before) => {
                    report.holes += 1;
                    for candle in flat(key.interval, hole.gap.start, hole.gap.end, &before) {
                        made.push(candle);
                        if made.len() == AT_ONCE {
                            report.filled += store.fill_in(key, std::mem::take(&mut made)).await?;
                        }
                    }
                }
                None => report.left.push(Unfilled { hole, left_because: LeftBecause::NoPriceBefore }),
            },
        }
    }
    report.filled += store.fill_in(key, made).await?;
    Ok(report)
}

/// Counts the candles of a series that filling made.
///
/// # Errors
/// Those of the store.
pub async fn count_filled(store: &dyn CandleStore, key: &SeriesKey) -> Result<u64, StoreError> {
    let filled = store.ledger(key).await?.filled;
    let (Some(first), Some(last)) = (filled.first(), filled.last()) else { return Ok(0) };
    let (mut count, mut start) = (0, first.start);
    while start < last.end {
        let end = start.plus_ms(key.interval.approximate_ms().saturating_mul(STRETCH)).min(last.end);
        let CandleColumns(stored) = store.exact_columns(key, TimeRange { start, end }).await?;
        count += (0..stored.len()).filter(|&row| stored.is_filled_in(row, &filled)).count() as u64;
        start = end;
    }
    Ok(count)
}

fn refuse(hole: &ExplainedGap, rules: FillRules) -> Option<LeftBecause> {
    if !rules.unverified && !matches!(hole.cause, GapCause::Outage { .. }) {
        return Some(LeftBecause::NotVerified);
    }
    rules.longest.is_some_and(|longest| hole.gap.missing > longest).then_some(LeftBecause::TooLong)
}

/// Returns the candle directly before `start`, be it made a moment ago or stored.
async fn candle_before(
    store: &dyn CandleStore,
    key: &SeriesKey,
    start: Timestamp,
    made: Option<&Candle>,
) -> Result<Option<Candle>, StoreError> {
    let is_before = |candle: &Candle| key.interval.next_open(candle.open_time) == start;
    if let Some(made) = made.filter(|made| is_before(made)) {
        return Ok(Some(made.clone()));
    }
    // Two intervals back: months differ in length.
    let back = start.plus_ms(-2 * key.interval.approximate_ms());
    let stored = store.candles(key, TimeRange { start: back, end: start }, Take::Last(1)).await?;
    Ok(stored.into_iter().map(|row| row.candle).find(|candle| is_before(candle)))
}

fn flat(
    interval: Interval,
    start: Timestamp,
    end: Timestamp,
    before: &Candle,
) -> impl Iterator<Item = Candle> + use<> {
    let (price, nothing) = (before.close, rust_decimal::Decimal::ZERO);
    let candle = move |open_time| Candle {
        open_time,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: nothing,
        quote_volume: Some(nothing),
        trades: Some(0),
        taker_buy_base: Some(nothing),
        taker_buy_quote: Some(nothing),
    };
    let opens = std::iter::successors(Some(start), move |at| Some(interval.next_open(*at)));
    opens.take_while(move |at| *at < end).map(candle)
}
