//! One file: opened, checked as a whole, then read in batches.

use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use types::{Candle, Interval, Timestamp};

use super::ImportError;
use super::check::Spacing;
use super::container::{Packing, detect, each_text};
use super::layout::{Layout, MAX_COLUMNS, split};
use super::lines::{LineError, Lines};
use super::refusal::{RefusalReason, Refusals};
use super::row::{self, Rules};

/// A file of candles, not read yet.
#[derive(Debug, Clone)]
pub struct ImportFile {
    path: PathBuf,
    name: String,
    bytes: u64,
    packing: Packing,
}

/// Some candles of a file, in the order in which they stand there.
#[derive(Debug)]
pub struct Batch {
    /// The candles.
    pub candles: Vec<Candle>,
    /// Rows read of this file so far, refused ones included.
    pub rows: u64,
    /// Bytes read of this file so far, as it lies on disk.
    pub bytes: u64,
}

/// What came out of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileReport {
    /// The file.
    pub file: String,
    /// Rows read, refused ones included; headers and blank lines are no rows.
    pub rows: u64,
    /// The rows that were not taken.
    pub refusals: Refusals,
}

/// Opens a file and says what it is, by its content; the extension is not looked at.
pub fn open(path: impl AsRef<Path>) -> Result<ImportFile, ImportError> {
    let path = path.as_ref();
    let metadata =
        std::fs::metadata(path).map_err(|source| ImportError::Io { path: path.to_owned(), source })?;
    if metadata.is_dir() {
        let source = io::Error::new(io::ErrorKind::IsADirectory, "it is a folder; name the files in it");
        return Err(ImportError::Io { path: path.to_owned(), source });
    }
    let name = path.display().to_string();
    let packing = detect(path, &name)?;
    Ok(ImportFile { path: path.to_owned(), name, bytes: metadata.len(), packing })
}

impl ImportFile {
    /// Rows in a batch.
    pub const BATCH: usize = 50_000;

    /// Returns the path as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the size on disk in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Checks that an archive is whole, to its last byte, and that its first rows are candles of this interval.
    ///
    /// `alive` is called now and then with the bytes read so far; it returns `false` to stop early.
    pub fn check(&self, interval: Interval, alive: &mut dyn FnMut(u64) -> bool) -> Result<(), ImportError> {
        let position = Arc::new(AtomicU64::new(0));
        each_text(&self.path, &self.name, self.packing, &position, &mut |name, text| {
            self.check_text(name, text, interval)?;
            if self.packing == Packing::Plain {
                return Ok(true);
            }
            // Checksums stand at the end, so the rest is unpacked and thrown away.
            loop {
                let read =
                    text.fill_buf().map_err(|error| ImportError::reading(&self.path, name, error))?.len();
                if read == 0 {
                    return Ok(true);
                }
                text.consume(read);
                if !alive(position.load(Ordering::Relaxed)) {
                    return Ok(false);
                }
            }
        })
    }

    fn check_text(&self, name: &str, text: &mut dyn BufRead, interval: Interval) -> Result<(), ImportError> {
        let mut lines = Lines::new(text);
        let layout = self.layout(name, &mut lines)?;
        let mut spacing = layout.spacing;
        while !spacing.is_enough()
            && let Some((_, line)) = lines.next().map_err(|error| self.broken(name, error))?
        {
            spacing.see(line, &layout.layout);
        }
        match spacing.contradicts(interval) {
            None => Ok(()),
            Some(found) => Err(ImportError::WrongInterval { file: name.to_owned(), found, asked: interval }),
        }
    }

    /// Reads the whole file in batches of [`ImportFile::BATCH`] rows; a candle that closes after `now` is refused as unfinished.
    ///
    /// Breaking out of `sink` stops early. A damage behind rows that were already handed out is an error here too; call
    /// [`ImportFile::check`] first to know that there is none.
    pub fn read(
        &self,
        interval: Interval,
        now: Timestamp,
        sink: &mut dyn FnMut(Batch) -> ControlFlow<()>,
    ) -> Result<FileReport, ImportError> {
        let rules = Rules { interval, now };
        let position = Arc::new(AtomicU64::new(0));
        let mut report = FileReport { file: self.name.clone(), ..FileReport::default() };
        each_text(&self.path, &self.name, self.packing, &position, &mut |name, text| {
            let mut hand_out = |candles: Vec<Candle>, rows: u64| {
                let bytes = position.load(Ordering::Relaxed).min(self.bytes);
                sink(Batch { candles, rows, bytes }).is_continue()
            };
            self.read_text(name, text, rules, &mut report, &mut hand_out)
        })?;
        Ok(report)
    }

    fn read_text(
        &self,
        name: &str,
        text: &mut dyn BufRead,
        rules: Rules,
        report: &mut FileReport,
        hand_out: &mut dyn FnMut(Vec<Candle>, u64) -> bool,
    ) -> Result<bool, ImportError> {
        let mut lines = Lines::new(text);
        let Head { layout, first_row, .. } = self.layout(name, &mut lines)?;
        let mut candles = Vec::with_capacity(Self::BATCH);
        let mut rows_in_batch = 0;
        if let Some((number, line)) = first_row {
            take_row(name, number, &line, &layout, rules, report, &mut candles);
        }
        while let Some((number, line)) = lines.next().map_err(|error| self.broken(name, error))? {
            take_row(name, number, line, &layout, rules, report, &mut candles);
            rows_in_batch += 1;
            if rows_in_batch == Self::BATCH {
                rows_in_batch = 0;
                let full = std::mem::replace(&mut candles, Vec::with_capacity(Self::BATCH));
                if !hand_out(full, report.rows) {
                    return Ok(false);
                }
            }
        }
        Ok(hand_out(candles, report.rows))
    }

    /// Finds the layout from the first line, and hands that line on when it is a row.
    fn layout(&self, name: &str, lines: &mut Lines<'_>) -> Result<Head, ImportError> {
        let not_candles = |reason: String| ImportError::NotCandles { file: name.to_owned(), reason };
        let Some((number, line)) = lines.next().map_err(|error| self.broken(name, error))? else {
            return Err(not_candles("it has no line that is not blank; download it again".to_owned()));
        };
        let mut cells = [&[][..]; MAX_COLUMNS];
        let count = split(line, &mut cells);
        let Some(cells) = cells.get(..count) else {
            return Err(not_candles(format!(
                "its first line has {count} columns, at most {MAX_COLUMNS} are read"
            )));
        };
        let layout = Layout::detect(cells).map_err(not_candles)?;
        let mut spacing = Spacing::default();
        let first_row = if layout.has_header {
            None
        } else {
            spacing.see(line, &layout);
            Some((number, line.to_vec()))
        };
        Ok(Head { layout, spacing, first_row })
    }

    fn broken(&self, name: &str, error: LineError) -> ImportError {
        match error {
            LineError::Io(source) => ImportError::reading(&self.path, name, source),
            LineError::NotText { line } => ImportError::NotCandles {
                file: name.to_owned(),
                reason: format!("line {line} is no line of text; CSV, gzip and zip are read"),
            },
        }
    }
}

/// What the first line of a text says.
struct Head {
    layout: Layout,
    spacing: Spacing,
    first_row: Option<(u64, Vec<u8>)>,
}

/// Reads one row into `candles`, or notes why it is none.
fn take_row(
    name: &str,
    number: u64,
    line: &[u8],
    layout: &Layout,
    rules: Rules,
    report: &mut FileReport,
    candles: &mut Vec<Candle>,
) {
    let mut cells = [&[][..]; MAX_COLUMNS];
    let count = split(line, &mut cells);
    match row::read(&cells, count, layout, rules) {
        Ok(candle) => candles.push(candle),
        Err(fault) => {
            // Files that were joined end to end have headers between their rows.
            let is_header = fault.reason == RefusalReason::BadTime
                && cells.get(..count).is_some_and(|cells| layout.is_header(cells));
            if is_header {
                return;
            }
            report.refusals.note(name, number, line, fault);
        }
    }
    report.rows += 1;
}
