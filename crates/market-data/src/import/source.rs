//! A file as its owner knows it: where it lies, and what it is called in messages and reports.

use std::path::PathBuf;

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSource {
    /// Where it lies.
    pub path: PathBuf,
    /// What messages and reports call it; nothing else of `path` is shown.
    pub name: String,
}

impl From<PathBuf> for ImportSource {
    /// Names the file by its path.
    fn from(path: PathBuf) -> Self {
        Self { name: path.display().to_string(), path }
    }
}
