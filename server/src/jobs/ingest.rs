//! Downloads candles: pages from an exchange, appended to the store in batches.

use async_trait::async_trait;
use exchanges::{CandleSink, DownloadError, DownloadSummary, ExchangeError, Notice, SinkError, download};
use market_data::{AppendReport, CandleStore};
use serde::{Deserialize, Serialize};
use store::{Job, Level, Progress};
use tokio_util::sync::CancellationToken;
use types::{Candle, Provenance, SeriesKey, TimeRange, Timestamp};

use super::watch::{Stopped, Watch};
use crate::output::Kind;
use crate::wiring::House;

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

/// Downloads a stretch of a series.
pub(crate) async fn perform(
    house: &House,
    job: &IngestJob,
    watch: &dyn Watch,
    cancel: CancellationToken,
) -> Result<IngestReport, Stopped> {
    let exchange = house.exchanges.get(&job.series.exchange).map_err(|error| Stopped::failed(Kind::NotFound, error))?;
    let range = TimeRange { start: job.start, end: job.end.unwrap_or(TimeRange::ALL.end) };
    let mut sink = StoringSink {
        store: house.candles.as_ref(),
        key: &job.series,
        provenance: exchange.provenance(),
        watch,
        waiting: Vec::new(),
        stored: AppendReport::default(),
    };
    let outcome =
        download(exchange.as_ref(), &job.series.symbol, job.series.interval, range, &mut sink, cancel).await;
    // What has arrived is stored whatever ended the download: it need not be fetched again.
    let flushed = sink.flush().await;
    let download = outcome.map_err(stopped)?;
    flushed.map_err(|error| Stopped::failed(Kind::Failed, error))?;
    Ok(IngestReport { series: job.series.clone(), download, stored: sink.stored })
}

/// Says in one line what a download did.
pub(crate) fn summary(report: &IngestReport) -> String {
    let stored = &report.stored;
    if stored.is_noop() {
        return format!("{}: nothing new, {} candles were stored already", report.series, stored.unchanged);
    }
    format!(
        "{}: {} candles added, {} were stored already, {} revised",
        report.series, stored.added, stored.unchanged, stored.revised
    )
}

fn stopped(error: DownloadError) -> Stopped {
    let kind = match &error {
        DownloadError::Cancelled { .. } => return Stopped::Cancelled,
        DownloadError::Exchange { source: ExchangeError::UnknownSymbol { .. }, .. } => Kind::NotFound,
        DownloadError::EmptyRange { .. } | DownloadError::InTheFuture { .. } => Kind::Usage,
        DownloadError::Exchange { .. } => Kind::Exchange,
        _ => Kind::Failed,
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
            Notice::UnfinishedDropped { .. } | Notice::StartsLater { .. } | Notice::EndsEarlier { .. } => Level::Info,
            _ => Level::Warning,
        };
        self.watch.notice(level, notice.to_string()).await;
    }

    async fn progress(&mut self, progress: exchanges::Progress) {
        self.watch.progress(Progress {
            done: progress.done_bars,
            total: Some(progress.expected_bars),
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
    let work: IngestJob = serde_json::from_value(job.spec.clone())
        .map_err(|error| Stopped::failed(Kind::Failed, format!("the job's specification cannot be read: {error}")))?;
    let report = perform(house, &work, watch, cancel).await?;
    watch.notice(Level::Info, summary(&report)).await;
    serde_json::to_value(&report).map_err(|error| Stopped::failed(Kind::Failed, error))
}
