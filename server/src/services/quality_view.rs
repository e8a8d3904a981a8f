//! How far series can be trusted, what is missing in them and why, and repairs.

use app::AppError;
use app::data::model::{CoverageView, FlatView, QualityView, RefusalView, RevisionView};
use app::markets::model::{GapCauseView, GapView};
use market_data::{
    CandleStore, ExplainedGap, FillRules, FlatRun, Gap, GapCause, Ledger, Quality, RevisedCandle,
    count_filled, explain, fill,
};
use store::{JobKind, NewJob, Role};
use types::{Candle, JobId, SeriesKey};

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use crate::jobs::{News, RepairJob, What, is_written};
use crate::wiring::now;

/// More holes than a page shows.
const MOST_GAPS: usize = 500;
/// Stretches without a trade, revisions and refusals that a page shows of each.
const MOST_ROWS: usize = 20;

/// What takes a look at every candle of a series; worked out once until it changes.
#[derive(Debug, Clone)]
pub(crate) struct SeriesQuality {
    quality: Quality,
    /// Candles that were filled in on request.
    filled: u64,
}

impl RequestServices {
    pub(super) async fn quality(&self, key: &SeriesKey) -> Result<QualityView, AppError> {
        let user = self.signed_in().await?;
        let candles = self.shared.house.candles.as_ref();
        let summary = candles.summary(key).await.map_err(internal)?;
        let summary = summary.ok_or_else(|| AppError::not_found("series"))?;
        let measured = self.shared.series_quality.get(&summary, measure(candles, key));
        let SeriesQuality { quality, filled } = measured.await.map_err(internal)?;
        let months = self.facts_of(&summary).await?.months;
        let ledger = candles.ledger(key).await.map_err(internal)?;
        let gaps = explain(key.interval, &quality.gaps, &ledger);
        let missing_at_exchange = missing(&gaps, |cause| matches!(cause, GapCause::Outage { .. }));
        let missing_here = missing(&gaps, |cause| !matches!(cause, GapCause::Outage { .. }));
        let skipped = gaps.len().saturating_sub(MOST_GAPS);
        Ok(QualityView {
            key: key.clone(),
            rows: quality.rows,
            months,
            gaps: gaps[skipped..].iter().map(gap).collect(),
            missing_at_exchange,
            missing_here,
            filled,
            may_fill: user.role == Role::Admin,
            flat: quality.flat,
            flat_runs: longest(quality.flat_runs),
            revised: ledger.revised_candles,
            refused: ledger.rejected_rows,
            revisions: revisions(&ledger),
            refusals: refusals(&ledger),
        })
    }

    pub(super) async fn all_coverage(&self) -> Result<Vec<CoverageView>, AppError> {
        self.signed_in().await?;
        let facts = self.all_facts().await?.into_iter();
        Ok(facts.map(|facts| CoverageView { key: facts.view.key, months: facts.months }).collect())
    }

    pub(super) async fn queue_repair(
        &self,
        key: &SeriesKey,
        recheck_outages: bool,
    ) -> Result<JobId, AppError> {
        let user = self.signed_in().await?;
        if let Err(message) = self.shared.house.exchanges.get(&key.exchange) {
            return Err(invalid("series", message));
        }
        if self.shared.house.candles.summary(key).await.map_err(internal)?.is_none() {
            return Err(AppError::not_found("series"));
        }
        let work = RepairJob { series: key.clone(), recheck_outages };
        let spec = serde_json::to_value(work).map_err(internal)?;
        let new = NewJob { kind: JobKind::Repair, title: format!("Repair {key}"), spec };
        let job = self.shared.store.enqueue_job(user.id, new, now()).await.map_err(from_store)?;
        self.shared.queued(&job);
        Ok(job.id)
    }

    pub(super) async fn fill(&self, key: &SeriesKey) -> Result<u64, AppError> {
        self.may_change(key).await?;
        let candles = self.shared.house.candles.as_ref();
        if candles.summary(key).await.map_err(internal)?.is_none() {
            return Err(AppError::not_found("series"));
        }
        let rules = FillRules { unverified: false, longest: None };
        let report = fill(candles, key, rules).await.map_err(internal)?;
        self.shared.tell(News::to_all(What::Series(key.clone())));
        Ok(report.filled)
    }

    pub(super) async fn unfill(&self, key: &SeriesKey) -> Result<u64, AppError> {
        self.may_change(key).await?;
        let removed = self.shared.house.candles.remove_filled(key).await.map_err(internal)?;
        self.shared.tell(News::to_all(What::Series(key.clone())));
        Ok(removed)
    }

    /// Refuses whoever is no administrator, and everybody while a job writes to the series.
    pub(super) async fn may_change(&self, key: &SeriesKey) -> Result<(), AppError> {
        if self.signed_in().await?.role != Role::Admin {
            return Err(AppError::Forbidden);
        }
        if is_written(self.shared.store.as_ref(), key).await.map_err(from_store)? {
            return Err(AppError::Conflict {
                message: format!(
                    "An import or download of {key} is under way. Wait until it ends, or cancel it first."
                ),
            });
        }
        Ok(())
    }
}

async fn measure(
    candles: &dyn CandleStore,
    key: &SeriesKey,
) -> Result<SeriesQuality, market_data::StoreError> {
    let quality = candles.quality(key).await?;
    Ok(SeriesQuality { quality, filled: count_filled(candles, key).await? })
}

fn missing(gaps: &[ExplainedGap], counts: impl Fn(&GapCause) -> bool) -> u64 {
    gaps.iter().filter(|part| counts(&part.cause)).map(|part| part.gap.missing).sum()
}

fn gap(part: &ExplainedGap) -> GapView {
    let cause = match &part.cause {
        GapCause::Outage { checked_at } => GapCauseView::Outage(checked_at.as_ms()),
        GapCause::Rejected { reason, .. } => GapCauseView::Rejected(reason.clone()),
        GapCause::NotFetched => GapCauseView::NotFetched,
    };
    let Gap { start, end, missing } = part.gap;
    GapView { start_ms: start.as_ms(), end_ms: end.as_ms(), missing, cause }
}

fn longest(mut runs: Vec<FlatRun>) -> Vec<FlatView> {
    runs.sort_by_key(|run| std::cmp::Reverse(run.bars));
    let view =
        |run: &FlatRun| FlatView { start_ms: run.start.as_ms(), end_ms: run.end.as_ms(), candles: run.bars };
    runs.iter().take(MOST_ROWS).map(view).collect()
}

fn revisions(ledger: &Ledger) -> Vec<RevisionView> {
    let view = |revised: &RevisedCandle| RevisionView {
        open_ms: revised.now.open_time.as_ms(),
        seen_ms: revised.at.as_ms(),
        changes: changes(&revised.was, &revised.now),
    };
    ledger.revised.iter().rev().take(MOST_ROWS).map(view).collect()
}

fn refusals(ledger: &Ledger) -> Vec<RefusalView> {
    let latest = ledger.rejected.iter().rev().take(MOST_ROWS);
    latest.map(|row| RefusalView { open_ms: row.open_time.as_ms(), reason: row.reason.clone() }).collect()
}

/// Says which values differ.
fn changes(was: &Candle, now: &Candle) -> String {
    let columns = [
        ("open", was.open, now.open),
        ("high", was.high, now.high),
        ("low", was.low, now.low),
        ("close", was.close, now.close),
        ("volume", was.volume, now.volume),
    ];
    let differing = columns.iter().filter(|(_, was, now)| was != now);
    let texts: Vec<String> = differing
        .map(|(name, was, now)| format!("{name} {} → {}", was.normalize(), now.normalize()))
        .collect();
    if texts.is_empty() { "quote amounts or trades".to_owned() } else { texts.join(", ") }
}
