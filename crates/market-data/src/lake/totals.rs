//! What a year holds, its file and its journal together, remembered as long as both stay the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use types::{TimeRange, Timestamp};

use super::current::CurrentYear;
use super::journal::{Journal, journal_path};
use super::layout::PART;
use super::stats::{FileStats, Identity, StatsCache};
use crate::StoreError;

/// The years looked at so far.
#[derive(Debug, Default)]
pub(super) struct Totals {
    files: StatsCache,
    /// Years with a journal.
    years: Mutex<BTreeMap<PathBuf, Known>>,
}

/// What a file and a journal hold together.
#[derive(Debug)]
struct Known {
    file: Option<Identity>,
    journal: Identity,
    stats: FileStats,
}

impl Totals {
    /// Returns what the year in `folder` holds, or `None` when nothing is there.
    pub(super) fn get(&self, folder: &Path) -> Result<Option<FileStats>, StoreError> {
        let part = folder.join(PART);
        // The journal comes first, as for every reader.
        let Some(journal) = Identity::of(&journal_path(folder))? else { return self.files.get(&part) };
        let file = Identity::of(&part)?;
        if let Some(known) = self.lock().get(folder)
            && (known.file, known.journal) == (file, journal)
        {
            return Ok(Some(known.stats));
        }
        let Some(read) = Journal::read(folder)? else { return self.files.get(&part) };
        let Some(stats) = together(folder, &read, self.files.get(&part)?)? else { return Ok(None) };
        self.lock().insert(folder.to_owned(), Known { file, journal, stats });
        Ok(Some(stats))
    }

    /// Forgets a year that was written or removed.
    pub(super) fn forget(&self, folder: &Path) {
        self.files.forget(&folder.join(PART));
        self.lock().remove(folder);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Known>> {
        // Entries are replaced whole, so a panic elsewhere cannot have left half of one.
        self.years.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a journal to what the footer says of a file.
fn together(
    folder: &Path,
    journal: &Journal,
    file: Option<FileStats>,
) -> Result<Option<FileStats>, StoreError> {
    let (Some(&first), Some(&last)) = (journal.rows.open_time.first(), journal.rows.open_time.last()) else {
        return Ok(file);
    };
    match file {
        Some(stats) if !journal.belongs_to(stats.generation) => Ok(Some(stats)),
        Some(mut stats) if stats.last.as_ms() < first => {
            stats.rows += journal.rows.len() as u64;
            stats.last = Timestamp::from_ms(last);
            for &source in &journal.rows.source {
                stats.provenance.add(source, 1);
            }
            stats.bytes += journal.bytes;
            Ok(Some(stats))
        }
        // The past was touched: which of its rows show is known to those who look at them.
        _ => {
            let Some(year) = CurrentYear::with_journal(folder, Some(journal), TimeRange::ALL)? else {
                return Ok(None);
            };
            let times = year.open_time();
            let (Some(&first), Some(&last)) = (times.first(), times.last()) else { return Ok(None) };
            Ok(Some(FileStats {
                rows: times.len() as u64,
                first: Timestamp::from_ms(first),
                last: Timestamp::from_ms(last),
                provenance: year.provenance()?,
                generation: file.map_or(0, |stats| stats.generation),
                bytes: file.map_or(0, |stats| stats.bytes) + journal.bytes,
            }))
        }
    }
}
