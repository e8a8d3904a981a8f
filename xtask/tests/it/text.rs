//! What may not stand in any file of the project.

use std::path::Path;

use crate::tree;

/// Whether the words of a file are ours to judge: not a lock file's checksums, not this list itself.
fn is_ours(path: &Path) -> bool {
    !path.ends_with("xtask/tests/it/text.rs") && !path.ends_with("Cargo.lock")
}

fn lines_with(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for path in tree::files().into_iter().filter(|path| is_ours(path)) {
        for (index, line) in tree::text(&path).unwrap_or_default().lines().enumerate() {
            if wanted(line) {
                found.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    const PLACES: [&str; 6] = ["/home/", "/root/", "/Users/", "/work/", "C:\\Users", "/tmp/bash"];
    let offences = lines_with(|line| PLACES.iter().any(|place| names_folder(line, place)));
    tree::expect_none("say it relative to the checkout or through an environment variable", &offences);
}

/// Whether the text holds the place as the beginning of an absolute path, not as the middle of a relative one.
fn names_folder(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        !line[..at]
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphanumeric() || "._-}".contains(before))
    })
}

#[test]
fn no_lock_file_names_a_registry_mirror() {
    let mut offences = Vec::new();
    for path in tree::files() {
        let name = path.to_string_lossy().into_owned();
        let text = tree::text(&path).unwrap_or_default();
        let bad = match path.file_name().and_then(|name| name.to_str()) {
            Some("package-lock.json") => text.contains("\"resolved\""),
            Some("Cargo.lock") => text
                .lines()
                .filter(|line| line.starts_with("source = "))
                .any(|line| line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""),
            _ => false,
        };
        if bad {
            offences.push(name);
        }
    }
    tree::expect_none(
        "make the lock file again without hosts (npm: --omit-lockfile-registry-resolved; cargo: no source replacement)",
        &offences,
    );
}

#[test]
fn no_line_of_code_ends_in_blanks() {
    const KINDS: [&str; 8] = ["rs", "sh", "ts", "css", "toml", "yaml", "sql", "js"];
    let mut offences = Vec::new();
    for path in tree::files() {
        let code = path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| KINDS.contains(&kind));
        let text = if code { tree::text(&path).unwrap_or_default() } else { String::new() };
        for (index, line) in text.lines().enumerate() {
            if line.ends_with(' ') || line.ends_with('\t') {
                offences.push(format!("{}:{}", path.display(), index + 1));
            }
        }
    }
    tree::expect_none("remove the blanks at the ends of these lines", &offences);
}

#[test]
fn every_module_says_what_it_is_for() {
    let mut offences = Vec::new();
    // A `tests.rs` is named by what it is for.
    let modules = tree::files().into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    for path in modules.filter(|path| !path.ends_with("tests.rs")) {
        let text = tree::text(&path).unwrap_or_default();
        if !text.trim_start_matches("#![").starts_with("//!")
            && !text.lines().take(3).any(|line| line.starts_with("//!"))
        {
            offences.push(path.display().to_string());
        }
    }
    tree::expect_none("begin the file with `//!` and one sentence of purpose", &offences);
}
