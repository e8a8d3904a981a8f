//! Imports files: the market-data crate does the work, this says what came of it.

use std::fmt::Write as _;
use std::path::PathBuf;

use market_data::StoreError;
use market_data::import::{
    CandleLength, ImportError, ImportOptions, ImportPhase, ImportProgress, ImportReport, ImportSource, run,
};
use serde::{Deserialize, Serialize};
use store::{Job, Level, Progress};
use tokio_util::sync::CancellationToken;
use types::{Interval, Provenance, SeriesKey};
use uuid::Uuid;

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
    /// Whether stored candles are replaced where nearly all of them say something else.
    #[serde(default)]
    pub(crate) replace: bool,
}

/// What is to be imported.
#[derive(Debug)]
pub(crate) struct ImportOrder {
    /// The series the files belong to.
    pub(crate) series: SeriesKey,
    /// The files.
    pub(crate) files: Vec<ImportSource>,
    /// Whether stored candles are replaced where nearly all of them say something else.
    pub(crate) replace: bool,
    /// Where it was asked for.
    pub(crate) asked_in: AskedIn,
}

/// Where an import was asked for: remedies are told in the words of that place, and the server's folders only to whoever sits at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedIn {
    /// On the command line.
    CommandLine,
    /// In the form of the data page.
    Page,
}

/// Imports files into a series.
pub(crate) async fn perform(
    house: &House,
    order: &ImportOrder,
    watch: &dyn Watch,
    cancel: &CancellationToken,
) -> Result<ImportReport, Stopped> {
    let series = &order.series;
    let exchange = house.exchanges.configured(&series.exchange);
    let exchange = exchange.map_err(|error| Stopped::failed(Kind::NotFound, error).at(&series.exchange))?;
    let provenance = if exchange.synthetic { Provenance::Synthetic } else { Provenance::Imported };
    let options = ImportOptions { now: now(), provenance, replace: order.replace };
    let progress = |state: &ImportProgress| {
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
    let store = house.candles.as_ref();
    let report = run(&order.files, series, store, options, &progress, cancel).await;
    let report = report.map_err(|error| stopped(&error, order))?;
    if report.cancelled {
        return Err(Stopped::Cancelled);
    }
    for text in notices(&report) {
        watch.notice(Level::Warning, text).await;
    }
    Ok(report)
}

/// Says what is worth a look although the import went well.
fn notices(report: &ImportReport) -> Vec<String> {
    let mut texts = Vec::new();
    if let Some(symbol) = &report.named_after {
        texts.push(format!(
            "the names of the files say {symbol}; they were imported as {}",
            report.key.symbol
        ));
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
        texts.push(text);
    }
    if report.superseded > 0 {
        let mut text = format!("{} rows gave way to a fuller row of the same candle", report.superseded);
        for example in &report.superseded_examples {
            let _ = write!(text, "\n{example}");
        }
        texts.push(text);
    }
    if report.quote_volumes_left_out > 0 {
        texts.push(format!(
            "the quote volume of {} rows was left out: it is the same in every row and cannot be",
            report.quote_volumes_left_out
        ));
    }
    texts
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
        (report.superseded, "gave way to a fuller row"),
        (report.refusals.total(), "refused"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text
}

fn stopped(error: &ImportError, order: &ImportOrder) -> Stopped {
    let kind = match error {
        ImportError::NoneTaken { .. } | ImportError::Store(StoreError::Refused { .. }) => Kind::Refused,
        ImportError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => Kind::NotFound,
        _ => Kind::Failed,
    };
    if let (AskedIn::Page, ImportError::Store(cause)) = (order.asked_in, error)
        && !matches!(cause, StoreError::Refused { .. })
    {
        // The text of such an error names folders of the server.
        let id = Uuid::now_v7();
        tracing::error!(error.id = %id, error = %cause, "an import's candles were not stored");
        let message = format!("the candles could not be stored; the server's log says why under {id}");
        return Stopped::failed(kind, message).at(&order.series);
    }
    let place = error.file().map_or_else(|| order.series.to_string(), str::to_owned);
    match remedy(error, order.asked_in) {
        Some(remedy) => Stopped::failed(kind, format!("{error}; {remedy}")),
        None => Stopped::failed(kind, error),
    }
    .at(place)
}

/// Says what to do about an error where that depends on how the import was asked for.
fn remedy(error: &ImportError, asked_in: AskedIn) -> Option<String> {
    let with = |interval: Interval| match asked_in {
        AskedIn::CommandLine => format!("import it with --interval {interval}"),
        AskedIn::Page => format!("choose the interval {interval}"),
    };
    match error {
        ImportError::WrongInterval { found: CandleLength::Interval(interval), .. } => Some(with(*interval)),
        ImportError::WrongInterval { found, .. } => {
            Some(format!("{found} is no interval that is kept, so take finer candles and resample them"))
        }
        ImportError::NamedInterval { found, .. } => {
            Some(format!("{}, or rename it if its name is wrong", with(*found)))
        }
        ImportError::Contradicts { .. } | ImportError::AnotherMarket { .. } => Some(match asked_in {
            AskedIn::CommandLine => "--replace stores them all the same".to_owned(),
            AskedIn::Page => "tick 'Replace stored candles' to store them all the same".to_owned(),
        }),
        _ => None,
    }
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
    let order = ImportOrder {
        series: work.series,
        files: work.files.into_iter().map(named).collect(),
        replace: work.replace,
        asked_in: AskedIn::Page,
    };
    let report = perform(house, &order, watch, &cancel).await?;
    outcome_of(&report, summary(&report))
}

/// Names an uploaded file as its owner does: where it waits on the server is nobody's business.
fn named(path: PathBuf) -> ImportSource {
    let name =
        path.file_name().map_or_else(|| "the file".to_owned(), |name| name.to_string_lossy().into_owned());
    ImportSource { path, name }
}

/// Deletes the files of an import that is recorded as done; until then a repetition would need them. A failed import keeps them
/// for its retry. If the process dies in between, the next start sweeps them away.
pub(super) fn clean_up(job: &Job) {
    if let Ok(work) = serde_json::from_value::<ImportJob>(job.spec.clone()) {
        delete_uploads(&work.folder);
    }
}
