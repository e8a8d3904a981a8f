//! Fetching what is not stored of a stretch, and asking a second time for what the exchange did not have.

use exchanges::{DownloadSummary, Exchange, download};
use market_data::{AppendReport, CandleStore, Gap, Ledger, Note, StoreError, Take};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use types::{SeriesKey, TimeRange, Timestamp};

use crate::observer::{IngestError, Observer, server_time};
use crate::sink::{RefusedRows, StoringSink};

/// Holes that one fill asks for a second time; what is left is asked for by the next one.
const RECHECKS: usize = 2000;

/// Bars of a stretch that is read rather than searched for in the list of all holes.
const SHORT: u64 = 5000;

/// What a fill did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FillReport {
    /// What the exchange gave.
    pub download: DownloadSummary,
    /// What the store did with it.
    pub stored: AppendReport,
    /// Rows of the exchange that were left out, by reason.
    pub refused: Vec<RefusedRows>,
    /// Stretches that the exchange was asked for twice and has no candles in.
    pub empty: Vec<TimeRange>,
    /// Every candle that opens before this is stored, or was asked for and does not exist.
    pub until: Timestamp,
}

/// Downloads what is neither stored nor known to be missing at the exchange of a stretch of a series.
///
/// # Errors
/// [`IngestError`]; what had arrived before is stored.
pub async fn fill(
    store: &dyn CandleStore,
    exchange: &dyn Exchange,
    key: &SeriesKey,
    wanted: TimeRange,
    observer: &dyn Observer,
    cancel: &CancellationToken,
) -> Result<FillReport, IngestError> {
    if wanted.is_empty() {
        return Err(IngestError::EmptyRange(wanted));
    }
    // What closes while this goes on is the next fill's.
    let now = server_time(exchange, observer, cancel).await?;
    if wanted.start >= now {
        return Err(IngestError::InTheFuture { start: wanted.start, now });
    }
    // The unfinished candle is asked for as well: that it was left out is said where it is seen.
    let asked_end = now.min(wanted.end);
    let grid = store.grid(key).await?;
    let end = grid.closed_end(asked_end);
    let wanted = TimeRange { start: grid.ceil(wanted.start.max(Timestamp::EPOCH)), end };
    let mut report = FillReport {
        download: DownloadSummary::default(),
        stored: AppendReport::default(),
        refused: Vec::new(),
        empty: Vec::new(),
        until: wanted.start,
    };
    let missing = missing(store, key, wanted).await?;
    let bars_of = |range: &TimeRange| grid.bars_between(range.start, range.end);
    let clock = exchange.clock();
    let expected = missing.iter().map(bars_of).sum();
    let mut sink = StoringSink::new(store, key, exchange.provenance(), &*clock, observer, expected);
    for range in missing {
        let asked = TimeRange { end: if range.end == end { asked_end } else { range.end }, ..range };
        let outcome = download(exchange, &key.symbol, grid, asked, &mut sink, cancel.clone()).await;
        // What has arrived is stored whatever ended the download: it need not be fetched again.
        let flushed = sink.flush().await;
        let part = outcome.map_err(IngestError::from)?;
        flushed?;
        add(&mut report.download, &part);
        sink.done_before += bars_of(&range);
        // An empty answer was asked for twice by the download itself.
        if part.candles == 0 && part.refused == 0 && range.end < end {
            note_empty(store, key, range, clock.now(), &mut report).await?;
        }
    }
    // What is left out a second time is the same.
    report.refused = std::mem::take(&mut sink.refused);
    recheck(store, exchange, key, wanted, &mut sink, &mut report, cancel).await?;
    report.stored = sink.stored;
    // What closed a moment ago may not be served yet: only a later candle proves that one does not exist.
    let last = store.candles(key, wanted, Take::Last(1)).await?.pop();
    report.until = last.map_or(wanted.start, |last| key.interval.next_open(last.candle.open_time));
    Ok(report)
}

/// Asks once more for the holes that are left.
async fn recheck(
    store: &dyn CandleStore,
    exchange: &dyn Exchange,
    key: &SeriesKey,
    wanted: TimeRange,
    sink: &mut StoringSink<'_>,
    report: &mut FillReport,
    cancel: &CancellationToken,
) -> Result<(), IngestError> {
    if report.download.pages == 0 {
        return Ok(());
    }
    let clock = exchange.clock();
    // The stretch after the last candle may still fill up: it is nobody's hole yet.
    let last = store.summary(key).await?.map_or(wanted.start, |summary| key.interval.next_open(summary.last));
    // The grid of a series that is new was not known when the stretch was cut to it.
    let grid = store.grid(key).await?;
    let settled = TimeRange { start: grid.ceil(wanted.start), end: wanted.end.min(last) };
    for range in missing(store, key, settled).await?.into_iter().take(RECHECKS) {
        let outcome = download(exchange, &key.symbol, grid, range, sink, cancel.clone()).await;
        let flushed = sink.flush().await;
        let part = outcome.map_err(IngestError::from)?;
        flushed?;
        report.download.pages += part.pages;
        report.download.candles += part.candles;
        if part.candles == 0 && part.refused == 0 {
            note_empty(store, key, range, clock.now(), report).await?;
        }
    }
    Ok(())
}

async fn note_empty(
    store: &dyn CandleStore,
    key: &SeriesKey,
    range: TimeRange,
    at: Timestamp,
    report: &mut FillReport,
) -> Result<(), StoreError> {
    report.empty.push(range);
    store.note(key, vec![Note::Empty { range, at }]).await
}

/// Returns what is neither stored nor known to be missing at the exchange: before the first candle, in the holes, after the last.
async fn missing(
    store: &dyn CandleStore,
    key: &SeriesKey,
    wanted: TimeRange,
) -> Result<Vec<TimeRange>, StoreError> {
    let ledger = store.ledger(key).await?;
    if key.interval.bars_between(wanted.start, wanted.end) <= SHORT {
        // A short stretch is read itself: a long series need not be searched for the holes of its last hour.
        let stored = store.candles(key, wanted, Take::All).await?;
        let mut holes = Vec::new();
        let mut start = wanted.start;
        for candle in stored {
            holes.push(TimeRange { start, end: candle.candle.open_time });
            start = key.interval.next_open(candle.candle.open_time);
        }
        holes.push(TimeRange { start, end: wanted.end });
        return Ok(holes.into_iter().flat_map(|hole| without_known(hole, &ledger)).collect());
    }
    let holes = match store.summary(key).await? {
        None => vec![TimeRange::ALL],
        Some(summary) => {
            let before = TimeRange { start: TimeRange::ALL.start, end: summary.first };
            let after = TimeRange { start: key.interval.next_open(summary.last), end: TimeRange::ALL.end };
            // A series is read for its holes only when the stretch reaches into it.
            let gaps = if wanted.start < after.start { store.gaps(key).await? } else { Vec::new() };
            let inside = gaps.iter().map(|gap: &Gap| TimeRange { start: gap.start, end: gap.end });
            [before].into_iter().chain(inside).chain([after]).collect()
        }
    };
    Ok(holes.into_iter().flat_map(|hole| without_known(cut(hole, wanted), &ledger)).collect())
}

fn cut(range: TimeRange, to: TimeRange) -> TimeRange {
    TimeRange { start: range.start.max(to.start), end: range.end.min(to.end) }
}

/// Takes what is known to be empty out of a stretch.
fn without_known(range: TimeRange, ledger: &Ledger) -> Vec<TimeRange> {
    let mut left = Vec::new();
    let mut start = range.start;
    for known in &ledger.empty {
        left.push(TimeRange { start, end: known.start.min(range.end) });
        start = start.max(known.end);
    }
    left.push(TimeRange { start, end: range.end });
    left.retain(|part| !part.is_empty());
    left
}

fn add(total: &mut DownloadSummary, part: &DownloadSummary) {
    total.candles += part.candles;
    total.first = total.first.or(part.first);
    total.last = part.last.or(total.last);
    total.missing += part.missing;
    total.gaps += part.gaps;
    total.refused += part.refused;
    total.pages += part.pages;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_to_be_empty_is_not_asked_for() {
        let range = |start, end| TimeRange { start: Timestamp::from_ms(start), end: Timestamp::from_ms(end) };
        let mut ledger = Ledger::default();
        assert_eq!(without_known(range(10, 20), &ledger), [range(10, 20)]);
        let empty = |start, end| Note::Empty { range: range(start, end), at: Timestamp::EPOCH };
        ledger.note([empty(0, 12), empty(15, 16), empty(19, 40), empty(50, 60)]);
        assert_eq!(without_known(range(10, 20), &ledger), [range(12, 15), range(16, 19)]);
        assert_eq!(without_known(range(0, 12), &ledger), []);
        assert_eq!(without_known(range(20, 10), &ledger), []);
    }
}
