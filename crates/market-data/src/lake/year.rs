//! A year file into columns: only the row groups and the columns that are asked for.
//!
//! Invariant: what comes out has been checked against the file's own schema; a file that is no year file is an error that names
//! it, never a wrong number.

mod bars;
mod decode;
mod head;
mod positioned;

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use parquet::basic::{LogicalType, TimeUnit};
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use types::{TimeRange, Timestamp};

use super::format::{OPEN_TIME, SOURCE, TRADES};
use super::stats::FileStats;
use crate::columns::{Columns, DECIMALS, DecimalColumn, VOLUME};
use crate::{ProvenanceCounts, StoreError};
pub(super) use head::Head;
use positioned::Positioned;

/// A row group that may hold rows of the range.
#[derive(Debug, Clone, Copy)]
struct Group {
    index: usize,
    rows: usize,
}

/// A year file, open at the rows of a range.
pub(super) struct YearFile {
    path: PathBuf,
    reader: SerializedFileReader<Positioned>,
    groups: Vec<Group>,
    open_time: Vec<i64>,
    /// Rows of `groups`, laid end to end, that lie in the range.
    rows: Range<usize>,
}

impl YearFile {
    /// Opens a file and finds the rows whose open time lies in `range`. Returns `None` when the file is not there.
    pub(super) fn open(path: &Path, range: TimeRange) -> Result<Option<Self>, StoreError> {
        let Some(mut year) = Self::footer(path)? else { return Ok(None) };
        year.find_rows(range)?;
        Ok(Some(year))
    }

    /// Opens a file and reads its footer only. Returns `None` when the file is not there.
    fn footer(path: &Path) -> Result<Option<Self>, StoreError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("open", path)(error)),
        };
        let reader =
            SerializedFileReader::new(Positioned::new(file)).map_err(|error| corrupt(path, &error))?;
        Ok(Some(Self {
            path: path.to_owned(),
            reader,
            groups: Vec::new(),
            open_time: Vec::new(),
            rows: 0..0,
        }))
    }

    /// Says what a file holds, from its footer where that tells. Returns `None` when it is not there or empty.
    pub(super) fn stats(path: &Path, bytes: u64) -> Result<Option<FileStats>, StoreError> {
        let Some(mut year) = Self::footer(path)? else { return Ok(None) };
        let column = year.column(OPEN_TIME)?;
        for (index, group) in year.reader.metadata().row_groups().iter().enumerate() {
            let rows =
                usize::try_from(group.num_rows()).map_err(|_| year.unexpected("negative row count"))?;
            year.groups.push(Group { index, rows });
        }
        year.rows = 0..year.groups.iter().map(|group| group.rows).sum();
        let ends =
            year.reader.metadata().row_groups().iter().map(|group| match group.column(column).statistics() {
                Some(Statistics::Int64(stats)) => Some((*stats.min_opt()?, *stats.max_opt()?)),
                _ => None,
            });
        let (first, last) = if let Some(ends) = ends.collect::<Option<Vec<_>>>() {
            (ends.first().map(|end| end.0), ends.last().map(|end| end.1))
        } else {
            let times = year.int64(column)?;
            (times.first().copied(), times.last().copied())
        };
        let (Some(first), Some(last)) = (first, last) else { return Ok(None) };
        Ok(Some(FileStats {
            rows: year.rows.len() as u64,
            first: Timestamp::from_ms(first),
            last: Timestamp::from_ms(last),
            provenance: year.provenance()?,
            generation: year.generation()?,
            bytes,
        }))
    }

    fn find_rows(&mut self, range: TimeRange) -> Result<(), StoreError> {
        self.find_groups(range)?;
        self.cut_rows(range)
    }

    /// Reads the open times of the groups that were found and leaves only the rows of the range.
    fn cut_rows(&mut self, range: TimeRange) -> Result<(), StoreError> {
        let times = self.int64(self.column(OPEN_TIME)?)?;
        let start = times.partition_point(|&at| at < range.start.as_ms());
        let end = times.partition_point(|&at| at < range.end.as_ms());
        self.open_time = times;
        self.rows = start..end.max(start);
        Ok(())
    }

    /// Finds the row groups that may hold rows of the range, and takes all of their rows. Returns whether their statistics say that
    /// no row lies outside it.
    fn find_groups(&mut self, range: TimeRange) -> Result<bool, StoreError> {
        let mut is_whole = true;
        let column = self.column(OPEN_TIME)?;
        let descriptor = self.reader.metadata().file_metadata().schema_descr().column(column);
        let is_utc_ms = matches!(
            descriptor.logical_type_ref(),
            Some(LogicalType::Timestamp(kind)) if kind.is_adjusted_to_u_t_c && kind.unit == TimeUnit::MILLIS
        );
        if !is_utc_ms {
            return Err(self.unexpected("open_time is no UTC timestamp in milliseconds"));
        }
        for (index, group) in self.reader.metadata().row_groups().iter().enumerate() {
            let rows =
                usize::try_from(group.num_rows()).map_err(|_| self.unexpected("negative row count"))?;
            let ends = match group.column(column).statistics() {
                Some(Statistics::Int64(stats)) => (stats.min_opt().copied(), stats.max_opt().copied()),
                _ => (None, None),
            };
            let is_outside = ends.0.is_some_and(|first| first >= range.end.as_ms())
                || ends.1.is_some_and(|last| last < range.start.as_ms());
            if !is_outside {
                is_whole &= ends.0.is_some_and(|first| first >= range.start.as_ms())
                    && ends.1.is_some_and(|last| last < range.end.as_ms());
                self.groups.push(Group { index, rows });
            }
        }
        self.rows = 0..self.groups.iter().map(|group| group.rows).sum();
        Ok(is_whole)
    }

    /// Returns their open times.
    pub(super) fn open_time(&self) -> &[i64] {
        &self.open_time[self.rows.clone()]
    }

    /// Leaves only the first or the last rows of the range.
    pub(super) fn keep(&mut self, take: crate::Take) {
        match take {
            crate::Take::All => {}
            crate::Take::First(rows) => {
                self.rows.end = self.rows.end.min(self.rows.start.saturating_add(rows));
            }
            crate::Take::Last(rows) => {
                self.rows.start = self.rows.start.max(self.rows.end.saturating_sub(rows));
            }
        }
    }

    /// Reads every column.
    pub(super) fn columns(&self) -> Result<Columns, StoreError> {
        let mut decimals = std::array::from_fn(|_| DecimalColumn::default());
        for (name, column) in DECIMALS.iter().zip(&mut decimals) {
            *column = self.decimal(name)?;
        }
        let trades = self.int64(self.column(TRADES)?)?;
        Ok(Columns { open_time: self.open_time().to_vec(), decimals, trades, source: self.source()? })
    }

    /// Reads whether each bar is flat.
    pub(super) fn is_flat(&self) -> Result<Vec<bool>, StoreError> {
        Ok(match self.decimal(DECIMALS[VOLUME])? {
            DecimalColumn::Narrow(values) => values.into_iter().map(|value| value == 0).collect(),
            DecimalColumn::Wide(values) => values.into_iter().map(|value| value == 0).collect(),
        })
    }

    /// Counts the rows by provenance; from the statistics alone where a row group has only one.
    pub(super) fn provenance(&self) -> Result<ProvenanceCounts, StoreError> {
        let column = self.column(SOURCE)?;
        let mut counts = ProvenanceCounts::default();
        for (group, rows) in self.wanted() {
            if let Some(only) = self.only_source(group, column) {
                counts.add(only, rows.len() as u64);
            } else {
                for provenance in self.group_source(group, column, rows)? {
                    counts.add(provenance, 1);
                }
            }
        }
        Ok(counts)
    }

    /// Returns the row groups that hold rows of the range, each with those rows, counted from its start.
    fn wanted(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let mut start = 0;
        self.groups.iter().filter_map(move |group| {
            let first = start;
            start += group.rows;
            let (from, to) = (self.rows.start.max(first), self.rows.end.min(start));
            (from < to).then(|| (group.index, from - first..to - first))
        })
    }

    fn column_reader(&self, group: usize, column: usize) -> Result<ColumnReader, StoreError> {
        self.reader
            .get_row_group(group)
            .and_then(|group| group.get_column_reader(column))
            .map_err(|error| corrupt(&self.path, &error))
    }

    fn column(&self, name: &str) -> Result<usize, StoreError> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        schema
            .columns()
            .iter()
            .position(|column| column.name() == name)
            .ok_or_else(|| self.unexpected(&format!("it has no column {name}")))
    }

    fn unexpected(&self, reason: &str) -> StoreError {
        StoreError::corrupt(&self.path, reason)
    }
}

fn corrupt(path: &Path, error: &ParquetError) -> StoreError {
    StoreError::corrupt(path, error.to_string())
}
