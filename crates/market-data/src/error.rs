//! What can go wrong with a store of candles, in words that name the place and the remedy.

use std::io;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use types::{CandleFault, Grid, SeriesKey, Timestamp};

/// Why a store did not do what it was asked. Nothing was written for the candles it names, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The candles cannot be true, so none of them was stored.
    #[error(
        "{key}: {refused} of {rows} candles refused and nothing stored; the first opens at {at}: {reason}; \
         leave such candles out"
    )]
    Refused {
        /// The series they were meant for.
        key: SeriesKey,
        /// Open time of the first one refused.
        at: Timestamp,
        /// What is wrong with it.
        reason: Box<CandleRefusal>,
        /// How many were refused.
        refused: u64,
        /// How many were handed in.
        rows: u64,
    },
    /// A file or folder could not be read or written. The file that was there before is untouched.
    #[error("cannot {action} {}: {source}; {}", path.display(), remedy(source))]
    Io {
        /// What was tried, as a verb: `write`, `open`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of the lake does not hold what the lake writes.
    #[error("{} is no readable candle file: {reason}; move it away and fetch or import that year again", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The ledger of a series does not hold what the lake writes.
    #[error("{} is no readable ledger: {reason}; move it away, what it noted is found out again by `crypto data repair`", path.display())]
    Ledger {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The database did not do its part; what it acknowledged before is stored.
    #[error("{action} failed: {reason}")]
    Database {
        /// What was tried, as a noun: `reading candles`.
        action: &'static str,
        /// What is wrong and what to do.
        reason: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The work was stopped half-way: the process is shutting down, or a thread failed. What was stored before is readable.
    #[error("{work} was stopped before its end ({reason}); do it again")]
    Stopped {
        /// What was being done.
        work: &'static str,
        /// Why it stopped.
        reason: String,
    },
}

/// Why one candle cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CandleRefusal {
    /// It cannot be true.
    #[error(transparent)]
    Fault(#[from] CandleFault),
    /// It opens beside the other candles of its series.
    #[error("candles like it open {found}, those of the series {series}")]
    OtherGrid {
        /// The grid that it lies on.
        found: Grid,
        /// That of the series.
        series: Grid,
    },
    /// Its open time lies outside 1970..=9999.
    #[error("the open time lies outside the years 1970 to 9999")]
    TimeOutOfRange,
    /// A value needs more digits than a store keeps.
    #[error("{column} {value} needs more than 18 decimals or more than 20 digits before the point")]
    TooManyDigits {
        /// The column.
        column: &'static str,
        /// The value.
        value: Decimal,
    },
    /// More trades than fit 63 bits.
    #[error("{0} trades are more than can be counted")]
    TooManyTrades(u64),
}

impl StoreError {
    /// Returns a mapper from an operating system's error to [`StoreError::Io`].
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// Returns a [`StoreError::Corrupt`].
    pub(crate) fn corrupt(path: &Path, reason: impl Into<String>) -> Self {
        Self::Corrupt { path: path.to_owned(), reason: reason.into() }
    }
}

fn remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there and try again",
        io::ErrorKind::PermissionDenied => {
            "give this user the right to write there, or choose another folder"
        }
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only: choose another folder",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file stands where a folder belongs: move it away or choose another folder"
        }
        _ => "check the path and the disk, then try again",
    }
}
