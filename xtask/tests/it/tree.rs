//! The files under version control or about to be, and the workspace's packages.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{Metadata, MetadataCommand};

/// The checkout; asked at run time, because checkouts may share a target folder.
pub(crate) fn repo() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    Path::new(&manifest).parent().unwrap().to_path_buf()
}

/// Every file that git tracks or would add, relative to the checkout. Without git (an unpacked archive), every file
/// outside the folders that builds write to.
pub(crate) fn files() -> Vec<PathBuf> {
    let listing = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(repo())
        .output();
    let mut files = match listing {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout)
            .unwrap()
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|path| repo().join(path).is_file())
            .collect(),
        _ => walk(&repo(), Path::new("")),
    };
    files.sort();
    assert!(files.len() > 20, "the list of the project's files is implausibly short: {files:?}");
    files
}

fn walk(root: &Path, below: &Path) -> Vec<PathBuf> {
    const BUILT: [&str; 7] = [".git", "target", "data", "node_modules", ".tools", "test-results", ".venv"];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let relative = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if !BUILT.iter().any(|name| entry.file_name() == *name) {
                found.extend(walk(root, &relative));
            }
        } else {
            found.push(relative);
        }
    }
    found
}

/// The text of a file, or nothing when it is not UTF-8 (an image, an archive).
pub(crate) fn text(path: &Path) -> Option<String> {
    std::fs::read_to_string(repo().join(path)).ok()
}

/// The workspace as cargo sees it, with every resolved dependency of the default features.
pub(crate) fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(repo().join("Cargo.toml"))
        .other_options(["--locked".to_owned(), "--offline".to_owned()])
        .exec()
        .or_else(|_| MetadataCommand::new().manifest_path(repo().join("Cargo.toml")).exec())
        .expect("cargo metadata describes the workspace")
}

/// Fails with one line per offence, after the rule that was broken.
pub(crate) fn expect_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}\n  {}", offences.join("\n  "));
}
