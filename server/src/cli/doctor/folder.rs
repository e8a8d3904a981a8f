//! The data folder: whether it can be written, and how much room there is.

use std::io;
use std::path::Path;

use super::finding::Finding;

const CHECK: &str = "data folder";
const SPACE: &str = "disk space";
const GB: u64 = 1_000_000_000;
/// With less than this a year of minutes of a few pairs no longer fits.
const LITTLE: u64 = 2 * GB;
/// With less than this even logs of the database may not fit.
const NONE: u64 = GB / 10;

/// Looks at the folder, or at the one in which it would be made.
pub(super) fn check(folder: &Path) -> Vec<Finding> {
    let existing = folder.ancestors().find(|place| place.exists()).unwrap_or(folder);
    vec![writable(folder, existing), room(existing)]
}

fn writable(folder: &Path, existing: &Path) -> Finding {
    let shown = folder.display();
    // The only test that tells for sure: permissions, read-only file systems, quotas and containers all have a say.
    match tempfile::tempfile_in(existing) {
        Ok(_) if existing == folder => Finding::ok(CHECK, format!("{shown} can be written")),
        Ok(_) => Finding::ok(CHECK, format!("{shown} is not there yet and can be made")),
        Err(error) => {
            let remedy = match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there",
                io::ErrorKind::NotADirectory => "a file stands in its place: move it away",
                _ => "give this user the right to write there",
            };
            let message = format!("{shown} cannot be written: {error}");
            Finding::problem(CHECK, message, format!("{remedy}, or name another folder with --data-dir"))
        }
    }
}

fn room(existing: &Path) -> Finding {
    let shown = existing.display();
    match rustix::fs::statvfs(existing) {
        Ok(disk) => judge(&shown.to_string(), disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => {
            let message = format!("how much is left at {shown} cannot be told: {error}");
            Finding::warning(SPACE, message, "look with `df`")
        }
    }
}

fn judge(place: &str, left: u64) -> Finding {
    let message = format!("{} left at {place}", amount(left));
    let remedy = "free some space there, or move the data folder to another disk";
    match left {
        0..NONE => Finding::problem(SPACE, message, remedy),
        NONE..LITTLE => Finding::warning(SPACE, message, remedy),
        _ => Finding::ok(SPACE, message),
    }
}

/// Writes a number of bytes for people.
pub(super) fn amount(bytes: u64) -> String {
    match bytes {
        GB.. => format!("{}.{} GB", bytes / GB, bytes % GB / (GB / 10)),
        1_000_000.. => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} kB", bytes.div_ceil(1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Status;
    use super::*;

    #[test]
    fn little_room_is_a_warning_and_none_a_problem() {
        let status = |left| judge("/data", left).status;
        assert_eq!([status(NONE - 1), status(NONE)], [Status::Problem, Status::Warning]);
        assert_eq!([status(LITTLE - 1), status(LITTLE)], [Status::Warning, Status::Ok]);
        assert_eq!(judge("/data", 2_560_000_000).message, "2.5 GB left at /data");
        assert_eq!([amount(999_999_999), amount(1), amount(0)], ["999 MB", "1 kB", "0 kB"]);
    }
}
