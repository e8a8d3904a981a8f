//! One file: opened, checked as a whole, then read in batches.

use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use types::{SeriesKey, Timestamp};

use super::collect::Entry;
use super::container::{Packing, detect, each_text, foreign};
use super::first_rows::{FirstRows, check_name};
use super::layout::{Layout, MAX_COLUMNS, split};
use super::lines::{LineError, Lines};
use super::refusal::{RefusalReason, Refusals};
use super::row::{self, Rules};
use super::{ImportError, ImportSource};

/// A file of candles, not read yet.
#[derive(Debug, Clone)]
pub(super) struct ImportFile {
    source: ImportSource,
    bytes: u64,
    packing: Packing,
}

/// Some candles of a text, in the order in which they stand there.
#[derive(Debug)]
pub(super) struct Batch {
    /// The file, or the file and its entry.
    pub(super) text: Arc<str>,
    /// The candles with their lines.
    pub(super) entries: Vec<Entry>,
    /// Rows read of this file so far, refused ones included.
    pub(super) rows: u64,
    /// Bytes read of this file so far, as it lies on disk.
    pub(super) bytes: u64,
}

/// What is known of a text before its rows are taken.
#[derive(Debug, Clone, Default)]
pub(super) struct TextFacts {
    /// The file, or the file and its entry.
    pub(super) name: String,
    /// The quote volume that stands for 'not known' there.
    filler: Option<Decimal>,
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
    /// Rows whose quote volume was left out, because it is the same in every row and cannot be.
    #[serde(default)]
    pub quote_volumes_left_out: u64,
}

/// Opens a file and says what it is, by its content; the extension is not looked at.
pub(super) fn open(source: ImportSource) -> Result<ImportFile, ImportError> {
    let failed = |error| ImportError::Io { file: source.name.clone(), source: error };
    let metadata = std::fs::metadata(&source.path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder; name the files in it",
        )));
    }
    let packing = detect(&source)?;
    Ok(ImportFile { source, bytes: metadata.len(), packing })
}

impl ImportFile {
    /// Rows in a batch.
    pub(super) const BATCH: usize = 50_000;

    /// Returns what the file is called.
    pub(super) fn name(&self) -> &str {
        &self.source.name
    }

    /// Returns the size on disk in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Checks that an archive is whole, to its last byte, and that every text in it is what it is said to be, as far as its first rows
    /// and its name tell.
    ///
    /// `alive` is called now and then with the bytes read so far; it returns `false` to stop early.
    pub(super) fn check(
        &self,
        asked: &SeriesKey,
        alive: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Vec<TextFacts>, ImportError> {
        let position = Arc::new(AtomicU64::new(0));
        let mut facts = Vec::new();
        each_text(&self.source, self.packing, &position, &mut |name, text| {
            facts.push(check_text(name, text, asked)?);
            if self.packing == Packing::Plain {
                return Ok(true);
            }
            // Checksums stand at the end, so the rest is unpacked and thrown away.
            loop {
                let read = text.fill_buf().map_err(|error| ImportError::reading(name, error))?.len();
                if read == 0 {
                    return Ok(true);
                }
                text.consume(read);
                if !alive(position.load(Ordering::Relaxed)) {
                    return Ok(false);
                }
            }
        })?;
        check_name(self.name(), asked.interval)?;
        Ok(facts)
    }

    /// Reads the whole file in batches of [`ImportFile::BATCH`] rows; a candle that closes after `now` is refused as unfinished.
    /// `facts` are what [`ImportFile::check`] found out.
    ///
    /// Breaking out of `sink` stops early. A damage behind rows that were already handed out is an error here too; call
    /// [`ImportFile::check`] first to know that there is none.
    pub(super) fn read(
        &self,
        asked: &SeriesKey,
        now: Timestamp,
        facts: &[TextFacts],
        sink: &mut dyn FnMut(Batch) -> ControlFlow<()>,
    ) -> Result<FileReport, ImportError> {
        let position = Arc::new(AtomicU64::new(0));
        let mut report = FileReport { file: self.name().to_owned(), ..FileReport::default() };
        let mut facts = facts.iter();
        each_text(&self.source, self.packing, &position, &mut |name, text| {
            let filler = facts.next().and_then(|facts| facts.filler);
            let rules = Rules { interval: asked.interval, now, filler };
            let name: Arc<str> = name.into();
            let mut hand_out = |entries: Vec<Entry>, rows: u64| {
                let bytes = position.load(Ordering::Relaxed).min(self.bytes);
                sink(Batch { text: Arc::clone(&name), entries, rows, bytes }).is_continue()
            };
            read_text(&name, text, rules, &mut report, &mut hand_out)
        })?;
        Ok(report)
    }
}

fn check_text(name: &str, text: &mut dyn BufRead, asked: &SeriesKey) -> Result<TextFacts, ImportError> {
    let not_candles =
        |reason: &str| ImportError::NotCandles { file: name.to_owned(), reason: reason.to_owned() };
    let head = text.fill_buf().map_err(|error| ImportError::reading(name, error))?;
    if let Some(reason) = foreign(head) {
        return Err(not_candles(reason));
    }
    let mut lines = Lines::new(text);
    let Head { layout, first_row } = head_of(name, &mut lines)?;
    let mut first = FirstRows::new(&layout, asked);
    if let Some((number, line)) = first_row {
        first.see(number, &line);
    }
    while !first.is_enough()
        && let Some((number, line)) = lines.next().map_err(|error| broken(name, error))?
    {
        first.see(number, line);
    }
    if first.is_empty() {
        return Err(not_candles("it has a header and no rows; download it again"));
    }
    first.check(name)?;
    Ok(TextFacts { name: name.to_owned(), filler: first.quotes.filler() })
}

fn read_text(
    name: &str,
    text: &mut dyn BufRead,
    rules: Rules,
    report: &mut FileReport,
    hand_out: &mut dyn FnMut(Vec<Entry>, u64) -> bool,
) -> Result<bool, ImportError> {
    let mut lines = Lines::new(text);
    let Head { layout, first_row } = head_of(name, &mut lines)?;
    let mut entries = Vec::with_capacity(ImportFile::BATCH);
    let mut rows_in_batch = 0;
    if let Some((number, line)) = first_row {
        take_row(name, number, &line, &layout, rules, report, &mut entries);
    }
    while let Some((number, line)) = lines.next().map_err(|error| broken(name, error))? {
        take_row(name, number, line, &layout, rules, report, &mut entries);
        rows_in_batch += 1;
        if rows_in_batch == ImportFile::BATCH {
            rows_in_batch = 0;
            let full = std::mem::replace(&mut entries, Vec::with_capacity(ImportFile::BATCH));
            if !hand_out(full, report.rows) {
                return Ok(false);
            }
        }
    }
    Ok(hand_out(entries, report.rows))
}

/// What the first line of a text says.
struct Head {
    layout: Layout,
    /// That line, when it is a row.
    first_row: Option<(u64, Vec<u8>)>,
}

/// Finds the layout from the first line.
fn head_of(name: &str, lines: &mut Lines<'_>) -> Result<Head, ImportError> {
    let not_candles = |reason: String| ImportError::NotCandles { file: name.to_owned(), reason };
    let Some((number, line)) = lines.next().map_err(|error| broken(name, error))? else {
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
    let first_row = (!layout.has_header).then(|| (number, line.to_vec()));
    Ok(Head { layout, first_row })
}

fn broken(name: &str, error: LineError) -> ImportError {
    match error {
        LineError::Io(source) => ImportError::reading(name, source),
        LineError::NotText { line } => ImportError::NotCandles {
            file: name.to_owned(),
            reason: format!("line {line} is no line of text; CSV, gzip and zip are read"),
        },
    }
}

/// Reads one row into `entries`, or notes why it is none.
fn take_row(
    name: &str,
    number: u64,
    line: &[u8],
    layout: &Layout,
    rules: Rules,
    report: &mut FileReport,
    entries: &mut Vec<Entry>,
) {
    let mut cells = [&[][..]; MAX_COLUMNS];
    let count = split(line, &mut cells);
    match row::read(&cells, count, layout, rules) {
        Ok(candle) => {
            if rules.filler.is_some() && candle.quote_volume.is_none() {
                report.quote_volumes_left_out += 1;
            }
            entries.push(Entry { candle, line: u32::try_from(number).unwrap_or(u32::MAX) });
        }
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
