//! Imports files: the market-data crate does the work, this says what came of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use market_data::StoreError;
use market_data::import::{ImportError, ImportOptions, ImportPhase, ImportReport, run};
use serde::{Deserialize, Serialize};
use store::{Job, Level, Progress};
use tokio_util::sync::CancellationToken;
use types::{Provenance, SeriesKey};

use super::uploads::delete_uploads;
use super::watch::{Stopped, Watch, outcome_of};
use crate::output::Kind;
use crate::wiring::{House, now};

/// What a queued import does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ImportJob {
    /// The series the files belong to.
    pub(crate) series: SeriesKey,
    /// The uploaded files. They are deleted once the job is done, with the folder they lie in.
    pub(crate) files: Vec<PathBuf>,
    /// The folder of the uploads.
    pub(crate) folder: PathBuf,
}

/// Imports files into a series.
pub(crate) async fn perform(
    house: &House,
    series: &SeriesKey,
    files: &[PathBuf],
    watch: &dyn Watch,
    cancel: &CancellationToken,
) -> Result<ImportReport, Stopped> {
    let provenance = if house.exchanges.is_synthetic(&series.exchange) {
        Provenance::Synthetic
    } else {
        Provenance::Imported
    };
    let options = ImportOptions { now: now(), provenance };
    let progress = |state: &market_data::import::ImportProgress| {
        let phase = match state.phase {
            ImportPhase::Checking => "checking",
            ImportPhase::Reading => "reading",
            ImportPhase::Storing => "storing",
        };
        watch.progress(Progress {
            done: state.bytes_done,
            total: Some(state.bytes_total),
            message: format!("{phase} {}: {} rows", state.file, state.rows),
        });
    };
    let report =
        run(files, series, house.candles.as_ref(), options, &progress, cancel).await.map_err(stopped)?;
    if report.cancelled {
        return Err(Stopped::Cancelled);
    }
    for (reason, count) in &report.refusals.counts {
        let mut text = format!("{count} rows refused: {reason}");
        for example in report.refusals.examples.iter().filter(|example| example.reason == *reason).take(3) {
            let _ = write!(
                text,
                "\n{} line {}: {} [{}]",
                example.file, example.line, example.detail, example.text
            );
        }
        watch.notice(Level::Warning, text).await;
    }
    if report.superseded > 0 {
        let text = format!(
            "{} rows gave way to a later snapshot of the same candle in the file; the fuller one was kept",
            report.superseded
        );
        watch.notice(Level::Warning, text).await;
    }
    if report.rows > 0 && report.refusals.total() == report.rows {
        let most = report.refusals.counts.iter().max_by_key(|(_, count)| **count);
        let reason = most.map(|(reason, count)| format!(" ({reason}: {count})"));
        let text = format!(
            "none of the {} rows could be taken{}; is it a file of candles of this interval, with times in milli- or \
             microseconds?",
            report.rows,
            reason.unwrap_or_default()
        );
        return Err(Stopped::failed(Kind::Refused, text));
    }
    Ok(report)
}

/// Says in one line what an import did.
pub(crate) fn summary(report: &ImportReport) -> String {
    let stored = &report.stored;
    if report.is_noop() && report.refusals.total() == 0 {
        return format!("{}: nothing new, all {} candles were stored already", report.key, stored.unchanged);
    }
    let mut text = format!("{}: {} rows read, {} candles added", report.key, report.rows, stored.added);
    for (count, what) in [
        (stored.unchanged, "were stored already"),
        (stored.revised, "revised"),
        (report.duplicates, "repeated in the file"),
        (report.superseded, "gave way to a fuller snapshot"),
        (report.refusals.total(), "refused"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text
}

fn stopped(error: ImportError) -> Stopped {
    let kind = match &error {
        ImportError::Store(StoreError::Refused { .. }) => Kind::Refused,
        _ => Kind::Failed,
    };
    Stopped::failed(kind, error)
}

/// Does a job of the queue.
pub(super) async fn perform_queued(
    house: &House,
    job: &Job,
    watch: &dyn Watch,
    cancel: CancellationToken,
) -> Result<serde_json::Value, Stopped> {
    let work: ImportJob = serde_json::from_value(job.spec.clone()).map_err(|error| {
        Stopped::failed(Kind::Failed, format!("the job's specification cannot be read: {error}"))
    })?;
    if !work.folder.exists() {
        return Err(Stopped::failed(
            Kind::NotFound,
            "the uploaded files are no longer there; upload them again in a new import",
        ));
    }
    let report = perform(house, &work.series, &work.files, watch, &cancel)
        .await
        .map_err(|stopped| without_folder(stopped, &work.folder))?;
    outcome_of(&report, summary(&report))
}

/// Names uploaded files as their owner does: where they wait on the server is nobody's business.
fn without_folder(stopped: Stopped, folder: &Path) -> Stopped {
    match stopped {
        Stopped::Failed { kind, message } => {
            let prefix = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
            Stopped::Failed { kind, message: message.replace(&prefix, "") }
        }
        Stopped::Cancelled => Stopped::Cancelled,
    }
}

/// Deletes the files of an import that is recorded as done; until then a repetition would need them. A failed import keeps them
/// for its retry. If the process dies in between, the next start sweeps them away.
pub(super) fn clean_up(job: &Job) {
    if let Ok(work) = serde_json::from_value::<ImportJob>(job.spec.clone()) {
        delete_uploads(&work.folder);
    }
}
