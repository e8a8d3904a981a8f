//! What bars need of a year file: six of its columns at once, several at a time where there is enough to do.

use std::path::Path;

use types::{FiniteColumn, TimeRange, Timestamp};

use super::super::format::OPEN_TIME;
use super::YearFile;
use crate::StoreError;
use crate::columns::DECIMALS;

/// Rows from which on a thread costs less than it saves.
const WORTH_A_THREAD: usize = 1 << 15;

impl YearFile {
    /// Opens a file at the rows whose open time lies in `range` and reads open, high, low, close and volume of them, each value as
    /// the nearest `f64`. Returns `None` when the file is not there.
    pub(in super::super) fn open_with_prices(
        path: &Path,
        range: TimeRange,
    ) -> Result<Option<(Self, [FiniteColumn; 5])>, StoreError> {
        let Some(mut year) = Self::footer(path)? else { return Ok(None) };
        // Where every row is wanted, times are read beside the other columns; else they say first which rows are.
        let is_whole = year.find_groups(range)?;
        if !is_whole {
            year.cut_rows(range)?;
        }
        let (times, prices) = year.six_columns(is_whole)?;
        if let Some(times) = times {
            let is_inside = |at: Option<&i64>| at.is_none_or(|&at| range.contains(Timestamp::from_ms(at)));
            if times.len() != year.rows.len() || !is_inside(times.first()) || !is_inside(times.last()) {
                return Err(year.unexpected("open_time is not what its statistics say"));
            }
            year.open_time = times;
        }
        Ok(Some((year, prices)))
    }

    /// Reads the five columns of a bar, and the times if they are asked for.
    fn six_columns(&self, with_times: bool) -> Result<(Option<Vec<i64>>, [FiniteColumn; 5]), StoreError> {
        let mut prices: [Result<FiniteColumn, StoreError>; 5] =
            std::array::from_fn(|_| Ok(FiniteColumn::default()));
        let times = || with_times.then(|| self.int64(self.column(OPEN_TIME)?)).transpose();
        let times = if self.rows.len() < WORTH_A_THREAD {
            for (column, values) in prices.iter_mut().enumerate() {
                *values = self.nearest(DECIMALS[column]);
            }
            times()
        } else {
            std::thread::scope(|scope| {
                for (column, values) in prices.iter_mut().enumerate() {
                    scope.spawn(move || *values = self.nearest(DECIMALS[column]));
                }
                times()
            })
        };
        let [open, high, low, close, volume] = prices;
        Ok((times?, [open?, high?, low?, close?, volume?]))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use types::Provenance;

    use super::super::super::write::write;
    use super::*;
    use crate::columns::{Columns, DecimalColumn};

    const ROWS: usize = 2 * WORTH_A_THREAD;

    #[test]
    fn a_part_of_a_file_is_the_same_part_of_its_bars() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.parquet");
        let minutes: Vec<i64> = (0..i64::try_from(ROWS).unwrap()).map(|minute| minute * 60_000).collect();
        let mut columns = Columns::with_capacity(ROWS);
        columns.decimals = std::array::from_fn(|column| {
            let first = i64::try_from(column).unwrap();
            DecimalColumn::Narrow(minutes.iter().map(|minute| first + minute / 7).collect())
        });
        (columns.trades, columns.source) = (minutes.clone(), vec![Provenance::Exchange; ROWS]);
        columns.open_time = minutes;
        write(&columns, 0..ROWS, 0, &File::create(&path).unwrap(), &path).unwrap();
        let bars = |range| YearFile::open_with_prices(&path, range).unwrap().unwrap();
        let (whole, all) = bars(TimeRange::ALL);
        assert_eq!(all[4].as_slice()[7..8], [0.000_600_04]);
        for (first, end) in [(0, ROWS), (1, ROWS), (0, ROWS - 1), (5, 9), (0, 0), (10, WORTH_A_THREAD + 20)] {
            let at = |row: usize| Timestamp::from_ms(i64::try_from(row).unwrap() * 60_000);
            let (part, prices) = bars(TimeRange { start: at(first), end: at(end) });
            assert_eq!(part.open_time(), &whole.open_time()[first..end], "{first}..{end}");
            assert_eq!(part.provenance().unwrap().exchange, (end - first) as u64);
            for (part, whole) in prices.iter().zip(&all) {
                assert_eq!(part.as_slice(), &whole.as_slice()[first..end], "{first}..{end}");
            }
        }
        let missing = folder.path().join("no such file");
        assert!(YearFile::open_with_prices(&missing, TimeRange::ALL).unwrap().is_none());
    }
}
