//! Making coarser candles of finer ones that are stored: exact, on the calendar, marked as resampled.
//!
//! Invariants: a coarser candle is made of whole finer bars, all of them unless the caller asks for bars with holes too; a candle that
//! is there already is never overwritten, only compared; what touches a synthetic candle stays marked as synthetic. The work goes
//! stretch by stretch, so that memory does not grow with the series.

use serde::{Deserialize, Serialize};
use types::{Candle, Interval, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::columns::{Bucket, CandleColumns};
use crate::{AppendReport, CandleStore, Ledger, StoreError, Take};

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
    /// Coarser candles stored.
    pub added: u64,
    /// Coarser candles that were there already and say the same.
    pub confirmed: u64,
    /// Coarser candles that were there already and say something else; they were left as they are.
    pub differing: u64,
    /// Open times of the first ones that differ.
    pub differing_at: Vec<Timestamp>,
    /// Bars that lack finer candles only where the exchange is known to have none; they were made.
    pub outages: u64,
    /// Coarser bars of which finer ones are missing.
    pub incomplete: u64,
    /// Open times of the first ones that are incomplete.
    pub incomplete_at: Vec<Timestamp>,
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

/// Makes candles of the interval `to` out of the stored series `from`, for the bars that open in `range`.
///
/// # Errors
/// [`ResampleError`]; doing it again completes what was begun.
pub async fn resample(
    store: &dyn CandleStore,
    from: &SeriesKey,
    to: Interval,
    range: TimeRange,
    holes: Holes,
) -> Result<ResampleReport, ResampleError> {
    if from.interval == to || !from.interval.divides(to) {
        return Err(ResampleError::Intervals { fine: from.interval, coarse: to });
    }
    let stored = store.summary(from).await?.ok_or_else(|| ResampleError::Nothing(from.clone()))?;
    let mut work = Work {
        store,
        holes,
        ledger: store.ledger(from).await?,
        report: ResampleReport {
            from: from.clone(),
            to: SeriesKey { interval: to, ..from.clone() },
            read: 0,
            added: 0,
            confirmed: 0,
            differing: 0,
            differing_at: Vec::new(),
            outages: 0,
            incomplete: 0,
            incomplete_at: Vec::new(),
        },
    };
    let mut start = to.floor(stored.first.max(range.start));
    if start < range.start {
        start = to.next_open(start);
    }
    let end = stored.last.plus_ms(1).min(range.end);
    while start < end {
        let mut next = to.floor(start.plus_ms(from.interval.approximate_ms().saturating_mul(STRETCH)));
        if next <= start {
            next = to.next_open(start);
        }
        work.stretch(TimeRange { start, end: next.min(to.ceil(end)) }).await?;
        start = next;
    }
    if work.report.read == 0 {
        return Err(ResampleError::Nothing(from.clone()));
    }
    Ok(work.report)
}

struct Work<'a> {
    store: &'a dyn CandleStore,
    holes: Holes,
    /// What is known about the finer series: where its exchange has nothing.
    ledger: Ledger,
    report: ResampleReport,
}

impl Work<'_> {
    /// Resamples a stretch that begins and ends where coarser bars open.
    async fn stretch(&mut self, range: TimeRange) -> Result<(), ResampleError> {
        let (from, to) = (self.report.from.clone(), self.report.to.clone());
        let CandleColumns(fine) = self.store.exact_columns(&from, range).await?;
        self.report.read += fine.len() as u64;
        let mut buckets = fine.buckets(to.interval);
        buckets.retain(|bucket| self.is_wanted(bucket, &fine.open_time[bucket.rows.clone()], from.interval));
        let coarse = fine
            .coarsen(&buckets)
            .map_err(|error| ResampleError::TooLarge { to: to.interval, at: error.open })?;
        let there = self.store.candles(&to, range, Take::All).await?;
        let (mut resampled, mut synthetic) = (Vec::new(), Vec::new());
        for row in 0..coarse.len() {
            let at = Timestamp::from_ms(coarse.open_time[row]);
            let made = coarse.candle(row).ok_or(ResampleError::TooLarge { to: to.interval, at })?;
            if let Ok(found) = there.binary_search_by_key(&at, |row| row.candle.open_time) {
                self.compare(&made.candle, &there[found].candle);
            } else if made.provenance == Provenance::Synthetic {
                synthetic.push(made.candle);
            } else {
                resampled.push(made.candle);
            }
        }
        for (candles, provenance) in [(resampled, Provenance::Resampled), (synthetic, Provenance::Synthetic)]
        {
            let AppendReport { added, .. } = self.store.append(&to, candles, provenance).await?;
            self.report.added += added;
        }
        Ok(())
    }

    fn is_wanted(&mut self, bucket: &Bucket, open_times: &[i64], fine: Interval) -> bool {
        if bucket.rows.len() as u64 == fine.bars_between(bucket.open, bucket.close) {
            return true;
        }
        // Where nothing was traded the bar is whole, however many finer ones it lacks.
        if holes_in(bucket, open_times, fine).all(|hole| self.ledger.is_empty_there(hole)) {
            self.report.outages += 1;
            return true;
        }
        self.report.incomplete += 1;
        if self.report.incomplete_at.len() < EXAMPLES {
            self.report.incomplete_at.push(bucket.open);
        }
        self.holes == Holes::Accept
    }

    /// What only one of the two says (a six-column file) is no difference.
    fn compare(&mut self, made: &Candle, there: &Candle) {
        let prices = |candle: &Candle| [candle.open, candle.high, candle.low, candle.close, candle.volume];
        let agree = |left: Option<_>, right: Option<_>| left.is_none() || right.is_none() || left == right;
        if prices(made) == prices(there)
            && (made.trades.is_none() || there.trades.is_none() || made.trades == there.trades)
            && agree(made.quote_volume, there.quote_volume)
            && agree(made.taker_buy_base, there.taker_buy_base)
            && agree(made.taker_buy_quote, there.taker_buy_quote)
        {
            self.report.confirmed += 1;
            return;
        }
        self.report.differing += 1;
        if self.report.differing_at.len() < EXAMPLES {
            self.report.differing_at.push(made.open_time);
        }
    }
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
