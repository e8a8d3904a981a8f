//! Downloads candles: pages from an exchange, appended to the store in batches.

use async_trait::async_trait;
use exchanges::{CandleSink, DownloadError, DownloadSummary, ExchangeError, Notice, SinkError, download};
use market_data::{AppendReport, CandleStore};
use serde::{Deserialize, Serialize};
use store::{Job, Level, Progress};
use tokio_util::sync::CancellationToken;
use types::{Candle, Provenance, SeriesKey, TimeRange, Timestamp};

use super::watch::{Stopped, Watch, outcome_of};
use crate::output::Kind;
use crate::wiring::{House, now};

/// Candles gathered before the store is touched: a year's file is rewritten per append, so few large ones are cheap.
const BATCH: usize = 20_000;

/// What a queued download does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct IngestJob {
    /// What to download.
    pub(crate) series: SeriesKey,
    /// First open time.
    pub(crate) start: Timestamp,
    /// First open time that no longer belongs to it; `None` goes up to the last closed candle.
    pub(crate) end: Option<Timestamp>,
}

/// What a download did.
#[derive(Debug, Serialize)]
pub(crate) struct IngestReport {
    /// What was downloaded.
    pub(crate) series: SeriesKey,
    /// What the exchange gave.
    pub(crate) download: DownloadSummary,
    /// What the store did with it.
    pub(crate) stored: AppendReport,
}

/// Downloads what is not stored yet of a stretch of a series.
pub(crate) async fn perform(
    house: &House,
    job: &IngestJob,
    watch: &dyn Watch,
    cancel: CancellationToken,
) -> Result<IngestReport, Stopped> {
    let exchange =
        house.exchanges.get(&job.series.exchange).map_err(|error| Stopped::failed(Kind::NotFound, error))?;
    let wanted = TimeRange { start: job.start, end: job.end.unwrap_or(TimeRange::ALL.end) };
    if wanted.is_empty() {
        return Err(Stopped::failed(
            Kind::Usage,
            format!("the range is empty: {} to {}", wanted.start, wanted.end),
        ));
    }
    if wanted.start >= now() {
        let message = format!("the start {} UTC lies in the future; choose an earlier one", wanted.start);
        return Err(Stopped::failed(Kind::Usage, message));
    }
    let store = house.candles.as_ref();
    let missing =
        missing(store, &job.series, wanted).await.map_err(|error| Stopped::failed(Kind::Failed, error))?;
    let interval = job.series.interval;
    let bars_of = |range: &TimeRange| interval.bars_between(range.start, range.end.min(now()));
    let mut sink = StoringSink {
        store,
        key: &job.series,
        provenance: exchange.provenance(),
        watch,
        waiting: Vec::new(),
        stored: AppendReport::default(),
        done_before: 0,
        expected: missing.iter().map(bars_of).sum(),
    };
    let mut total = DownloadSummary::default();
    for range in missing {
        let symbol = &job.series.symbol;
        let outcome = download(exchange.as_ref(), symbol, interval, range, &mut sink, cancel.clone()).await;
        // What has arrived is stored whatever ended the download: it need not be fetched again.
        let flushed = sink.flush().await;
        add(&mut total, &outcome.map_err(stopped)?);
        flushed.map_err(|error| Stopped::failed(Kind::Failed, error))?;
        sink.done_before += bars_of(&range);
    }
    Ok(IngestReport { series: job.series.clone(), download: total, stored: sink.stored })
}

/// Returns what is not stored of a stretch: before the first candle, in the holes, after the last.
async fn missing(
    store: &dyn CandleStore,
    key: &SeriesKey,
    wanted: TimeRange,
) -> Result<Vec<TimeRange>, market_data::StoreError> {
    let Some(summary) = store.summary(key).await? else { return Ok(vec![wanted]) };
    let before = TimeRange { start: TimeRange::ALL.start, end: summary.first };
    let holes = store.gaps(key).await?.into_iter().map(|gap| TimeRange { start: gap.start, end: gap.end });
    let after = TimeRange { start: key.interval.next_open(summary.last), end: TimeRange::ALL.end };
    let cut =
        |range: TimeRange| TimeRange { start: range.start.max(wanted.start), end: range.end.min(wanted.end) };
    // A stretch that has not begun holds nothing to ask for.
    Ok([before]
        .into_iter()
        .chain(holes)
        .chain([after])
        .map(cut)
        .filter(|range| !range.is_empty() && range.start < now())
        .collect())
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

/// Says in one line what a download did.
pub(crate) fn summary(report: &IngestReport) -> String {
    let stored = &report.stored;
    if stored.is_noop() && report.download.pages > 0 && report.download.candles == 0 {
        return format!("{}: the exchange has no candles in this range beside those stored", report.series);
    }
    if stored.is_noop() {
        return format!(
            "{}: nothing new; everything that the exchange has was stored already",
            report.series
        );
    }
    format!("{}: {} candles added, {} revised", report.series, stored.added, stored.revised)
}

fn stopped(error: DownloadError) -> Stopped {
    let kind = match &error {
        DownloadError::Cancelled { .. } => return Stopped::Cancelled,
        DownloadError::Exchange { source: ExchangeError::UnknownSymbol { .. }, .. } => Kind::NotFound,
        DownloadError::EmptyRange { .. } | DownloadError::InTheFuture { .. } => Kind::Usage,
        DownloadError::Exchange { .. } => Kind::Exchange,
        DownloadError::Sink { .. } => Kind::Failed,
    };
    Stopped::failed(kind, error)
}

/// Appends what arrives to the store, a batch at a time.
struct StoringSink<'a> {
    store: &'a dyn CandleStore,
    key: &'a SeriesKey,
    provenance: Provenance,
    watch: &'a dyn Watch,
    waiting: Vec<Candle>,
    stored: AppendReport,
    /// Bars of the stretches that are done.
    done_before: u64,
    /// Bars of all stretches.
    expected: u64,
}

impl StoringSink<'_> {
    async fn flush(&mut self) -> Result<(), market_data::StoreError> {
        if !self.waiting.is_empty() {
            let batch = std::mem::take(&mut self.waiting);
            self.stored.merge(self.store.append(self.key, batch, self.provenance).await?);
        }
        Ok(())
    }
}

#[async_trait]
impl CandleSink for StoringSink<'_> {
    async fn candles(&mut self, candles: Vec<Candle>) -> Result<(), SinkError> {
        self.waiting.extend(candles);
        if self.waiting.len() >= BATCH {
            self.flush().await.map_err(Box::new)?;
        }
        Ok(())
    }

    async fn notice(&mut self, notice: Notice) {
        let level = match &notice {
            Notice::UnfinishedDropped { .. } | Notice::StartsLater { .. } | Notice::EndsEarlier { .. } => {
                Level::Info
            }
            _ => Level::Warning,
        };
        self.watch.notice(level, notice.to_string()).await;
    }

    async fn progress(&mut self, progress: exchanges::Progress) {
        self.watch.progress(Progress {
            done: (self.done_before + progress.done_bars).min(self.expected),
            total: Some(self.expected),
            message: format!("{}: up to {} UTC", self.key, progress.up_to),
        });
    }
}

/// Does a job of the queue.
pub(super) async fn perform_queued(
    house: &House,
    job: &Job,
    watch: &dyn Watch,
    cancel: CancellationToken,
) -> Result<serde_json::Value, Stopped> {
    let work: IngestJob = serde_json::from_value(job.spec.clone()).map_err(|error| {
        Stopped::failed(Kind::Failed, format!("the job's specification cannot be read: {error}"))
    })?;
    let report = perform(house, &work, watch, cancel).await?;
    outcome_of(&report, summary(&report))
}
