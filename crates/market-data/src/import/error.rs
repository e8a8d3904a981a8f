//! Why a whole file, rather than a row of it, cannot be imported.

use std::io;
use std::path::{Path, PathBuf};

use types::Interval;

use crate::StoreError;

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
