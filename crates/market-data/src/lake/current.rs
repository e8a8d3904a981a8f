//! A year as it stands: its file with its journal laid over it.
//!
//! Invariant: the journal is read before the file is opened. The file is then the one that the journal belongs to, or a newer one that
//! holds all of it; either way nothing is missing that was stored before, and the two are never mixed.

use std::path::Path;

use types::{FiniteColumn, TimeRange, Timestamp};

use super::journal::Journal;
use super::layout::PART;
use super::year::YearFile;
use crate::columns::{Columns, DECIMALS, Layers, VOLUME};
use crate::{ProvenanceCounts, StoreError, Take};

/// The bars of a year whose open time lies in a range.
pub(super) struct YearBars {
    /// Their open times, ascending.
    pub(super) open_time: Vec<Timestamp>,
    /// Open, high, low, close and volume, each value as the nearest `f64`.
    pub(super) prices: [FiniteColumn; 5],
    /// How many of them came from where.
    pub(super) provenance: ProvenanceCounts,
}

/// A year, open at the rows of a range.
pub(super) struct CurrentYear {
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
        Self::lay(YearFile::open(&folder.join(PART), range)?, journal, range)
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

    /// Reads the bars of the year in `folder` whose open time lies in `range`. Returns `None` when nothing of it is there.
    pub(super) fn bars(folder: &Path, range: TimeRange) -> Result<Option<YearBars>, StoreError> {
        let journal = Journal::read(folder)?;
        let (file, prices) = YearFile::open_with_prices(&folder.join(PART), range)?.unzip();
        let Some(year) = Self::lay(file, journal.as_ref(), range)? else { return Ok(None) };
        let mut prices = prices.unwrap_or_default();
        let layers = year.layers();
        if year.journal.len() > 0 {
            for (column, over) in prices.iter_mut().zip(&year.journal.decimals) {
                let laid = layers.lay(std::mem::take(column).into(), &over.nearest());
                *column = FiniteColumn::new(laid).map_err(|_| {
                    StoreError::corrupt(folder, "the journal holds a price that is no number")
                })?;
            }
        }
        let provenance = year.provenance()?;
        let under = year.file.map_or_else(Vec::new, YearFile::into_open_time);
        let open_time = layers.lay(under, &year.journal.open_time);
        Ok(Some(YearBars {
            open_time: open_time.into_iter().map(Timestamp::from_ms).collect(),
            prices,
            provenance,
        }))
    }

    /// Lays a journal that was read before the file over the file.
    fn lay(
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
        Ok(Some(Self { file, journal: rows, take: Take::All }))
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
        let layers = self.layers();
        if let Some(file) = &self.file {
            if layers.hidden().is_empty() {
                counts = file.provenance()?;
            } else {
                let mut hidden = layers.hidden().iter().peekable();
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
