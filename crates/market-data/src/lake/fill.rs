//! Candles that a user had filled in: added only where none is, removed only where the ledger says that some were added.
//!
//! Invariant: candles and ledger change under one hold of the series' lock, so nothing that was filled in is ever unknown to it.

use types::{Candle, Provenance, SeriesKey, TimeRange, Timestamp};

use super::append::YearToWrite;
use super::blocking::Blocking;
use super::layout::series_folder;
use super::ledger;
use super::lock::WriteLock;
use crate::columns::checked;
use crate::{AppendReport, Note, StoreError};

impl Blocking {
    pub(super) fn fill_in(&self, key: &SeriesKey, candles: &[Candle]) -> Result<u64, StoreError> {
        let mut report = AppendReport::default();
        let columns = checked(key, candles, Provenance::Synthetic)?.sort_unique(&mut report);
        let Some(span) = columns.span() else { return Ok(0) };
        let series = series_folder(self.root(), key);
        let _lock = WriteLock::acquire(&series)?;
        let there = self.open_times(key, span)?;
        let new =
            columns.without(|row| there.binary_search(&Timestamp::from_ms(columns.open_time[row])).is_ok());
        // Noted first: what is filled in can be found whatever happens in between.
        let stretches = new.stretches(key.interval).into_iter();
        ledger::note_locked(&series, stretches.map(|range| Note::Filled { range }).collect())?;
        Ok(self.append_locked(key, &series, new, report)?.added)
    }

    pub(super) fn remove_filled(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let series = series_folder(self.root(), key);
        if !series.is_dir() {
            return Ok(0);
        }
        let _lock = WriteLock::acquire(&series)?;
        let mut ledger = ledger::read(&series)?;
        let filled = std::mem::take(&mut ledger.filled);
        let (Some(first), Some(last)) = (filled.first(), filled.last()) else { return Ok(0) };
        let mut removed = 0;
        for folder in self.folders(key, TimeRange { start: first.start, end: last.end })? {
            removed += YearToWrite::open(&folder)?.remove_filled(&filled)?;
            self.forget(&folder);
        }
        ledger::write(&series, &ledger)?;
        Ok(removed)
    }
}
