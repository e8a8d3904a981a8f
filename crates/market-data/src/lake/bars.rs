//! The bars of a series out of its years: every column is decoded to where it stays, several at a time where there is enough to do.

use types::{FiniteColumn, TimeRange, Timestamp};

use super::current::CurrentYear;
use crate::StoreError;

/// Rows from which on a thread costs less than it saves.
const WORTH_A_THREAD: usize = 1 << 15;

/// Reads the open times of the years' rows in `range`, and open, high, low, close and volume of them, each as the nearest `f64`.
pub(super) fn read(
    years: &[CurrentYear],
    range: TimeRange,
) -> Result<(Vec<Timestamp>, [FiniteColumn; 5]), StoreError> {
    let most_rows = years.iter().map(CurrentYear::most_rows).sum();
    let times = || {
        let mut all = Vec::with_capacity(most_rows);
        years.iter().try_for_each(|year| year.append_times(range, &mut all)).map(|()| all)
    };
    let prices = |column| {
        let mut all = FiniteColumn::with_capacity(most_rows);
        years.iter().try_for_each(|year| year.append_prices(column, &mut all)).map(|()| all)
    };
    let mut columns: [Result<FiniteColumn, StoreError>; 5] =
        std::array::from_fn(|_| Ok(FiniteColumn::default()));
    let times = if most_rows < WORTH_A_THREAD {
        for (column, values) in columns.iter_mut().enumerate() {
            *values = prices(column);
        }
        times()
    } else {
        std::thread::scope(|scope| {
            for (column, values) in columns.iter_mut().enumerate() {
                scope.spawn(move || *values = prices(column));
            }
            times()
        })
    };
    let [open, high, low, close, volume] = columns;
    let times = times?.into_iter().map(Timestamp::from_ms).collect();
    Ok((times, [open?, high?, low?, close?, volume?]))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use types::Provenance;

    use super::super::layout::PART;
    use super::super::write::write;
    use super::*;
    use crate::columns::{Columns, DecimalColumn};

    const ROWS: usize = 2 * WORTH_A_THREAD;

    #[test]
    fn a_part_of_a_file_is_the_same_part_of_its_bars() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(PART);
        let minutes: Vec<i64> = (0..i64::try_from(ROWS).unwrap()).map(|minute| minute * 60_000).collect();
        let mut columns = Columns::with_capacity(ROWS);
        columns.decimals = std::array::from_fn(|column| {
            let first = i64::try_from(column).unwrap();
            DecimalColumn::Narrow(minutes.iter().map(|minute| first + minute / 7).collect())
        });
        (columns.trades, columns.source) = (minutes.clone(), vec![Provenance::Exchange; ROWS]);
        columns.open_time = minutes;
        write(&columns, 0..ROWS, 0, &File::create(&path).unwrap(), &path).unwrap();
        let open = |folder: &Path, range| CurrentYear::open_for_bars(folder, range).unwrap();
        let bars = |range| {
            let year = open(folder.path(), range).unwrap();
            let provenance = year.provenance().unwrap();
            let (times, prices) = read(&[year], range).unwrap();
            (times, prices, provenance)
        };
        let (times, all, _) = bars(TimeRange::ALL);
        assert_eq!(all[4].as_slice()[7..8], [0.000_600_04]);
        for (first, end) in [(0, ROWS), (1, ROWS), (0, ROWS - 1), (5, 9), (0, 0), (10, WORTH_A_THREAD + 20)] {
            let at = |row: usize| Timestamp::from_ms(i64::try_from(row).unwrap() * 60_000);
            let (part, prices, provenance) = bars(TimeRange { start: at(first), end: at(end) });
            assert_eq!(part, &times[first..end], "{first}..{end}");
            assert_eq!(provenance.exchange, (end - first) as u64);
            for (part, whole) in prices.iter().zip(&all) {
                assert_eq!(part.as_slice(), &whole.as_slice()[first..end], "{first}..{end}");
            }
        }
        assert!(open(&folder.path().join("no such folder"), TimeRange::ALL).is_none());
    }
}
