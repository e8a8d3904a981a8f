//! What bars need of a year file: its times and prices, appended to those of the years before.

use std::path::Path;

use types::{TimeRange, Timestamp};

use super::super::format::OPEN_TIME;
use super::YearFile;
use crate::StoreError;

impl YearFile {
    /// Opens a file at the rows whose open time lies in `range`. Where the statistics say that every row does, the times are left
    /// unread, to be decoded beside the other columns. Returns `None` when the file is not there.
    pub(in crate::lake) fn open_lazily(path: &Path, range: TimeRange) -> Result<Option<Self>, StoreError> {
        let Some(mut year) = Self::footer(path)? else { return Ok(None) };
        if !year.find_groups(range)? {
            year.cut_rows(range)?;
        }
        Ok(Some(year))
    }

    /// Reads the times of a file that was opened lazily, if that is yet to be done.
    pub(in crate::lake) fn read_times(&mut self, range: TimeRange) -> Result<(), StoreError> {
        if self.has_times() { Ok(()) } else { self.cut_rows(range) }
    }

    /// Returns how many rows lie in the range.
    pub(in crate::lake) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Appends the open times to others.
    pub(in crate::lake) fn append_times(
        &self,
        range: TimeRange,
        all: &mut Vec<i64>,
    ) -> Result<(), StoreError> {
        if self.has_times() {
            all.extend_from_slice(self.open_time());
            return Ok(());
        }
        let start = all.len();
        self.append_int64(self.column(OPEN_TIME)?, all)?;
        let times = &all[start..];
        let is_inside = |at: Option<&i64>| at.is_none_or(|&at| range.contains(Timestamp::from_ms(at)));
        if times.len() != self.rows() || !is_inside(times.first()) || !is_inside(times.last()) {
            return Err(self.unexpected("open_time is not what its statistics say"));
        }
        Ok(())
    }

    fn has_times(&self) -> bool {
        !self.open_time.is_empty() || self.rows.is_empty()
    }
}
