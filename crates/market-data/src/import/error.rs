//! Why a whole file, rather than a row of it, cannot be imported.

use std::io;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use types::{Interval, SeriesKey, Timestamp};

use crate::StoreError;

/// How far apart, in percent, two closes of one candle must be to contradict each other. Exchanges revise prices by a few percent at
/// most; another symbol is another order of magnitude, or soon will be.
pub(super) const CONTRADICTION_PERCENT: f64 = 20.0;

/// Why an import stopped. Everything but [`ImportError::Store`] and [`ImportError::Stopped`] is found before anything is stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The caller named no file.
    #[error("no file to import; name at least one")]
    NoFiles,
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}; check the path and its permissions", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// An archive is cut short or does not match its checksum.
    #[error("{file} is damaged ({reason}); nothing of it was imported; download it again")]
    Damaged {
        /// The file, or the file and its entry.
        file: String,
        /// What was found.
        reason: String,
    },
    /// The file is no CSV of candles.
    #[error("{file} holds no candles: {reason}")]
    NotCandles {
        /// The file, or the file and its entry.
        file: String,
        /// What was found and what was expected.
        reason: String,
    },
    /// The rows are those of another interval.
    #[error("{file} holds {found} candles, not {asked}; import it with interval {found}")]
    WrongInterval {
        /// The file, or the file and its entry.
        file: String,
        /// What the rows are apart.
        found: Interval,
        /// What was asked for.
        asked: Interval,
    },
    /// The rows contradict what is stored: most of the prices are far away from those of the same candles.
    #[error(
        "{key}: {differing} of {compared} candles of the files are more than {CONTRADICTION_PERCENT} % away from the stored ones \
         (at {at} the close is {found}, stored is {stored}); are they of another symbol? Nothing was changed; to have \
         them all the same, delete the series first"
    )]
    Contradicts {
        /// The series.
        key: SeriesKey,
        /// Candles on both sides.
        compared: u64,
        /// Those whose closes are far apart.
        differing: u64,
        /// Open time of the first of them.
        at: Timestamp,
        /// Its close in the files.
        found: Decimal,
        /// Its close in the store.
        stored: f64,
    },
    /// The store refused. What was stored before stays; importing the same files again completes it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thread that reads the files failed.
    #[error("reading the files was stopped before its end ({reason}); import them again")]
    Stopped {
        /// Why.
        reason: String,
    },
}

impl ImportError {
    /// Tells a damaged archive from a file that cannot be read.
    pub(super) fn reading(path: &Path, file: &str, source: io::Error) -> Self {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match source.kind() {
            InvalidData | InvalidInput | UnexpectedEof => {
                Self::Damaged { file: file.to_owned(), reason: source.to_string() }
            }
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}
