//! How far an import is, and what it did in the end.

use std::fmt;

use rust_decimal::Decimal;
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

/// A row that gave way to a fuller one of the same candle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    /// When the candle opens.
    pub open_time: Timestamp,
    /// The row that was kept.
    pub kept: RowPlace,
    /// The row that was not.
    pub left: RowPlace,
    /// Why.
    pub because: KeptBecause,
}

/// Where a row stands, and what it says about how much was traded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPlace {
    /// The file, or the file and its entry.
    pub file: String,
    /// Its line, from 1.
    pub line: u64,
    /// Its close.
    pub close: Decimal,
    /// Its volume.
    pub volume: Decimal,
    /// Its number of trades, if it says one.
    pub trades: Option<u64>,
}

/// What makes one row of a candle fuller than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptBecause {
    /// Its volume is larger.
    MoreVolume,
    /// Of the same volume, it has more trades.
    MoreTrades,
    /// Both are the same; it stands later.
    Later,
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.file, self.line)
    }
}

impl fmt::Display for Superseded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { open_time, kept, left, because } = self;
        write!(f, "{open_time}: {kept} was kept, {left} was not: ")?;
        let trades =
            |place: &RowPlace| place.trades.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
        match because {
            KeptBecause::MoreVolume => write!(f, "volume {} is more than {}", kept.volume, left.volume),
            KeptBecause::MoreTrades => {
                write!(f, "of the same volume, {} trades are more than {}", trades(kept), trades(left))
            }
            KeptBecause::Later => f.write_str("volume and trades are the same, and it stands later"),
        }
    }
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
    /// The first few of those.
    pub superseded_examples: Vec<Superseded>,
    /// Candles whose quote volume was left out, because it is the same in every row of its file and cannot be.
    pub quote_volumes_left_out: u64,
    /// The symbol in the names of the files, where it is another than the series'.
    pub named_after: Option<String>,
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
            quote_volumes_left_out: 0,
            named_after: None,
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
