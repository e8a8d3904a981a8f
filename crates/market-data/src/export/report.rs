//! What an export did, how far it is, and why it did not end well.

use std::fmt;
use std::io;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use types::{SeriesKey, TimeRange, Timestamp};

use crate::columns::Columns;
use crate::{ProvenanceCounts, StoreError};

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Twelve columns with a header, as in Binance's archives; [`import`](crate::import) reads it. It says nothing of provenance.
    Csv,
    /// The lake's own columns, `source` with the provenance of each candle included.
    Parquet,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];

    /// Returns its name, which is also what its files end with.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no format; write csv or parquet")]
pub struct ParseExportFormatError(String);

impl FromStr for ExportFormat {
    type Err = ParseExportFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|format| format.as_str() == text);
        found.ok_or_else(|| ParseExportFormatError(text.to_owned()))
    }
}

/// How far an export is. Parquet out of a store that does not know how wide its numbers are is read twice, and counts anew the
/// second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportProgress {
    /// Candles read so far.
    pub rows: u64,
    /// Up to where the series was read.
    pub at: Timestamp,
    /// What is to be read.
    pub whole: TimeRange,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportReport {
    /// The series.
    #[serde(flatten)]
    pub key: SeriesKey,
    /// What kind of file was written.
    pub format: ExportFormat,
    /// Candles in it.
    pub rows: u64,
    /// Open time of the first.
    pub first: Timestamp,
    /// Open time of the last.
    pub last: Timestamp,
    /// How many of them came from where.
    pub provenance: ProvenanceCounts,
    /// Length of the file.
    pub bytes: u64,
}

impl ExportReport {
    pub(super) fn new(key: &SeriesKey, format: ExportFormat) -> Self {
        Self {
            key: key.clone(),
            format,
            rows: 0,
            first: Timestamp::EPOCH,
            last: Timestamp::EPOCH,
            provenance: ProvenanceCounts::default(),
            bytes: 0,
        }
    }

    /// Counts a stretch of candles, later than those before.
    pub(super) fn count(&mut self, columns: &Columns) {
        let (Some(&first), Some(&last)) = (columns.open_time.first(), columns.open_time.last()) else {
            return;
        };
        if self.rows == 0 {
            self.first = Timestamp::from_ms(first);
        }
        self.last = Timestamp::from_ms(last);
        self.rows += columns.len() as u64;
        for &source in &columns.source {
            self.provenance.add(source, 1);
        }
    }
}

/// Why nothing, or not everything, was exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// There is nothing to export.
    #[error("no candles of {0} are stored in this range")]
    Nothing(SeriesKey),
    /// The candles cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is written to takes no more.
    #[error(transparent)]
    Sink(#[from] io::Error),
    /// A thread failed.
    #[error("the export was stopped before its end ({reason}); do it again")]
    Stopped {
        /// Why it stopped.
        reason: String,
    },
    /// The caller cancelled it.
    #[error("the export was cancelled")]
    Cancelled,
}
