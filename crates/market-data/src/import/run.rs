//! An import from its files to the store: one thread reads and checks, the caller's task stores.
//!
//! Invariants: every file is checked before the first row is stored; years are stored whole, each of them once unless the rows
//! come in no order at all; running it again changes nothing and says so.

use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use types::{Provenance, SeriesKey, Timestamp};

use super::agreement::{InImport, WithStore};
use super::collect::{Collector, Entry, Settled};
use super::file::{ImportFile, TextFacts, open};
use super::named::{plain_symbol, symbol_in};
use super::{FileReport, ImportError, ImportPhase, ImportProgress, ImportReport, ImportSource};
use crate::{AppendReport, CandleStore, Note, RejectedRow, RevisedCandle, Revision};

/// What an import needs to know beside its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportOptions {
    /// What time it is: candles that close later are refused as unfinished.
    pub now: Timestamp,
    /// What the candles are stored as; [`Provenance::Imported`] unless the caller knows better.
    pub provenance: Provenance,
    /// Whether to take the place of stored candles also where most of them, or nearly all, say something else.
    pub replace: bool,
}

impl ImportOptions {
    /// Returns the usual options.
    pub fn at(now: Timestamp) -> Self {
        Self { now, provenance: Provenance::Imported, replace: false }
    }
}

/// What the reading thread tells the storing task.
enum Message {
    Checking { file: String, bytes: u64 },
    Checked { named_after: Option<String> },
    Batch { file: String, text: Arc<str>, entries: Vec<Entry>, rows: u64, bytes: u64 },
    Done(FileReport),
}

/// Imports files into a series. Rows that cannot be taken are counted in the report; only a whole file that cannot be read, that is
/// not what it is said to be, or the store, is an error.
///
/// `progress` is called often and must be quick. Cancelling keeps the years stored so far; the same import again completes them.
///
/// # Errors
/// [`ImportError`] says for each of its kinds what was found and what is stored nevertheless.
pub async fn run<F: Into<ImportSource> + Clone>(
    files: &[F],
    key: &SeriesKey,
    store: &dyn CandleStore,
    options: ImportOptions,
    progress: &(dyn Fn(&ImportProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<ImportReport, ImportError> {
    if files.is_empty() {
        return Err(ImportError::NoFiles);
    }
    let opened: Vec<ImportFile> =
        files.iter().cloned().map(|file| open(file.into())).collect::<Result<_, _>>()?;
    run_opened(opened, key, store, options, progress, cancel).await
}

async fn run_opened(
    opened: Vec<ImportFile>,
    key: &SeriesKey,
    store: &dyn CandleStore,
    options: ImportOptions,
    progress: &(dyn Fn(&ImportProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<ImportReport, ImportError> {
    let (count, bytes_total) = (opened.len(), opened.iter().map(ImportFile::bytes).sum());
    let mut state = ImportProgress {
        phase: ImportPhase::Checking,
        file: opened[0].name().to_owned(),
        bytes_done: 0,
        bytes_total,
        rows: 0,
    };
    // Two batches in flight keep both sides busy and the memory small.
    let (sender, mut receiver) = mpsc::channel(2);
    let (asked, token) = (key.clone(), cancel.clone());
    let reader = tokio::task::spawn_blocking(move || read_all(&opened, &asked, options.now, &sender, &token));

    let mut collector = Collector::default();
    let mut task = Storing::new(key, store, options, cancel);
    while let Some(message) = receiver.recv().await {
        match message {
            Message::Checking { file, bytes } => (state.file, state.bytes_done) = (file, bytes),
            Message::Checked { named_after } => task.report.named_after = named_after,
            Message::Batch { file, text, entries, rows, bytes } => {
                collector.add(&text, entries);
                state =
                    ImportProgress { phase: ImportPhase::Reading, file, bytes_done: bytes, rows, ..state };
                while let Some(year) = collector.take_surplus() {
                    let year = task.examine(year).await?;
                    task.store(year).await?;
                }
            }
            Message::Done(file) => task.file_is_done(file)?,
        }
        progress(&state);
    }
    reader.await.map_err(|stopped| ImportError::Stopped { reason: stopped.to_string() })??;
    state.phase = ImportPhase::Storing;
    progress(&state);
    // Every year is held against the others and the store before the first of them is stored.
    let mut years = Vec::new();
    while let Some(year) = collector.take_next() {
        years.push(task.examine(year).await?);
    }
    for year in years {
        task.store(year).await?;
    }
    task.note().await?;
    let mut report = task.report;
    report.cancelled = cancel.is_cancelled() && (report.abandoned > 0 || report.files.len() < count);
    Ok(report)
}

/// The storing side.
struct Storing<'a> {
    key: &'a SeriesKey,
    store: &'a dyn CandleStore,
    options: ImportOptions,
    cancel: &'a CancellationToken,
    in_import: InImport,
    with_store: WithStore,
    report: ImportReport,
}

impl<'a> Storing<'a> {
    fn new(
        key: &'a SeriesKey,
        store: &'a dyn CandleStore,
        options: ImportOptions,
        cancel: &'a CancellationToken,
    ) -> Self {
        let report = ImportReport::new(key.clone());
        Self {
            key,
            store,
            options,
            cancel,
            in_import: InImport::default(),
            with_store: WithStore::default(),
            report,
        }
    }

    fn file_is_done(&mut self, file: FileReport) -> Result<(), ImportError> {
        if file.rows > 0 && file.refusals.total() == file.rows {
            let refusals = Box::new(file.refusals);
            return Err(ImportError::NoneTaken { file: file.file, refusals });
        }
        let report = &mut self.report;
        report.rows += file.rows;
        report.quote_volumes_left_out += file.quote_volumes_left_out;
        report.refusals.merge(file.refusals.clone());
        report.files.push(file);
        Ok(())
    }

    /// Counts what settling a year did, and refuses candles of another market.
    async fn examine(&mut self, mut year: Settled) -> Result<Settled, ImportError> {
        self.in_import.merge(std::mem::take(&mut year.agreement));
        self.in_import.check()?;
        if !self.options.replace {
            let provenance = self.options.provenance;
            self.with_store.see(self.store, self.key, &year.candles, provenance).await?;
            self.with_store.check(self.key, self.report.stored.rows())?;
        }
        let report = &mut self.report;
        report.duplicates += year.duplicates;
        report.superseded += year.superseded;
        let room = AppendReport::EXAMPLES.saturating_sub(report.superseded_examples.len());
        report.superseded_examples.extend(year.examples.drain(..).take(room));
        Ok(year)
    }

    async fn store(&mut self, year: Settled) -> Result<(), ImportError> {
        if self.cancel.is_cancelled() {
            self.report.abandoned += year.candles.len() as u64;
            return Ok(());
        }
        let stored = self.store.append(self.key, year.candles, self.options.provenance).await?;
        self.report.stored.merge(stored);
        Ok(())
    }

    /// Keeps in the series' record what was overwritten, and which candles were refused.
    async fn note(&mut self) -> Result<(), ImportError> {
        let at = self.options.now;
        let revised = self
            .report
            .stored
            .revisions
            .iter()
            .cloned()
            .map(|Revision { was, now }| Note::Revised(Box::new(RevisedCandle { was, now, at })));
        let rejected = self.report.refusals.known.iter().cloned();
        let rejected =
            rejected.map(|(open_time, reason)| Note::Rejected(RejectedRow { open_time, reason, at }));
        let notes: Vec<Note> = revised.chain(rejected).collect();
        if !notes.is_empty() {
            self.store.note(self.key, notes).await?;
        }
        Ok(())
    }
}

/// Checks every file, then reads every file. Ends early when cancelled or when the other side is gone.
fn read_all(
    files: &[ImportFile],
    asked: &SeriesKey,
    now: Timestamp,
    sender: &mpsc::Sender<Message>,
    cancel: &CancellationToken,
) -> Result<(), ImportError> {
    let mut done = 0;
    let mut facts = Vec::with_capacity(files.len());
    for file in files {
        let mut reported = 0;
        let texts = file.check(asked, &mut |bytes| {
            // A word per 4 MB is enough for a progress bar.
            if bytes - reported > 1 << 22 {
                reported = bytes;
                let message = Message::Checking { file: file.name().to_owned(), bytes: done + bytes };
                return sender.blocking_send(message).is_ok() && !cancel.is_cancelled();
            }
            true
        })?;
        done += file.bytes();
        facts.push(texts);
        if cancel.is_cancelled() {
            return Ok(());
        }
    }
    let named_after = symbol_of(files, &facts, asked)?;
    if sender.blocking_send(Message::Checked { named_after }).is_err() {
        return Ok(());
    }
    let (mut done, mut rows_done) = (0, 0);
    for (file, facts) in files.iter().zip(&facts) {
        let report = file.read(asked, now, facts, &mut |batch| {
            let message = Message::Batch {
                file: file.name().to_owned(),
                text: batch.text,
                entries: batch.entries,
                rows: rows_done + batch.rows,
                bytes: done + batch.bytes,
            };
            if sender.blocking_send(message).is_err() || cancel.is_cancelled() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        done += file.bytes();
        rows_done += report.rows;
        if sender.blocking_send(Message::Done(report)).is_err() || cancel.is_cancelled() {
            return Ok(());
        }
    }
    Ok(())
}

/// Returns the symbol in the names of files, unless it is the one asked for; refuses files that are named after two.
fn symbol_of(
    files: &[ImportFile],
    facts: &[Vec<TextFacts>],
    asked: &SeriesKey,
) -> Result<Option<String>, ImportError> {
    let mut first: Option<(&str, String)> = None;
    for (file, texts) in files.iter().zip(facts) {
        for text in texts {
            let Some(found) = symbol_in(&text.name).or_else(|| symbol_in(file.name())) else { continue };
            match &first {
                None => first = Some((&text.name, found)),
                Some((other_file, other)) if *other != found => {
                    return Err(ImportError::TwoSymbols {
                        file: text.name.clone(),
                        found,
                        other_file: (*other_file).to_owned(),
                        other: other.clone(),
                    });
                }
                Some(_) => {}
            }
        }
    }
    let asked = plain_symbol(asked.symbol.as_str());
    Ok(first.map(|(_, symbol)| symbol).filter(|symbol| !symbol.contains(&asked) && !asked.contains(symbol)))
}
