//! How far an import is, and what it did in the end.

use serde::{Deserialize, Serialize};
use types::{SeriesKey, Timestamp};

use super::{FileReport, Refusals};
use crate::AppendReport;

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPhase {
    /// Making sure that every file is whole; nothing is stored yet.
    Checking,
    /// Reading rows and storing them.
    Reading,
    /// Storing the last rows.
    Storing,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProgress {
    /// What it is doing.
    pub phase: ImportPhase,
    /// The file it is at.
    pub file: String,
    /// Bytes done in this phase, over all files as they lie on disk.
    pub bytes_done: u64,
    /// Bytes of all files.
    pub bytes_total: u64,
    /// Rows read so far.
    pub rows: u64,
}

/// What an import did. Every row read is in exactly one of the counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The series.
    pub key: SeriesKey,
    /// Rows read over all files, refused ones included.
    pub rows: u64,
    /// What the store did with the candles it was handed.
    pub stored: AppendReport,
    /// Rows that said what another row of this import said.
    pub duplicates: u64,
    /// Rows that gave way to another snapshot of the same candle in this import.
    pub superseded: u64,
    /// Open times of the first few of those.
    pub superseded_examples: Vec<Timestamp>,
    /// Rows that were not taken.
    pub refusals: Refusals,
    /// Rows read and not stored because the import was cancelled.
    pub abandoned: u64,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What came out of each file.
    pub files: Vec<FileReport>,
}

impl ImportReport {
    pub(super) fn new(key: SeriesKey) -> Self {
        Self {
            key,
            rows: 0,
            stored: AppendReport::default(),
            duplicates: 0,
            superseded: 0,
            superseded_examples: Vec::new(),
            refusals: Refusals::default(),
            abandoned: 0,
            cancelled: false,
            files: Vec::new(),
        }
    }

    /// Returns whether everything was there already and nothing was written.
    pub fn is_noop(&self) -> bool {
        self.stored.is_noop() && !self.cancelled
    }

    /// Returns the rows that its counts account for, which is [`ImportReport::rows`].
    pub fn accounted_for(&self) -> u64 {
        self.stored.rows() + self.duplicates + self.superseded + self.refusals.total() + self.abandoned
    }
}
