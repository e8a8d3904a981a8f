//! A worker's name: the same after a restart of the one process of a data folder, unique beside other processes and machines.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use uuid::Uuid;

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
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { name: name_in(&file)?, lock: Some(file) }),
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

/// Returns the name that a data folder's lock file holds, giving it one the first time: several machines may share a database.
fn name_in(mut file: &File) -> io::Result<String> {
    let mut held = String::new();
    file.read_to_string(&mut held)?;
    if let Ok(id) = held.trim().parse::<Uuid>() {
        return Ok(format!("main-{id}"));
    }
    let id = Uuid::now_v7();
    file.set_len(0)?;
    file.write_all(format!("{id}\n").as_bytes())?;
    file.sync_all()?;
    Ok(format!("main-{id}"))
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
        let name = first.as_str().to_owned();
        drop(first);
        let successor = WorkerName::take(folder.path()).expect("a name");
        assert!(successor.is_successor());
        assert_eq!(successor.as_str(), name);
        let elsewhere = tempfile::tempdir().expect("a folder");
        assert_ne!(WorkerName::take(elsewhere.path()).expect("a name").as_str(), name);
    }
}
