//! Downloads candles: what is missing of a stretch, fetched and stored.

use exchanges::{DownloadSummary, Exchange, Priority};
use ingest::RefusedRows;
use market_data::AppendReport;
use serde::{Deserialize, Serialize};
use store::{Job, Level};
use tokio_util::sync::CancellationToken;
use types::{SeriesKey, TimeRange, Timestamp};

use super::observing::{Observing, stopped};
use super::watch::{Stopped, Watch, outcome_of};
use crate::output::Kind;
use crate::wiring::{House, now};

/// A download that takes less of a minute's budget is over before anybody has read about it.
const WORTH_TELLING_MS: u64 = 30_000;

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
    /// Rows of the exchange that were left out, by reason.
    pub(crate) refused: Vec<RefusedRows>,
    /// Stretches that the exchange has no candles in, asked twice.
    pub(crate) empty: u64,
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
    if wanted.start >= now() {
        let message = format!("the start {} UTC lies in the future; choose an earlier one", wanted.start);
        return Err(Stopped::failed(Kind::Usage, message));
    }
    let store = house.candles.as_ref();
    tell_cost(exchange.as_ref(), job, wanted, watch).await;
    let report =
        ingest::fill(store, exchange.as_ref(), &job.series, wanted, &Observing(watch), &cancel).await;
    let ingest::FillReport { download, stored, refused, empty, .. } = report.map_err(stopped)?;
    let report =
        IngestReport { series: job.series.clone(), download, stored, refused, empty: empty.len() as u64 };
    let known = store.summary(&job.series).await.map_err(|error| Stopped::failed(Kind::Failed, error))?;
    if known.is_none() && !report.refused.is_empty() {
        return Err(Stopped::failed(Kind::Refused, summary(&report)));
    }
    Ok(report)
}

/// Says beforehand what a long download will take of the request budget.
async fn tell_cost(exchange: &dyn Exchange, job: &IngestJob, wanted: TimeRange, watch: &dyn Watch) {
    let cost = exchange.forecast(job.series.interval, wanted, Priority::Backfill).await;
    if cost.duration_ms > WORTH_TELLING_MS {
        watch.notice(Level::Info, format!("This takes {cost} at most.")).await;
    }
}

/// Says in one line what a download did, and how many rows were left out for which reasons.
pub(crate) fn summary(report: &IngestReport) -> String {
    let IngestReport { series, download, stored, refused, .. } = report;
    let first = if !stored.is_noop() {
        format!("{series}: {} candles added, {} revised", stored.added, stored.revised)
    } else if !refused.is_empty() {
        format!("{series}: no candle added")
    } else if download.pages > 0 && download.candles == 0 {
        format!("{series}: the exchange has no closed candles in this range beside those stored")
    } else {
        format!("{series}: nothing new; everything that the exchange has was stored already")
    };
    let mut lines = vec![first];
    lines.extend(refused.iter().map(left_out));
    lines.join("; ")
}

/// Says how many rows were left out for one reason.
pub(crate) fn left_out(RefusedRows { rows, first, reason }: &RefusedRows) -> String {
    match rows {
        1 => format!("1 row that the exchange sent, of {first} UTC, was left out: {reason}"),
        _ => format!("{rows} rows that the exchange sent, the first of {first} UTC, were left out: {reason}"),
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
