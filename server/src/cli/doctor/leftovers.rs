//! What processes keep in the data folder while they run, and what those that died left there.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use super::finding::Finding;
use super::folder::amount;

const CHECK: &str = "processes";

/// Looks at the lock of the workers, and at uploads. Looking holds a process that starts up no longer than that takes.
pub(super) fn check(data: &Path) -> Vec<Finding> {
    let is_at_work = is_locked(&data.join("worker.lock"));
    let who = if is_at_work { "a" } else { "no" };
    let mut findings = vec![Finding::ok(CHECK, format!("{who} server or daemon works on this folder"))];
    match uploads(&data.join("uploads")) {
        Ok((0, _)) => {}
        Ok((count, bytes)) => {
            let message =
                format!("{count} uploads wait in {} ({})", data.join("uploads").display(), amount(bytes));
            findings.push(if is_at_work || is_locked(&data.join("uploads.lock")) {
                Finding::ok(CHECK, message)
            } else {
                let remedy = "start `crypto serve`: it imports or deletes them; failed imports keep theirs until they are dismissed";
                Finding::warning(CHECK, message, remedy)
            });
        }
        Err(error) => {
            let message = format!("{} cannot be read: {error}", data.join("uploads").display());
            findings.push(Finding::problem(CHECK, message, "check its permissions"));
        }
    }
    findings
}

/// Returns whether some process holds the lock of a file. Locks end with their process: none is ever left over.
fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Counts the uploads and their bytes.
fn uploads(folder: &Path) -> io::Result<(u64, u64)> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, 0)),
        Err(error) => return Err(error),
    };
    let (mut count, mut bytes) = (0, 0);
    for entry in entries {
        count += 1;
        for file in fs::read_dir(entry?.path())? {
            bytes += file?.metadata()?.len();
        }
    }
    Ok((count, bytes))
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[test]
    fn uploads_are_left_over_when_nobody_works_on_them() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(check(data.path()).len(), 1);
        fs::create_dir_all(data.path().join("uploads/one")).expect("a folder");
        fs::write(data.path().join("uploads/one/a.csv"), "0123").expect("a file");
        let found = check(data.path());
        assert_eq!(found[1].status, Status::Warning);
        assert!(found[1].message.starts_with("1 uploads wait in"), "{found:?}");
        let lock = File::create(data.path().join("worker.lock")).expect("a file");
        lock.lock().expect("a lock");
        let found = check(data.path());
        assert_eq!(found.iter().map(|found| found.status).max(), Some(Status::Ok));
        assert!(found[0].message.starts_with("a server or daemon works"), "{found:?}");
    }
}
