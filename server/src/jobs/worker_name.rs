//! A worker's name: the same after a restart of the installation's one process, unique beside other processes.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use uuid::Uuid;

/// The name of the process that holds the data folder's lock.
const MAIN: &str = "main";

/// A worker's name, and the lock that makes it ours.
#[derive(Debug)]
pub(crate) struct WorkerName {
    name: String,
    /// Held until the process ends; the kernel lets go of it whatever ends the process.
    lock: Option<File>,
}

impl WorkerName {
    /// Takes the data folder's name where it is free, a random one where another process holds it.
    pub(crate) fn take(data_folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(data_folder)?;
        let path = data_folder.join("worker.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { name: MAIN.to_owned(), lock: Some(file) }),
            Err(std::fs::TryLockError::WouldBlock) => {
                Ok(Self { name: format!("worker-{}", Uuid::now_v7()), lock: None })
            }
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns whether whoever had this name before must be dead.
    pub(crate) fn is_successor(&self) -> bool {
        self.lock.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_process_takes_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = WorkerName::take(folder.path()).expect("a name");
        let second = WorkerName::take(folder.path()).expect("a name");
        assert!(first.is_successor() && !second.is_successor());
        assert_ne!(first.as_str(), second.as_str());
        drop(first);
        assert!(WorkerName::take(folder.path()).expect("a name").is_successor());
    }
}
