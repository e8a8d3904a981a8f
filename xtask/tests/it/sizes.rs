//! Files stay short enough to be read in one go.

use crate::tree;

/// Where a file should be split. The hard limit is 600; between the two the file needs a reason in `LONG`.
const LIMIT: usize = 400;

/// Files that may be longer, with the reason: tables that would be harder to read in pieces.
const LONG: [(&str, &str); 0] = [];

#[test]
fn no_source_file_is_too_long() {
    let mut offences = Vec::new();
    for path in tree::files() {
        let name = path.to_string_lossy().into_owned();
        let is_source = ["rs", "ts", "css", "sh"].iter().any(|kind| name.ends_with(&format!(".{kind}")));
        if !is_source {
            continue;
        }
        let lines = tree::text(&path).unwrap_or_default().lines().count();
        let excused = lines <= 600 && LONG.iter().any(|(long, _)| *long == name);
        if lines > LIMIT && !excused {
            offences.push(format!("{name}: {lines} lines"));
        }
    }
    tree::expect_none(&format!("split these files: a source file has at most {LIMIT} lines"), &offences);
}
