//! Replacing a file as a whole: write beside it, flush to the disk, rename over it, flush the folder.
//!
//! Invariant: whoever opens the name finds the whole old file or the whole new one, after a crash and after a power cut too. The
//! caller holds the series' write lock, so the temporary name needs no randomness.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::layout::{PART, TEMPORARY};
use crate::StoreError;

/// A half-written file; removed unless it was put in place.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    is_placed: bool,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_placed {
            // Nothing can be done about a failure here; the next writer of the series sweeps it up.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes the year file in `folder` with `write` and puts it in place of the one that is there.
pub(super) fn replace(
    folder: &Path,
    write: impl FnOnce(&File, &Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    replace_file(folder, PART, write)
}

/// Writes the file `name` in `folder` with `write` and puts it in place of the one that is there.
pub(super) fn replace_file(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&File, &Path) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    make_folder(folder)?;
    let target = folder.join(name);
    let mut temporary = Temporary { path: folder.join(TEMPORARY), is_placed: false };
    let file = File::create(&temporary.path).map_err(StoreError::io("create", &temporary.path))?;
    write(&file, &target)?;
    file.sync_all().map_err(StoreError::io("write", &target))?;
    fs::rename(&temporary.path, &target).map_err(StoreError::io("replace", &target))?;
    temporary.is_placed = true;
    sync_folder(folder).map_err(StoreError::io("flush", folder))
}

/// Removes a file, if it is there.
pub(super) fn remove_file(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(StoreError::io("remove", path)),
    }
}

/// Makes a folder and those above it, each made to last before anything is put inside.
pub(super) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_folder(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        result => result.map_err(StoreError::io("create", folder))?,
    }
    match folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent).map_err(StoreError::io("flush", parent)),
        None => Ok(()),
    }
}

/// Makes names in a folder last. Only Unix can and needs to flush a folder.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes names in a folder last. Only Unix can and needs to flush a folder.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
