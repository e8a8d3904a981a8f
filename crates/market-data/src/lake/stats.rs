//! What a year file holds, from its footer, remembered as long as the file stays the same.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use types::Timestamp;

use super::year::YearFile;
use crate::{ProvenanceCounts, StoreError};

/// What a year file holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileStats {
    pub(super) rows: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) provenance: ProvenanceCounts,
    /// How often a journal was folded into it.
    pub(super) generation: u64,
    pub(super) bytes: u64,
}

/// What tells a file from the one that replaced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    modified: Option<SystemTime>,
    bytes: u64,
    inode: u64,
}

/// The files looked at so far.
#[derive(Debug, Default)]
pub(super) struct StatsCache {
    files: Mutex<BTreeMap<PathBuf, (Identity, FileStats)>>,
}

impl StatsCache {
    /// Returns what the file holds, or `None` when it is not there or empty.
    pub(super) fn get(&self, path: &Path) -> Result<Option<FileStats>, StoreError> {
        let Some(identity) = Identity::of(path)? else { return Ok(None) };
        if let Some((known, stats)) = self.lock().get(path)
            && *known == identity
        {
            return Ok(Some(*stats));
        }
        let Some(stats) = YearFile::stats(path, identity.bytes)? else { return Ok(None) };
        self.lock().insert(path.to_owned(), (identity, stats));
        Ok(Some(stats))
    }

    /// Forgets a file that was replaced or removed.
    pub(super) fn forget(&self, path: &Path) {
        self.lock().remove(path);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, (Identity, FileStats)>> {
        // Entries are replaced whole, so a panic elsewhere cannot have left half of one.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Identity {
    /// Returns what tells the file that is there now from others, or `None` when there is none.
    pub(super) fn of(path: &Path) -> Result<Option<Self>, StoreError> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(identity(&metadata))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("open", path)(error)),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    Identity { modified: metadata.modified().ok(), bytes: metadata.len(), inode: metadata.ino() }
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Identity {
    Identity { modified: metadata.modified().ok(), bytes: metadata.len(), inode: 0 }
}
