//! A year as it stands: its file with its journal laid over it.
//!
//! Invariant: the journal is read before the file is opened. The file is then the one that the journal belongs to, or a newer one that
//! holds all of it; either way nothing is missing that was stored before, and the two are never mixed.

use std::path::{Path, PathBuf};

use types::{FiniteColumn, TimeRange};

use super::journal::Journal;
use super::layout::PART;
use super::year::YearFile;
use crate::columns::{Columns, DECIMALS, Layers, VOLUME};
use crate::{ProvenanceCounts, StoreError, Take};

/// A year, open at the rows of a range.
pub(super) struct CurrentYear {
    folder: PathBuf,
    file: Option<YearFile>,
    /// Rows of the journal that lie in the range.
    journal: Columns,
    take: Take,
}

impl CurrentYear {
    /// Opens the year in `folder` at the rows whose open time lies in `range`. Returns `None` when nothing of it is there.
    pub(super) fn open(folder: &Path, range: TimeRange) -> Result<Option<Self>, StoreError> {
        let journal = Journal::read(folder)?;
        Self::with_journal(folder, journal.as_ref(), range)
    }

    /// Opens a year whose journal has just been read.
    pub(super) fn with_journal(
        folder: &Path,
        journal: Option<&Journal>,
        range: TimeRange,
    ) -> Result<Option<Self>, StoreError> {
        Self::lay(folder, YearFile::open(&folder.join(PART), range)?, journal, range)
    }

    /// Says which decimal columns of the year in `folder` need 128 bits.
    pub(super) fn wide_columns(folder: &Path) -> Result<[bool; DECIMALS.len()], StoreError> {
        let mut all =
            Journal::read(folder)?.map_or([false; DECIMALS.len()], |journal| journal.rows.is_wide());
        for (all, is_wide) in all.iter_mut().zip(YearFile::wide_columns(&folder.join(PART))?) {
            *all |= is_wide;
        }
        Ok(all)
    }

    /// Opens the year in `folder` for [`Self::append_times`] and [`Self::append_prices`]. Returns `None` when nothing of it is there.
    pub(super) fn open_for_bars(folder: &Path, range: TimeRange) -> Result<Option<Self>, StoreError> {
        let journal = Journal::read(folder)?;
        let file = YearFile::open_lazily(&folder.join(PART), range)?;
        let Some(mut year) = Self::lay(folder, file, journal.as_ref(), range)? else { return Ok(None) };
        if let Some(file) = year.file.as_mut().filter(|_| year.journal.len() > 0) {
            // They say where the rows of the journal go.
            file.read_times(range)?;
        }
        Ok(Some(year))
    }

    /// Lays a journal that was read before the file over the file.
    fn lay(
        folder: &Path,
        file: Option<YearFile>,
        journal: Option<&Journal>,
        range: TimeRange,
    ) -> Result<Option<Self>, StoreError> {
        let generation = file.as_ref().map_or(Ok(0), YearFile::generation)?;
        let mut rows = Columns::default();
        if let Some(journal) = journal.filter(|journal| journal.belongs_to(generation)) {
            rows.extend(&journal.rows, journal.rows.within(range));
        }
        if file.is_none() && rows.len() == 0 {
            return Ok(None);
        }
        Ok(Some(Self { folder: folder.to_owned(), file, journal: rows, take: Take::All }))
    }

    /// Leaves only the first or the last rows of the range, as far as [`Self::columns`] is concerned.
    pub(super) fn keep(&mut self, take: Take) {
        // The first rows of both together are among the first rows of each.
        if let Some(file) = &mut self.file {
            file.keep(take);
        }
        self.take = take;
    }

    /// Returns the open times.
    pub(super) fn open_time(&self) -> Vec<i64> {
        self.layers().lay(self.file_times().to_vec(), &self.journal.open_time)
    }

    /// Returns how many rows there are at most.
    pub(super) fn most_rows(&self) -> usize {
        self.file.as_ref().map_or(0, YearFile::rows) + self.journal.len()
    }

    /// Appends the open times to those of other years.
    pub(super) fn append_times(&self, range: TimeRange, all: &mut Vec<i64>) -> Result<(), StoreError> {
        match &self.file {
            Some(file) if self.journal.len() == 0 => file.append_times(range, all),
            _ => {
                all.append(&mut self.open_time());
                Ok(())
            }
        }
    }

    /// Appends one of open, high, low, close and volume to those of other years, each value as the nearest `f64`.
    pub(super) fn append_prices(&self, column: usize, all: &mut FiniteColumn) -> Result<(), StoreError> {
        let append_file = |all: &mut FiniteColumn| match &self.file {
            Some(file) => file.append_nearest(DECIMALS[column], all),
            None => Ok(()),
        };
        if self.journal.len() == 0 {
            return append_file(all);
        }
        let mut under = FiniteColumn::default();
        append_file(&mut under)?;
        let laid = self.layers().lay(under.into(), &self.journal.decimals[column].nearest());
        all.extend(laid.into_iter())
            .map_err(|_| StoreError::corrupt(&self.folder, "the journal holds a price that is no number"))
    }

    /// Reads every column of the rows that were kept.
    pub(super) fn columns(&self) -> Result<Columns, StoreError> {
        let under = self.file.as_ref().map(YearFile::columns).transpose()?.unwrap_or_default();
        if self.journal.len() == 0 {
            return Ok(under);
        }
        let mut all = self.layers().lay_columns(under, &self.journal);
        let rows = match self.take {
            Take::All => 0..all.len(),
            Take::First(rows) => 0..all.len().min(rows),
            Take::Last(rows) => all.len().saturating_sub(rows)..all.len(),
        };
        Ok(all.take(rows))
    }

    /// Reads whether each bar is flat.
    pub(super) fn is_flat(&self) -> Result<Vec<bool>, StoreError> {
        let under = self.file.as_ref().map(YearFile::is_flat).transpose()?.unwrap_or_default();
        let over: Vec<bool> =
            self.journal.decimals[VOLUME].nearest().into_iter().map(|volume| volume == 0.0).collect();
        Ok(self.layers().lay(under, &over))
    }

    /// Counts the rows by provenance.
    pub(super) fn provenance(&self) -> Result<ProvenanceCounts, StoreError> {
        let mut counts = ProvenanceCounts::default();
        // Without a journal the times may be unread, and nothing is hidden.
        let hidden = if self.journal.len() == 0 { Vec::new() } else { self.layers().hidden().to_vec() };
        if let Some(file) = &self.file {
            if hidden.is_empty() {
                counts = file.provenance()?;
            } else {
                let mut hidden = hidden.iter().peekable();
                for (row, source) in file.source()?.into_iter().enumerate() {
                    if hidden.next_if(|&&next| next == row).is_none() {
                        counts.add(source, 1);
                    }
                }
            }
        }
        for &source in &self.journal.source {
            counts.add(source, 1);
        }
        Ok(counts)
    }

    fn file_times(&self) -> &[i64] {
        self.file.as_ref().map_or(&[], YearFile::open_time)
    }

    fn layers(&self) -> Layers {
        Layers::of(self.file_times(), &self.journal.open_time)
    }
}
