//! A look at every file of a lake that changes nothing: what is damaged, and what killed writers left behind.

use std::path::{Path, PathBuf};

use types::{SeriesKey, TimeRange, Timestamp};

use super::current::CurrentYear;
use super::layout::{LOCK, PART, TEMPORARY, all_series, partitions, years};
use super::ledger;
use crate::StoreError;

/// What a look at every file of a lake found.
#[derive(Debug, Default)]
pub struct LakeReport {
    /// Series that have a folder.
    pub series: u64,
    /// Files of candles, each with its journal.
    pub files: u64,
    /// Candles in those that can be read.
    pub rows: u64,
    /// Files that cannot be read, or hold what was never stored; each error names its own.
    pub damaged: Vec<StoreError>,
    /// Half-written files of writers that were killed. The next writer of the series removes them.
    pub leftovers: Vec<PathBuf>,
}

/// Reads everything under `root`; `seen` is told how many files were read so far.
pub(super) fn examine(root: &Path, seen: &dyn Fn(u64)) -> Result<LakeReport, StoreError> {
    let mut report = LakeReport::default();
    for (key, folder) in all_series(root)? {
        report.series += 1;
        if let Err(damage) = ledger::read(&folder) {
            report.damaged.push(damage);
        }
        for (year, folder) in years(&folder)? {
            report.files += 1;
            match rows(&key, year, &folder) {
                Ok(rows) => report.rows += rows,
                Err(damage) => report.damaged.push(damage),
            }
            seen(report.files);
        }
        if !is_written(&folder) {
            report.leftovers.extend(leftovers(&folder)?);
        }
    }
    Ok(report)
}

/// Reads a year whole, its journal too, and counts its candles.
fn rows(key: &SeriesKey, year: i32, folder: &Path) -> Result<u64, StoreError> {
    let Some(found) = CurrentYear::open(folder, TimeRange::ALL)? else { return Ok(0) };
    let path = &folder.join(PART);
    let columns = found.columns()?;
    let mut before = None;
    for row in 0..columns.len() {
        let at = Timestamp::from_ms(columns.open_time[row]);
        let wrong = |what: &str| StoreError::corrupt(path, format!("the candle of {at} {what}"));
        let stored = columns.candle(row).ok_or_else(|| wrong("lacks a price or a volume"))?;
        stored.candle.check(key.interval).map_err(|fault| wrong(&format!("cannot be true: {fault}")))?;
        if at.year_month().0 != year {
            return Err(wrong("belongs to another year"));
        }
        if before.replace(at).is_some_and(|before| before >= at) {
            return Err(wrong("is out of order"));
        }
    }
    Ok(columns.len() as u64)
}

/// Returns whether a writer is at work on the series. Looking holds one up for no longer than that takes.
fn is_written(series: &Path) -> bool {
    match std::fs::File::open(series.join(LOCK)) {
        Ok(lock) => matches!(lock.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock)),
        // Nobody ever wrote here; a lock that cannot be read is no sign of a writer either.
        Err(_) => false,
    }
}

fn leftovers(series: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let years = partitions::<i32>(series, "year=")?.into_iter().map(|(_, folder)| folder);
    let places = years.chain([series.to_owned()]).map(|folder| folder.join(TEMPORARY));
    Ok(places.filter(|path| path.exists()).collect())
}
