//! Whether a slow step must run again: a fingerprint of everything that went into it, kept beside its output.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::bundle::site::write_whole;

/// The fingerprint of one step's inputs and the file that remembers it.
pub(crate) struct Stamp {
    path: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// A stamp in `folder` over the given inputs (contents, versions, flags).
    pub(crate) fn new(folder: &Path, inputs: &[&[u8]]) -> Self {
        // Its algorithm may change with the compiler: then the step runs once more, nothing worse.
        let mut hasher = DefaultHasher::new();
        inputs.hash(&mut hasher);
        Self { path: folder.join("stamp"), fingerprint: format!("{:016x}", hasher.finish()) }
    }

    /// Whether the last run that finished had the same inputs.
    pub(crate) fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|kept| kept == self.fingerprint)
    }

    /// Remembers the inputs; called when the output is complete.
    pub(crate) fn set(&self) -> Result<()> {
        write_whole(&self.path, self.fingerprint.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_only_for_the_inputs_it_was_set_with() {
        let folder = tempfile::tempdir().unwrap();
        let stamp = Stamp::new(folder.path(), &[b"wasm", b"v1"]);
        assert!(!stamp.is_fresh());
        stamp.set().unwrap();
        assert!(Stamp::new(folder.path(), &[b"wasm", b"v1"]).is_fresh());
        assert!(!Stamp::new(folder.path(), &[b"wasm", b"v2"]).is_fresh());
        assert!(!Stamp::new(folder.path(), &[b"was", b"mv1"]).is_fresh());
    }
}
