//! Changing one year: candles go into its journal when they are few and the year is large, otherwise its file is written anew, as it is
//! when candles are removed.
//!
//! Invariants: the caller holds the series' lock; what is reported as stored lasts; nothing is written without a change.

use std::ops::Range;
use std::path::Path;

use types::{SeriesKey, TimeRange, Timestamp};

use super::current::CurrentYear;
use super::journal::{self, Journal, journal_path};
use super::layout::PART;
use super::policy::JournalPolicy;
use super::replace::{remove_file, replace, sync_folder};
use super::write::write;
use super::year::{Head, YearFile};
use crate::columns::{Columns, merge};
use crate::{AppendReport, StoreError};

/// A year that is about to be written.
pub(super) struct YearToWrite<'a> {
    folder: &'a Path,
    head: Head,
    /// Its journal, unless the file holds all of that already.
    journal: Option<Journal>,
}

impl<'a> YearToWrite<'a> {
    /// Looks at the year in `folder`.
    pub(super) fn open(folder: &'a Path) -> Result<Self, StoreError> {
        let head = YearFile::head(&folder.join(PART))?.unwrap_or_default();
        let journal = Journal::read(folder)?.filter(|journal| journal.belongs_to(head.generation));
        Ok(Self { folder, head, journal })
    }

    /// Returns whether nothing of the year is stored yet.
    pub(super) fn is_new(&self) -> bool {
        self.head.rows == 0 && self.journal.is_none()
    }

    /// Adds `rows` of `columns`, which may be taken out of there. Returns whether anything was written.
    pub(super) fn add(
        self,
        key: &SeriesKey,
        policy: &JournalPolicy,
        columns: &mut Columns,
        rows: Range<usize>,
        report: &mut AppendReport,
    ) -> Result<bool, StoreError> {
        if self.head.rows >= policy.from_rows && rows.len() <= policy.small_rows {
            let room = policy.limit(key, self.head.generation).saturating_sub(self.written());
            if let Some(is_written) = self.add_to_journal(columns, rows.clone(), room, report)? {
                return Ok(is_written);
            }
        }
        self.rewrite(columns, rows, report)
    }

    /// Brings the journal into the file. Returns how many rows it held.
    pub(super) fn fold(self) -> Result<u64, StoreError> {
        let rows = self.journal.as_ref().map_or(0, |journal| journal.rows.len() as u64);
        if rows > 0
            && let Some(year) = CurrentYear::with_journal(self.folder, self.journal.as_ref(), TimeRange::ALL)?
        {
            let columns = year.columns()?;
            replace(self.folder, |file, path| {
                write(&columns, 0..columns.len(), self.next_generation(), file, path)
            })?;
        }
        // Should a power cut bring it back, the generation of the file puts it aside.
        remove_file(&journal_path(self.folder))?;
        Ok(rows)
    }

    /// Removes what was filled in within these stretches. Returns how many rows that were.
    pub(super) fn remove_filled(self, filled: &[TimeRange]) -> Result<u64, StoreError> {
        let Some(year) = CurrentYear::with_journal(self.folder, self.journal.as_ref(), TimeRange::ALL)?
        else {
            return Ok(0);
        };
        let columns = year.columns()?;
        let kept = columns.without(|row| columns.is_filled_in(row, filled));
        let removed = (columns.len() - kept.len()) as u64;
        if removed == 0 {
            return Ok(0);
        }
        let journal = journal_path(self.folder);
        if kept.len() == 0 {
            // First the journal, for good: left alone it would be the year.
            remove_file(&journal)?;
            sync_folder(self.folder).map_err(StoreError::io("flush", self.folder))?;
            remove_file(&self.folder.join(PART))?;
            sync_folder(self.folder).map_err(StoreError::io("flush", self.folder))?;
        } else {
            let generation = self.next_generation();
            replace(self.folder, |file, path| write(&kept, 0..kept.len(), generation, file, path))?;
            // Should a power cut bring it back, the generation of the file puts it aside.
            remove_file(&journal)?;
        }
        Ok(removed)
    }

    /// Adds rows to the journal as far as they say something new; says `None`, and does nothing, where they do not fit.
    fn add_to_journal(
        &self,
        columns: &Columns,
        rows: Range<usize>,
        room: u64,
        report: &mut AppendReport,
    ) -> Result<Option<bool>, StoreError> {
        let mut new = Columns::default();
        new.extend(columns, rows);
        let (Some(&first), Some(&last)) = (new.open_time.first(), new.open_time.last()) else {
            return Ok(Some(false));
        };
        let span = TimeRange { start: Timestamp::from_ms(first), end: Timestamp::from_ms(last + 1) };
        let before = match CurrentYear::with_journal(self.folder, self.journal.as_ref(), span)? {
            Some(year) => year.columns()?,
            None => Columns::default(),
        };
        let mut counted = report.clone();
        let Some(after) = merge(before.clone(), new, &mut counted) else {
            *report = counted;
            return Ok(Some(false));
        };
        let mut changed = Columns::default();
        for change in after.changed_since(&before) {
            changed.extend(&after, change.row..change.row + 1);
        }
        if changed.len() as u64 > room {
            return Ok(None);
        }
        journal::write(self.folder, self.journal.as_ref(), self.head.generation, &changed)?;
        *report = counted;
        Ok(Some(true))
    }

    fn rewrite(
        &self,
        columns: &mut Columns,
        rows: Range<usize>,
        report: &mut AppendReport,
    ) -> Result<bool, StoreError> {
        let generation = self.next_generation();
        let old = CurrentYear::with_journal(self.folder, self.journal.as_ref(), TimeRange::ALL)?;
        let old = old.map(|year| year.columns()).transpose()?;
        if old.is_none() && columns.is_narrow() {
            report.added += rows.len() as u64;
            replace(self.folder, |file, path| write(columns, rows, generation, file, path))?;
        } else {
            let part = columns.take(rows);
            let Some(mut merged) = merge(old.unwrap_or_default(), part, report) else { return Ok(false) };
            for column in &mut merged.decimals {
                column.narrow_if_possible();
            }
            replace(self.folder, |file, path| write(&merged, 0..merged.len(), generation, file, path))?;
        }
        // Should a power cut bring it back, the generation of the file puts it aside.
        remove_file(&journal_path(self.folder))?;
        Ok(true)
    }

    /// Returns the generation of a file that holds this one and the journal; the same when there is none to be put aside.
    fn next_generation(&self) -> u64 {
        self.journal.as_ref().map_or(self.head.generation, |journal| journal.generation.saturating_add(1))
    }

    fn written(&self) -> u64 {
        self.journal.as_ref().map_or(0, |journal| journal.written)
    }
}
