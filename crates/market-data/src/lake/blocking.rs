//! The lake's file work, on whatever thread calls it.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use types::{Bars, CandleBatch, Grid, Provenance, SeriesKey, TimeRange, Timestamp};

use super::append::YearToWrite;
use super::bars;
use super::current::CurrentYear;
use super::layout::{JOURNAL, LEDGER, PART, all_series, journals, series_folder, year_folder, years};
use super::lock::WriteLock;
use super::policy::JournalPolicy;
use super::replace::{make_folder, remove_file, sync_folder};
use super::totals::Totals;
use crate::columns::{Columns, DECIMALS, checked_batch};
use crate::{
    AppendReport, Gap, LoadedBars, ProvenanceCounts, Quality, SeriesSummary, StoreError, StoredCandle, Take,
    find_gaps,
};

/// The lake without its async coat.
#[derive(Debug)]
pub(super) struct Blocking {
    root: PathBuf,
    policy: JournalPolicy,
    totals: Totals,
}

impl Blocking {
    pub(super) fn open(root: PathBuf, policy: JournalPolicy) -> Result<Self, StoreError> {
        make_folder(&root)?;
        Ok(Self { root, policy, totals: Totals::default() })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn append_batch(
        &self,
        key: &SeriesKey,
        candles: CandleBatch,
        provenance: Provenance,
    ) -> Result<AppendReport, StoreError> {
        let columns = checked_batch(key, candles, provenance)?;
        let mut report = AppendReport::default();
        if columns.len() == 0 {
            return Ok(report);
        }
        let columns = columns.sort_unique(&mut report);
        let series = series_folder(&self.root, key);
        let _lock = WriteLock::acquire(&series)?;
        columns.check_grid(key, self.grid(key)?)?;
        self.append_locked(key, &series, columns, report)
    }

    fn grid(&self, key: &SeriesKey) -> Result<Grid, StoreError> {
        let unlearnt = Grid::from(key.interval);
        if unlearnt.is_known() {
            return Ok(unlearnt);
        }
        Ok(self.summary(key)?.map_or(unlearnt, |summary| Grid::through(key.interval, summary.first)))
    }

    /// Appends sorted, unique candles to a series whose lock the caller holds.
    pub(super) fn append_locked(
        &self,
        key: &SeriesKey,
        series: &Path,
        mut columns: Columns,
        mut report: AppendReport,
    ) -> Result<AppendReport, StoreError> {
        let mut begins_year = false;
        for (year, rows) in by_year(&columns) {
            let folder = year_folder(series, year);
            let year = YearToWrite::open(&folder)?;
            begins_year |= year.is_new();
            if year.add(key, &self.policy, &mut columns, rows, &mut report)? {
                self.totals.forget(&folder);
            }
        }
        if begins_year {
            // The year before may never be touched again.
            self.fold_all(series)?;
        }
        Ok(report)
    }

    pub(super) fn candles(
        &self,
        key: &SeriesKey,
        range: TimeRange,
        take: Take,
    ) -> Result<Vec<StoredCandle>, StoreError> {
        let mut folders = self.folders(key, range)?;
        if let Take::Last(_) = take {
            folders.reverse();
        }
        let mut parts = Vec::new();
        let mut found = 0;
        for folder in folders {
            let left = match take {
                Take::All => Take::All,
                Take::First(rows) => Take::First(rows.saturating_sub(found)),
                Take::Last(rows) => Take::Last(rows.saturating_sub(found)),
            };
            if matches!(left, Take::First(0) | Take::Last(0)) {
                break;
            }
            let Some(mut year) = CurrentYear::open(&folder, range)? else { continue };
            year.keep(left);
            let columns = year.columns()?;
            found += columns.len();
            let candle = |row| {
                columns.candle(row).ok_or_else(|| {
                    let at = Timestamp::from_ms(columns.open_time[row]);
                    StoreError::corrupt(
                        &folder.join(PART),
                        format!("the candle of {at} lacks a price or a volume"),
                    )
                })
            };
            parts.push((0..columns.len()).map(candle).collect::<Result<Vec<_>, _>>()?);
        }
        if let Take::Last(_) = take {
            parts.reverse();
        }
        Ok(parts.into_iter().flatten().collect())
    }

    pub(super) fn columns(&self, key: &SeriesKey, range: TimeRange) -> Result<Columns, StoreError> {
        let mut all = Columns::default();
        for folder in self.folders(key, range)? {
            let Some(year) = CurrentYear::open(&folder, range)? else { continue };
            let columns = year.columns()?;
            if all.len() == 0 {
                all = columns;
            } else {
                all.extend(&columns, 0..columns.len());
            }
        }
        Ok(all)
    }

    /// Says which decimal columns need 128 bits in some year of the range, from the years' footers and journals.
    pub(super) fn wide_columns(
        &self,
        key: &SeriesKey,
        range: TimeRange,
    ) -> Result<[bool; DECIMALS.len()], StoreError> {
        let mut all = [false; DECIMALS.len()];
        for folder in self.folders(key, range)? {
            for (all, is_wide) in all.iter_mut().zip(CurrentYear::wide_columns(&folder)?) {
                *all |= is_wide;
            }
        }
        Ok(all)
    }

    pub(super) fn bars(&self, key: &SeriesKey, range: TimeRange) -> Result<LoadedBars, StoreError> {
        let mut years = Vec::new();
        let mut provenance = ProvenanceCounts::default();
        for folder in self.folders(key, range)? {
            let Some(year) = CurrentYear::open_for_bars(&folder, range)? else { continue };
            provenance.merge(&year.provenance()?);
            years.push(year);
        }
        let (open_time, prices) = bars::read(&years, range)?;
        let bars = Bars::of_finite(key.interval, open_time, prices).map_err(|error| {
            StoreError::corrupt(&series_folder(&self.root, key), format!("the year files disagree: {error}"))
        })?;
        Ok(LoadedBars { bars, provenance })
    }

    pub(super) fn series(&self) -> Result<Vec<SeriesSummary>, StoreError> {
        let mut found = Vec::new();
        for (key, folder) in all_series(&self.root)? {
            found.extend(self.summarise(&key, &folder)?);
        }
        Ok(found)
    }

    pub(super) fn summary(&self, key: &SeriesKey) -> Result<Option<SeriesSummary>, StoreError> {
        self.summarise(key, &series_folder(&self.root, key))
    }

    pub(super) fn gaps(&self, key: &SeriesKey) -> Result<Vec<Gap>, StoreError> {
        Ok(find_gaps(key.interval, self.open_times(key, TimeRange::ALL)?))
    }

    pub(super) fn quality(&self, key: &SeriesKey) -> Result<Quality, StoreError> {
        let (mut times, mut flat) = (Vec::new(), Vec::new());
        let mut provenance = ProvenanceCounts::default();
        for folder in self.folders(key, TimeRange::ALL)? {
            let Some(year) = CurrentYear::open(&folder, TimeRange::ALL)? else { continue };
            times.extend(year.open_time().into_iter().map(Timestamp::from_ms));
            flat.extend(year.is_flat()?);
            provenance.merge(&year.provenance()?);
        }
        Ok(Quality::measure(key.interval, &times, flat, provenance))
    }

    pub(super) fn delete(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let series = series_folder(&self.root, key);
        if !series.is_dir() {
            return Ok(0);
        }
        let _lock = WriteLock::acquire(&series)?;
        let mut rows = 0;
        for (_, folder) in years(&series)? {
            // A file that cannot be read is removed all the same: deleting is the way out of it.
            rows += self.totals.get(&folder).ok().flatten().map_or(0, |stats| stats.rows);
            // First the journal: left alone it would be the year.
            for name in [JOURNAL, PART] {
                remove_file(&folder.join(name))?;
            }
            self.totals.forget(&folder);
            // The folder stays when someone put something else there.
            let _ = fs::remove_dir(folder);
        }
        remove_file(&series.join(LEDGER))?;
        sync_folder(&series).map_err(StoreError::io("flush", &series))?;
        Ok(rows)
    }

    /// Brings the journals of a series into its files. Returns how many rows they held.
    pub(super) fn compact(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let series = series_folder(&self.root, key);
        // Looked at first: the lock would make the folder of a series that is not there.
        if journals(&series)?.is_empty() {
            return Ok(0);
        }
        let _lock = WriteLock::acquire(&series)?;
        self.fold_all(&series)
    }

    /// Folds every journal of a series, whose lock the caller holds.
    fn fold_all(&self, series: &Path) -> Result<u64, StoreError> {
        let mut rows = 0;
        for folder in journals(series)? {
            rows += YearToWrite::open(&folder)?.fold()?;
            self.totals.forget(&folder);
        }
        Ok(rows)
    }

    fn summarise(&self, key: &SeriesKey, folder: &Path) -> Result<Option<SeriesSummary>, StoreError> {
        let mut summary: Option<SeriesSummary> = None;
        for (_, year) in years(folder)? {
            let Some(stats) = self.totals.get(&year)? else { continue };
            let total = summary.get_or_insert_with(|| SeriesSummary {
                key: key.clone(),
                rows: 0,
                first: stats.first,
                last: stats.last,
                provenance: ProvenanceCounts::default(),
                bytes: 0,
            });
            total.rows += stats.rows;
            total.last = stats.last;
            total.bytes += stats.bytes;
            total.provenance.merge(&stats.provenance);
        }
        Ok(summary)
    }

    /// Returns the open times of the range, in order.
    pub(super) fn open_times(&self, key: &SeriesKey, range: TimeRange) -> Result<Vec<Timestamp>, StoreError> {
        let mut times = Vec::new();
        for folder in self.folders(key, range)? {
            if let Some(year) = CurrentYear::open(&folder, range)? {
                times.extend(year.open_time().into_iter().map(Timestamp::from_ms));
            }
        }
        Ok(times)
    }

    /// Forgets what was known of a year's file, because it was changed.
    pub(super) fn forget(&self, folder: &Path) {
        self.totals.forget(folder);
    }

    /// Returns the folders of years that may hold candles of the range, in order of time.
    pub(super) fn folders(&self, key: &SeriesKey, range: TimeRange) -> Result<Vec<PathBuf>, StoreError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let (first, _) = range.start.year_month();
        let (last, _) = range.end.plus_ms(-1).year_month();
        let folders = years(&series_folder(&self.root, key))?;
        Ok(folders
            .into_iter()
            .filter(|(year, _)| (first..=last).contains(year))
            .map(|(_, folder)| folder)
            .collect())
    }
}

/// Returns the rows of each calendar year (UTC) of sorted columns.
fn by_year(columns: &Columns) -> Vec<(i32, Range<usize>)> {
    let mut years = Vec::new();
    let mut start = 0;
    while let Some(&first) = columns.open_time.get(start) {
        let (year, _) = Timestamp::from_ms(first).year_month();
        let next = Timestamp::from_ymd(year + 1, 1, 1).map_or(i64::MAX, Timestamp::as_ms);
        let end = start + columns.open_time[start..].partition_point(|&at| at < next);
        years.push((year, start..end));
        start = end;
    }
    years
}
