//! The journal of a year: what small appends changed, until it is folded into the year file.
//!
//! `.journal` lies beside `part.parquet`. It begins with 16 bytes (`CNDJ`, a generation, CRC-32 of both), then come the records of
//! the appends, each with whole rows as they are from then on: a row of the journal stands in place of the year file's row of the same
//! open time, a later one in place of an earlier one. Laying a journal over a file that holds its rows already changes nothing.
//!
//! Invariants: a journal is made and replaced as a whole, and grows only at its end; it is never shortened in place, because a reader
//! may be half-way through. It belongs to year files of its generation or below. Folding writes a file of the next generation,
//! which holds all of the journal, before the journal is removed, so that whoever reads the journal first and the file afterwards
//! has everything: either the journal is the file's, or the file is newer and the journal is left aside.

mod record;
mod row;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::layout::JOURNAL;
use super::replace::replace_file;
use crate::StoreError;
use crate::columns::Columns;
use record::{BLOCK, Found, crc};

const MAGIC: [u8; 4] = *b"CNDJ";

/// A journal as it was read.
#[derive(Debug)]
pub(super) struct Journal {
    /// The highest generation of year files that it belongs to.
    pub(super) generation: u64,
    /// Its rows, in order of time, the newest of each open time.
    pub(super) rows: Columns,
    /// How many rows were written to it.
    pub(super) written: u64,
    /// Length of the file.
    pub(super) bytes: u64,
    /// Whether it ends with a record, and not with the beginning of one.
    is_whole: bool,
}

impl Journal {
    /// Reads the journal in a year's folder. Returns `None` when there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = journal_path(folder);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("read", &path)(error)),
        };
        let Some(generation) = read_start(&bytes) else {
            return Err(StoreError::corrupt(&path, "it does not begin as a journal does"));
        };
        let mut rows = Columns::default();
        let mut at = BLOCK;
        let is_whole = loop {
            match record::next(&bytes[at..]) {
                Found::Record(content, length) => {
                    row::read(content, &mut rows).map_err(|reason| {
                        StoreError::corrupt(&path, format!("the record at byte {at}: {reason}"))
                    })?;
                    at += length;
                }
                Found::End => break at == bytes.len(),
                Found::Damage => {
                    return Err(StoreError::corrupt(&path, format!("the record at byte {at} is damaged")));
                }
            }
        };
        let written = rows.len() as u64;
        Ok(Some(Self { generation, rows: rows.newest(), written, bytes: bytes.len() as u64, is_whole }))
    }

    /// Returns whether it belongs to a year file of this generation.
    pub(super) fn belongs_to(&self, generation: u64) -> bool {
        self.generation >= generation
    }
}

/// Adds rows to the journal of a year, which is `before`, or begins one of `generation`; when this returns, they last.
///
/// What a write that failed or was cut off has left is replaced, not written behind.
pub(super) fn write(
    folder: &Path,
    before: Option<&Journal>,
    generation: u64,
    rows: &Columns,
) -> Result<(), StoreError> {
    let path = journal_path(folder);
    match before {
        Some(journal) if journal.is_whole => {
            let mut record = Vec::new();
            push_rows(&mut record, rows, &path)?;
            let added = add(&path, &record);
            if added.is_err() {
                // Readers ignore half a record. What could be whole although it was not flushed should go; where that fails too,
                // the next append finds its row there and says so.
                let _ = replace_file(folder, JOURNAL, |file, _| {
                    put(file, &whole(journal.generation, [Some(&journal.rows), None], &path)?, &path)
                });
            }
            added
        }
        _ => {
            let (generation, kept) =
                before.map_or((generation, None), |journal| (journal.generation, Some(&journal.rows)));
            let bytes = whole(generation, [kept, Some(rows)], &path)?;
            replace_file(folder, JOURNAL, |file, _| put(file, &bytes, &path))
        }
    }
}

/// Returns where the journal of a year lies.
pub(super) fn journal_path(folder: &Path) -> PathBuf {
    folder.join(JOURNAL)
}

/// Writes at the end of the file and flushes it.
fn add(path: &Path, record: &[u8]) -> Result<(), StoreError> {
    let mut file = OpenOptions::new().append(true).open(path).map_err(StoreError::io("open", path))?;
    file.write_all(record).and_then(|()| file.sync_data()).map_err(StoreError::io("write", path))
}

fn put(mut file: &File, bytes: &[u8], path: &Path) -> Result<(), StoreError> {
    file.write_all(bytes).map_err(StoreError::io("write", path))
}

/// Returns a whole journal: its beginning, and a record for each set of rows.
fn whole(generation: u64, rows: [Option<&Columns>; 2], path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&generation.to_le_bytes());
    let sum = crc(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    for rows in rows.into_iter().flatten() {
        push_rows(&mut bytes, rows, path)?;
    }
    Ok(bytes)
}

fn push_rows(bytes: &mut Vec<u8>, rows: &Columns, path: &Path) -> Result<(), StoreError> {
    if rows.len() == 0 {
        return Ok(());
    }
    let mut content = Vec::new();
    for index in 0..rows.len() {
        row::push(&mut content, rows, index);
    }
    let too_long = || StoreError::io("write", path)(io::ErrorKind::FileTooLarge.into());
    record::push(bytes, &content).ok_or_else(too_long)
}

/// Returns the generation that the file begins with, or `None` when this is no journal.
fn read_start(bytes: &[u8]) -> Option<u64> {
    let start: &[u8; BLOCK] = bytes.first_chunk()?;
    let (checked, sum) = start.split_first_chunk::<12>()?;
    let generation = checked[4..].first_chunk()?;
    let is_start = checked.starts_with(&MAGIC) && sum == crc(checked).to_le_bytes();
    is_start.then(|| u64::from_le_bytes(*generation))
}
