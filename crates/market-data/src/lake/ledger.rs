//! The ledger of a series: `.ledger.json` in its folder, replaced as a whole under the series' lock.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::layout::LEDGER;
use super::lock::WriteLock;
use super::replace::replace_file;
use crate::{Ledger, Note, StoreError};

/// Reads the ledger of the series in `folder`.
pub(super) fn read(folder: &Path) -> Result<Ledger, StoreError> {
    let path = folder.join(LEDGER);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ledger::default()),
        Err(error) => return Err(StoreError::io("open", &path)(error)),
    };
    serde_json::from_slice(&text).map_err(|error| StoreError::Ledger { path, reason: error.to_string() })
}

/// Takes notes about the series in `folder`.
pub(super) fn note(folder: &Path, notes: Vec<Note>) -> Result<(), StoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    let _lock = WriteLock::acquire(folder)?;
    note_locked(folder, notes)
}

/// Takes notes about the series in `folder`, whose lock the caller holds.
pub(super) fn note_locked(folder: &Path, notes: Vec<Note>) -> Result<(), StoreError> {
    let mut ledger = read(folder)?;
    if ledger.note(notes) { write(folder, &ledger) } else { Ok(()) }
}

/// Replaces the ledger of the series in `folder`, whose lock the caller holds.
pub(super) fn write(folder: &Path, ledger: &Ledger) -> Result<(), StoreError> {
    replace_file(folder, LEDGER, |mut file, target| {
        let text = serde_json::to_vec_pretty(ledger).map_err(io::Error::other);
        text.and_then(|text| file.write_all(&text)).map_err(StoreError::io("write", target))
    })
}
