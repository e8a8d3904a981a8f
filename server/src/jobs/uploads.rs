//! The folders in which uploaded files wait for their import, one per upload.
//!
//! Invariant: a folder is either being received, or named by an import that is not done; whatever is neither was left behind by a
//! process that died, or by a browser that went away, and is swept away. Receivers share a lock that the sweep takes for itself.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use store::{JobFilter, JobKind, JobState, Store, StoreError};
use uuid::Uuid;

use super::import::ImportJob;
use super::writers::everybodys;

/// An upload on its way. Its folder is deleted with it, unless an import has taken it over.
#[derive(Debug)]
pub(crate) struct Upload {
    folder: PathBuf,
    is_taken_over: bool,
    /// Held until the import is queued or the folder is gone; the kernel lets go of it whatever ends the process.
    _lock: File,
}

impl Upload {
    /// Makes a folder for an upload.
    pub(crate) async fn begin(uploads: &Path) -> io::Result<Self> {
        let uploads = uploads.to_owned();
        tokio::task::spawn_blocking(move || {
            let lock = lock_file(&uploads)?;
            lock.lock_shared()?;
            let folder = uploads.join(Uuid::now_v7().to_string());
            std::fs::create_dir(&folder)?;
            Ok(Self { folder, is_taken_over: false, _lock: lock })
        })
        .await
        .map_err(io::Error::other)?
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Leaves the folder to the import that was queued for it.
    pub(crate) fn taken_over(mut self) {
        self.is_taken_over = true;
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.is_taken_over {
            delete_uploads(&self.folder);
        }
    }
}

/// Opens the file on which receivers and the sweep agree; it lies beside the folder, so that the folder holds uploads only.
fn lock_file(uploads: &Path) -> io::Result<File> {
    std::fs::create_dir_all(uploads)?;
    OpenOptions::new().create(true).truncate(false).write(true).open(uploads.with_extension("lock"))
}

/// Deletes an upload's folder; what cannot be deleted is logged and costs disk space only.
pub(crate) fn delete_uploads(folder: &Path) {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(folder = %folder.display(), %error, "uploaded files were not deleted");
        }
        _ => {}
    }
}

/// Deletes what no import is going to read any more. Does nothing while another process receives an upload.
pub(crate) async fn sweep_uploads(uploads: &Path, store: &dyn Store) {
    if let Err(error) = try_sweep(uploads, store).await {
        tracing::warn!(folder = %uploads.display(), %error, "left-over uploads were not looked for");
    }
}

async fn try_sweep(uploads: &Path, store: &dyn Store) -> anyhow::Result<()> {
    if !uploads.exists() {
        return Ok(());
    }
    let lock = lock_file(uploads)?;
    if lock.try_lock().is_err() {
        return Ok(());
    }
    let waiting = waiting_folders(store).await?;
    for entry in std::fs::read_dir(uploads)? {
        let entry = entry?;
        if !waiting.contains(&entry.file_name()) {
            tracing::info!(folder = %entry.path().display(), "deleting an upload that no import waits for");
            delete_uploads(&entry.path());
        }
    }
    Ok(())
}

/// Returns the names of the folders that imports still need: all but those of done ones, since the rest can be retried.
async fn waiting_folders(store: &dyn Store) -> Result<BTreeSet<OsString>, StoreError> {
    let states = JobState::ALL.into_iter().filter(|state| *state != JobState::Done).collect();
    let filter = JobFilter { kinds: vec![JobKind::Import], states };
    let mut folders = BTreeSet::new();
    for job in everybodys(store, &filter).await? {
        let work: Option<ImportJob> = serde_json::from_value(job.spec).ok();
        folders.extend(work.and_then(|work| work.folder.file_name().map(OsString::from)));
    }
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_upload_that_nobody_takes_over_leaves_nothing() {
        let data = tempfile::tempdir().expect("a folder");
        let uploads = data.path().join("uploads");
        let broken = Upload::begin(&uploads).await.expect("an upload");
        std::fs::write(broken.folder().join("a.csv"), "half a li").expect("a file");
        let whole = Upload::begin(&uploads).await.expect("an upload");
        let kept = whole.folder().to_owned();
        let dropped = broken.folder().to_owned();
        drop(broken);
        whole.taken_over();
        assert!(!dropped.exists() && kept.exists());
    }

    #[tokio::test]
    async fn the_sweep_spares_what_is_being_received() {
        let data = tempfile::tempdir().expect("a folder");
        let uploads = data.path().join("uploads");
        let url = format!("sqlite://{}", data.path().join("crypto.db").display());
        let store = store::open(&url).await.expect("a store");
        let receiving = Upload::begin(&uploads).await.expect("an upload");
        std::fs::create_dir(uploads.join("left-over")).expect("a folder");
        sweep_uploads(&uploads, store.as_ref()).await;
        assert!(receiving.folder().exists() && uploads.join("left-over").exists());
        drop(receiving);
        sweep_uploads(&uploads, store.as_ref()).await;
        assert_eq!(std::fs::read_dir(&uploads).expect("a folder").count(), 0);
    }
}
