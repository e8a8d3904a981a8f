//! Making coarser candles of finer ones that are stored: exact, on the grid of the coarser series, marked as resampled.
//!
//! Invariants: a coarser candle is made of whole finer bars, all of them unless the caller asks for bars with holes too; none is made
//! that closes after the last finer candle or after now, nor the first one where the finer candles begin in its middle. What was
//! resampled before is made again when the candles below it changed; what was published or imported is compared and left. What
//! touches a synthetic candle stays marked as synthetic. The work goes stretch by stretch, so that memory does not grow with the series.

use serde::{Deserialize, Serialize};
use types::{Candle, Grid, Interval, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::columns::{Bucket, CandleColumns};
use crate::{CandleStore, Ledger, StoreError, StoredCandle, Take};

/// About how many finer candles are in memory at once: a year of minutes, in columns some forty megabytes.
const STRETCH: i64 = 525_600;
/// How many examples of incomplete and of differing bars a report names.
const EXAMPLES: usize = 20;

/// What to do with a coarser bar of which some finer bars are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holes {
    /// Leave it out: it may be wrong.
    LeaveOut,
    /// Make it of what is there: right where the exchange was out, when nothing was traded.
    Accept,
}

/// What a resampling did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResampleReport {
    /// The finer series.
    pub from: SeriesKey,
    /// The coarser series.
    pub to: SeriesKey,
    /// Finer candles read.
    pub read: u64,
    /// Coarser candles that were made and were not there before.
    pub added: u64,
    /// Coarser candles that were resampled before and were made again, because the candles below them changed.
    pub remade: u64,
    /// Coarser candles that were there already and say the same.
    pub confirmed: u64,
    /// Coarser candles that were not made here and say something else; they were left as they are.
    pub differing: u64,
    /// Open times of the first ones that differ.
    pub differing_at: Vec<Timestamp>,
    /// Bars that lack finer candles only where the exchange is known to have none; they were made.
    pub outages: u64,
    /// Coarser bars of which finer ones are missing.
    pub incomplete: u64,
    /// Open times of the first ones that are incomplete.
    pub incomplete_at: Vec<Timestamp>,
    /// Open time of the bar that was not made because the finer candles begin in its middle.
    pub begins_inside: Option<Timestamp>,
    /// Open time of the bar that was not made because it closes after the last finer candle, or after now.
    pub unfinished: Option<Timestamp>,
}

/// Why a series cannot be resampled.
#[derive(Debug, thiserror::Error)]
pub enum ResampleError {
    /// The intervals do not fit into one another.
    #[error("{coarse} bars do not consist of whole {fine} bars; resample from one of {}", finer(*.coarse))]
    Intervals {
        /// The finer interval.
        fine: Interval,
        /// The coarser one.
        coarse: Interval,
    },
    /// Nothing to resample.
    #[error("no candles of {0} are stored in this range")]
    Nothing(SeriesKey),
    /// The volumes or trades of one bar add up to more than a store keeps.
    #[error(
        "the volumes or trades of the {to} bar that opens at {at} add up to more digits than a candle keeps"
    )]
    TooLarge {
        /// The coarser interval.
        to: Interval,
        /// The bar's open time.
        at: Timestamp,
    },
    /// The store failed; what was made before is stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn finer(coarse: Interval) -> String {
    let names: Vec<&str> = Interval::ALL
        .into_iter()
        .filter(|fine| *fine != coarse && fine.divides(coarse))
        .map(Interval::as_str)
        .collect();
    names.join(", ")
}

/// Makes candles of the interval `to` out of the stored series `from`, for the bars that open in `range` and have closed by `now`.
///
/// Three-day bars and weeks follow the coarser series where it has candles; otherwise weeks open on Monday, and three-day bars are
/// counted from the day of the first finer candle.
///
/// # Errors
/// [`ResampleError`]; doing it again completes what was begun.
pub async fn resample(
    store: &dyn CandleStore,
    from: &SeriesKey,
    to: Interval,
    range: TimeRange,
    holes: Holes,
    now: Timestamp,
) -> Result<ResampleReport, ResampleError> {
    if from.interval == to || !from.interval.divides(to) {
        return Err(ResampleError::Intervals { fine: from.interval, coarse: to });
    }
    let stored = store.summary(from).await?.ok_or_else(|| ResampleError::Nothing(from.clone()))?;
    let coarse = SeriesKey { interval: to, ..from.clone() };
    let grid = store.grid(&coarse).await?.or_from(stored.first);
    let mut work = Work {
        store,
        grid,
        holes,
        ledger: store.ledger(from).await?,
        first: stored.first,
        closed_by: from.interval.next_open(stored.last).min(now),
        report: ResampleReport {
            from: from.clone(),
            to: coarse,
            read: 0,
            added: 0,
            remade: 0,
            confirmed: 0,
            differing: 0,
            differing_at: Vec::new(),
            outages: 0,
            incomplete: 0,
            incomplete_at: Vec::new(),
            begins_inside: None,
            unfinished: None,
        },
    };
    let mut start = grid.floor(stored.first.max(range.start));
    if start < range.start {
        start = to.next_open(start);
    }
    let end = stored.last.plus_ms(1).min(range.end);
    while start < end {
        let mut next = grid.floor(start.plus_ms(from.interval.approximate_ms().saturating_mul(STRETCH)));
        if next <= start {
            next = to.next_open(start);
        }
        work.stretch(TimeRange { start, end: next.min(grid.ceil(end)) }).await?;
        start = next;
    }
    if work.report.read == 0 {
        return Err(ResampleError::Nothing(from.clone()));
    }
    Ok(work.report)
}

struct Work<'a> {
    store: &'a dyn CandleStore,
    /// Where coarser bars open.
    grid: Grid,
    holes: Holes,
    /// What is known about the finer series: where its exchange has nothing.
    ledger: Ledger,
    /// Open time of the first finer candle.
    first: Timestamp,
    /// When the last bar that is made closes at the latest.
    closed_by: Timestamp,
    report: ResampleReport,
}

/// What the finer candles of a coarser bar are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// All are there, or the exchange has no others.
    Whole,
    /// Some are missing in the middle or at the end.
    Holed,
    /// The bar may not be made.
    None,
}

impl Work<'_> {
    /// Resamples a stretch that begins and ends where coarser bars open.
    async fn stretch(&mut self, range: TimeRange) -> Result<(), ResampleError> {
        let (from, to) = (self.report.from.clone(), self.report.to.clone());
        let CandleColumns(fine) = self.store.exact_columns(&from, range).await?;
        self.report.read += fine.len() as u64;
        let (mut buckets, mut worth) = (Vec::new(), Vec::new());
        for bucket in fine.buckets(self.grid) {
            let is_worth = self.weigh(&bucket, &fine.open_time[bucket.rows.clone()], from.interval);
            if is_worth != Worth::None {
                worth.push(is_worth);
                buckets.push(bucket);
            }
        }
        let coarse = fine
            .coarsen(&buckets)
            .map_err(|error| ResampleError::TooLarge { to: to.interval, at: error.open })?;
        let there = self.store.candles(&to, range, Take::All).await?;
        let (mut resampled, mut synthetic) = (Vec::new(), Vec::new());
        for (row, worth) in worth.into_iter().enumerate() {
            let at = Timestamp::from_ms(coarse.open_time[row]);
            let made = coarse.candle(row).ok_or(ResampleError::TooLarge { to: to.interval, at })?;
            let found = there.binary_search_by_key(&at, |row| row.candle.open_time).ok();
            if self.is_stored(&made, found.map(|found| &there[found]), worth) {
                let candles =
                    if made.provenance == Provenance::Synthetic { &mut synthetic } else { &mut resampled };
                candles.push(made.candle);
            }
        }
        for (candles, provenance) in [(resampled, Provenance::Resampled), (synthetic, Provenance::Synthetic)]
        {
            let stored = self.store.append(&to, candles, provenance).await?;
            self.report.added += stored.added;
            self.report.remade += stored.revised + stored.enriched;
        }
        Ok(())
    }

    /// Looks at the finer candles of a bar.
    fn weigh(&mut self, bucket: &Bucket, open_times: &[i64], fine: Interval) -> Worth {
        if bucket.close > self.closed_by {
            self.report.unfinished.get_or_insert(bucket.open);
            return Worth::None;
        }
        if bucket.rows.len() as u64 == fine.bars_between(bucket.open, bucket.close) {
            return Worth::Whole;
        }
        // Where nothing was traded the bar is whole, however many finer ones it lacks.
        if holes_in(bucket, open_times, fine).all(|hole| self.ledger.is_empty_there(hole)) {
            self.report.outages += 1;
            return Worth::Whole;
        }
        let before = TimeRange { start: bucket.open, end: self.first };
        if !before.is_empty() && !self.ledger.is_empty_there(before) {
            self.report.begins_inside = Some(bucket.open);
            return Worth::None;
        }
        self.report.incomplete += 1;
        if self.report.incomplete_at.len() < EXAMPLES {
            self.report.incomplete_at.push(bucket.open);
        }
        Worth::Holed
    }

    /// Says whether a bar that was made is to be stored, given the candle that is there, and counts those that are not.
    fn is_stored(&mut self, made: &StoredCandle, there: Option<&StoredCandle>, worth: Worth) -> bool {
        let Some(there) = there else { return worth == Worth::Whole || self.holes == Holes::Accept };
        let is_ours = match there.provenance {
            // It may have been made with holes before; now it is made of more.
            Provenance::Resampled => true,
            // It may have been published by a demo market: nothing worse takes its place.
            Provenance::Synthetic => worth == Worth::Whole,
            Provenance::Exchange | Provenance::Imported | Provenance::Repaired => false,
        };
        if !is_ours && worth == Worth::Holed && self.holes == Holes::LeaveOut {
            return false;
        }
        let is_same = says_the_same(&made.candle, &there.candle);
        if is_ours {
            let is_known =
                is_same && made.provenance == there.provenance && !says_more(&made.candle, &there.candle);
            self.report.confirmed += u64::from(is_known);
            return !is_known;
        }
        if is_same {
            self.report.confirmed += 1;
            return false;
        }
        self.report.differing += 1;
        if self.report.differing_at.len() < EXAMPLES {
            self.report.differing_at.push(made.candle.open_time);
        }
        false
    }
}

/// Returns whether two candles agree; what only one of them says (a six-column file) is no difference.
fn says_the_same(made: &Candle, there: &Candle) -> bool {
    let prices = |candle: &Candle| [candle.open, candle.high, candle.low, candle.close, candle.volume];
    let agree = |left: Option<_>, right: Option<_>| left.is_none() || right.is_none() || left == right;
    prices(made) == prices(there)
        && (made.trades.is_none() || there.trades.is_none() || made.trades == there.trades)
        && agree(made.quote_volume, there.quote_volume)
        && agree(made.taker_buy_base, there.taker_buy_base)
        && agree(made.taker_buy_quote, there.taker_buy_quote)
}

/// Returns whether a candle has a value that the other one lacks.
fn says_more(made: &Candle, there: &Candle) -> bool {
    let more = |made: Option<_>, there: Option<_>| made.is_some() && there.is_none();
    more(made.quote_volume, there.quote_volume)
        || (made.trades.is_some() && there.trades.is_none())
        || more(made.taker_buy_base, there.taker_buy_base)
        || more(made.taker_buy_quote, there.taker_buy_quote)
}

/// Returns the stretches of a coarser bar in which it lacks finer ones.
fn holes_in<'a>(
    bucket: &Bucket,
    open_times: &'a [i64],
    fine: Interval,
) -> impl Iterator<Item = TimeRange> + use<'a> {
    let ends = open_times.iter().copied().map(Timestamp::from_ms).chain([bucket.close]);
    let mut start = bucket.open;
    ends.filter_map(move |end| {
        let hole = TimeRange { start, end };
        start = fine.next_open(end);
        (!hole.is_empty()).then_some(hole)
    })
}
