//! An import from its files to the store: one thread reads and checks, the caller's task stores.
//!
//! Invariants: every file is checked before the first row is stored; years are stored whole, each of them once unless the rows
//! come in no order at all; running it again changes nothing and says so.

use std::ops::ControlFlow;
use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use types::{Candle, Interval, Provenance, SeriesKey, Timestamp};

use super::collect::{Collector, Settled};
use super::contradiction;
use super::{FileReport, ImportError, ImportFile, ImportPhase, ImportProgress, ImportReport, open};
use crate::{AppendReport, CandleStore};

/// What an import needs to know beside its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportOptions {
    /// What time it is: candles that close later are refused as unfinished.
    pub now: Timestamp,
    /// What the candles are stored as; [`Provenance::Imported`] unless the caller knows better.
    pub provenance: Provenance,
}

impl ImportOptions {
    /// Returns the usual options.
    pub fn at(now: Timestamp) -> Self {
        Self { now, provenance: Provenance::Imported }
    }
}

/// What the reading thread tells the storing task.
enum Message {
    Checking { file: String, bytes: u64 },
    Batch { file: u32, name: String, candles: Vec<Candle>, rows: u64, bytes: u64 },
    Done(FileReport),
}

/// Imports files into a series. Rows that cannot be taken are counted in the report; only a whole file that cannot be read, or the
/// store, is an error.
///
/// `progress` is called often and must be quick. Cancelling keeps the years stored so far; the same import again completes them.
pub async fn run(
    files: &[PathBuf],
    key: &SeriesKey,
    store: &dyn CandleStore,
    options: ImportOptions,
    progress: &(dyn Fn(&ImportProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<ImportReport, ImportError> {
    if files.is_empty() {
        return Err(ImportError::NoFiles);
    }
    let opened: Vec<ImportFile> = files.iter().map(open).collect::<Result<_, _>>()?;
    let bytes_total = opened.iter().map(ImportFile::bytes).sum();
    let mut state = ImportProgress {
        phase: ImportPhase::Checking,
        file: opened[0].name().to_owned(),
        bytes_done: 0,
        bytes_total,
        rows: 0,
    };
    // Two batches in flight keep both sides busy and the memory small.
    let (sender, mut receiver) = mpsc::channel(2);
    let (interval, token) = (key.interval, cancel.clone());
    let reader =
        tokio::task::spawn_blocking(move || read_all(&opened, interval, options.now, &sender, &token));

    let mut report = ImportReport::new(key.clone());
    let mut collector = Collector::default();
    let mut task = Storing { key, store, provenance: options.provenance, cancel, report: &mut report };
    while let Some(message) = receiver.recv().await {
        match message {
            Message::Checking { file, bytes } => (state.file, state.bytes_done) = (file, bytes),
            Message::Batch { file, name, candles, rows, bytes } => {
                collector.add(file, candles);
                state = ImportProgress {
                    phase: ImportPhase::Reading,
                    file: name,
                    bytes_done: bytes,
                    rows,
                    ..state
                };
                while let Some(year) = collector.take_surplus() {
                    task.store(year).await?;
                }
            }
            Message::Done(file) => {
                task.report.rows += file.rows;
                task.report.refusals.merge(file.refusals.clone());
                task.report.files.push(file);
            }
        }
        progress(&state);
    }
    reader.await.map_err(|stopped| ImportError::Stopped { reason: stopped.to_string() })??;
    state.phase = ImportPhase::Storing;
    progress(&state);
    while let Some(year) = collector.take_next() {
        task.store(year).await?;
    }
    report.cancelled = cancel.is_cancelled() && (report.abandoned > 0 || report.files.len() < files.len());
    Ok(report)
}

/// The storing side.
struct Storing<'a> {
    key: &'a SeriesKey,
    store: &'a dyn CandleStore,
    provenance: Provenance,
    cancel: &'a CancellationToken,
    report: &'a mut ImportReport,
}

impl Storing<'_> {
    async fn store(&mut self, year: Settled) -> Result<(), ImportError> {
        let report = &mut *self.report;
        report.duplicates += year.duplicates;
        report.superseded += year.superseded.len() as u64;
        let room = AppendReport::EXAMPLES.saturating_sub(report.superseded_examples.len());
        report.superseded_examples.extend(year.superseded.into_iter().take(room));
        if self.cancel.is_cancelled() {
            report.abandoned += year.candles.len() as u64;
            return Ok(());
        }
        contradiction::check(self.store, self.key, &year.candles).await?;
        let stored = self.store.append(self.key, year.candles, self.provenance).await?;
        report.stored.merge(stored);
        Ok(())
    }
}

/// Checks every file, then reads every file. Ends early when cancelled or when the other side is gone.
fn read_all(
    files: &[ImportFile],
    interval: Interval,
    now: Timestamp,
    sender: &mpsc::Sender<Message>,
    cancel: &CancellationToken,
) -> Result<(), ImportError> {
    let mut done = 0;
    for file in files {
        let mut reported = 0;
        file.check(interval, &mut |bytes| {
            // A word per 4 MB is enough for a progress bar.
            if bytes - reported > 1 << 22 {
                reported = bytes;
                let message = Message::Checking { file: file.name().to_owned(), bytes: done + bytes };
                return sender.blocking_send(message).is_ok() && !cancel.is_cancelled();
            }
            true
        })?;
        done += file.bytes();
        if cancel.is_cancelled() {
            return Ok(());
        }
    }
    let (mut done, mut rows_done) = (0, 0);
    for (index, file) in (0_u32..).zip(files) {
        let report = file.read(interval, now, &mut |batch| {
            let message = Message::Batch {
                file: index,
                name: file.name().to_owned(),
                candles: batch.candles,
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
