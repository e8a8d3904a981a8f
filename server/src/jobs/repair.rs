//! Repairs a series: asks the exchange again for what is missing in it.

use ingest::RepairReport;
use market_data::GapCause;
use serde::{Deserialize, Serialize};
use store::Job;
use tokio_util::sync::CancellationToken;
use types::SeriesKey;

use super::ingest::left_out;
use super::observing::{Observing, stopped};
use super::watch::{Stopped, Watch, outcome_of};
use crate::output::Kind;
use crate::wiring::House;

/// What a queued repair does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RepairJob {
    /// What to repair.
    pub(crate) series: SeriesKey,
    /// Whether to ask again for what the exchange is known not to have.
    pub(crate) recheck_outages: bool,
}

/// Asks for what is missing between the first and the last candle.
pub(crate) async fn perform(
    house: &House,
    job: &RepairJob,
    watch: &dyn Watch,
    cancel: CancellationToken,
) -> Result<RepairReport, Stopped> {
    let exchange =
        house.exchanges.get(&job.series.exchange).map_err(|error| Stopped::failed(Kind::NotFound, error))?;
    let exchange = exchange.prioritised(exchanges::Priority::Repair);
    let store = house.candles.as_ref();
    let known = store.summary(&job.series).await.map_err(|error| Stopped::failed(Kind::Failed, error))?;
    if known.is_none() {
        let message = format!("no candles of {} are stored; `crypto data list` shows what is", job.series);
        return Err(Stopped::failed(Kind::NotFound, message));
    }
    let observer = Observing(watch);
    ingest::repair(store, exchange.as_ref(), &job.series, job.recheck_outages, &observer, &cancel)
        .await
        .map_err(stopped)
}

/// Says in one line what a repair did.
pub(crate) fn summary(series: &SeriesKey, report: &RepairReport) -> String {
    let replaced = match report.stored.revised {
        0 => String::new(),
        count => format!("; {count} stored ones replaced by the exchange's"),
    };
    let refused =
        report.refused.iter().map(|rows| format!("; {}", left_out(rows))).collect::<Vec<_>>().concat();
    if report.missing_before == 0 && replaced.is_empty() && refused.is_empty() {
        return format!("{series}: nothing is missing");
    }
    let outages = report.left.iter().filter(|part| matches!(part.cause, GapCause::Outage { .. }));
    let at_exchange: u64 = outages.map(|part| part.gap.missing).sum();
    let left: u64 = report.left.iter().map(|part| part.gap.missing).sum();
    let fetched = report.stored.added;
    let at_exchange_text = match at_exchange {
        0 => String::new(),
        count => format!("; {count} do not exist at the exchange"),
    };
    let left_text = match left - at_exchange {
        0 => String::new(),
        count => format!("; {count} are still missing"),
    };
    format!(
        "{series}: {fetched} of {} missing candles fetched{replaced}{at_exchange_text}{left_text}{refused}",
        report.missing_before
    )
}

/// Does a job of the queue.
pub(super) async fn perform_queued(
    house: &House,
    job: &Job,
    watch: &dyn Watch,
    cancel: CancellationToken,
) -> Result<serde_json::Value, Stopped> {
    let work: RepairJob = serde_json::from_value(job.spec.clone()).map_err(|error| {
        Stopped::failed(Kind::Failed, format!("the job's specification cannot be read: {error}"))
    })?;
    let report = perform(house, &work, watch, cancel).await?;
    outcome_of(&report, summary(&work.series, &report))
}
