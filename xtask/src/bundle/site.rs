//! The site folder as a set of files: put what belongs, then drop the rest.
//!
//! A server may be serving the folder meanwhile, so each file appears whole (written aside, then renamed), and a
//! compressed copy never outlives the text that it was made from.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::bundle::compress;

/// The folder being described.
pub(crate) struct Site {
    root: PathBuf,
    files: BTreeSet<PathBuf>,
    changed: usize,
}

/// What a run did, for its closing line.
pub(crate) struct Summary {
    files: usize,
    changed: usize,
    removed: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files, {} changed, {} removed", self.files, self.changed, self.removed)
    }
}

impl Site {
    pub(crate) fn open(root: PathBuf) -> Result<Self> {
        fs::create_dir_all(&root).with_context(|| format!("cannot create {}", root.display()))?;
        Ok(Self { root, files: BTreeSet::new(), changed: 0 })
    }

    /// Puts a file, writing it only when its bytes differ from what is there.
    pub(crate) fn put(&mut self, relative: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let path = self.root.join(relative.as_ref());
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            self.files.insert(path);
            return Ok(());
        }
        for stale in compress::copies(&path) {
            remove_if_present(&stale)?;
        }
        write_whole(&path, bytes)?;
        self.changed += 1;
        self.files.insert(path);
        Ok(())
    }

    /// Puts every file below a folder, under the same relative paths.
    pub(crate) fn put_tree(&mut self, folder: &Path, below: &str) -> Result<()> {
        for file in files_below(folder)? {
            let relative = file.strip_prefix(folder).context("a folder's file lies below it")?;
            let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            self.put(Path::new(below).join(relative), &bytes)?;
        }
        Ok(())
    }

    /// Compresses what needs it and removes what was not put in this run.
    pub(crate) fn finish(self, compressed: bool) -> Result<Summary> {
        let mut belong = self.files.clone();
        for path in self.files.iter().filter(|path| compressed && compress::is_worthwhile(path)) {
            compress::ensure_copies(path)?;
            belong.extend(compress::copies(path));
        }
        let mut removed = 0;
        for path in files_below(&self.root)? {
            if !belong.contains(&path) {
                remove_if_present(&path)?;
                removed += 1;
            }
        }
        Ok(Summary { files: self.files.len(), changed: self.changed, removed })
    }
}

/// Every file below a folder, in name order; none when the folder is absent.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Writes beside the destination, then renames onto it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    fs::write(&aside, bytes)
        .and_then(|()| fs::rename(&aside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn remove_if_present(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site_with(root: &Path, files: &[(&str, &str)], compressed: bool) -> Summary {
        let mut site = Site::open(root.to_path_buf()).unwrap();
        for (name, text) in files {
            site.put(name, text.as_bytes()).unwrap();
        }
        site.finish(compressed).unwrap()
    }

    #[test]
    fn a_second_run_with_the_same_files_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let text = "a".repeat(5000);
        let first = site_with(folder.path(), &[("pkg/a.css", &text)], true);
        let second = site_with(folder.path(), &[("pkg/a.css", &text)], true);
        assert_eq!((first.changed, second.changed, second.removed), (1, 0, 0));
        assert!(folder.path().join("pkg/a.css.br").exists());
    }

    #[test]
    fn a_changed_file_gets_a_new_compressed_copy() {
        let folder = tempfile::tempdir().unwrap();
        site_with(folder.path(), &[("a.css", &"a".repeat(5000))], true);
        let before = fs::read(folder.path().join("a.css.gz")).unwrap();
        site_with(folder.path(), &[("a.css", &"b".repeat(5000))], true);
        assert_ne!(before, fs::read(folder.path().join("a.css.gz")).unwrap());
    }

    #[test]
    fn a_run_without_compression_leaves_no_stale_copies() {
        let folder = tempfile::tempdir().unwrap();
        let text = "a".repeat(5000);
        site_with(folder.path(), &[("a.css", &text)], true);
        site_with(folder.path(), &[("a.css", &text)], false);
        assert_eq!(files_below(folder.path()).unwrap(), [folder.path().join("a.css")]);
    }

    #[test]
    fn a_file_that_no_longer_belongs_is_removed_with_its_copies() {
        let folder = tempfile::tempdir().unwrap();
        let text = "a".repeat(5000);
        site_with(folder.path(), &[("a.css", &text), ("b.css", &text)], true);
        let summary = site_with(folder.path(), &[("a.css", &text)], true);
        assert_eq!(summary.removed, 3);
    }
}
