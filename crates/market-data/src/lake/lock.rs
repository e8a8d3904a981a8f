//! One writer per series, across threads and processes.
//!
//! The operating system frees the lock when the process that holds it dies, however it dies. The lock file stays where it is:
//! removing it would let two writers hold two files of the same name.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use super::layout::{LOCK, TEMPORARY, partitions};
use super::replace::make_folder;
use crate::StoreError;

/// The right to write a series, until dropped.
#[derive(Debug)]
pub(super) struct WriteLock {
    _file: File,
}

impl WriteLock {
    /// Waits until no one else writes this series, then sweeps up what a killed writer left half-written.
    pub(super) fn acquire(series: &Path) -> Result<Self, StoreError> {
        make_folder(series)?;
        let path = series.join(LOCK);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(StoreError::io("open", &path))?;
        file.lock().map_err(StoreError::io("lock", &path))?;
        let years = partitions::<i32>(series, "year=")?.into_iter().map(|(_, folder)| folder);
        for folder in years.chain([series.to_owned()]) {
            let leftover = folder.join(TEMPORARY);
            match fs::remove_file(&leftover) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::io("remove", &leftover)(error));
                }
                _ => {}
            }
        }
        Ok(Self { _file: file })
    }
}
