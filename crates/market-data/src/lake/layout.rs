//! Where a series lies: hive partitions `exchange=binance/symbol=BTCUSDT/interval=1h/year=2024/part.parquet`.
//!
//! Invariant: no two series share a folder, on file systems that ignore case too: a month is written `1mo`, because `1M` and `1m`
//! would be one folder there. Symbols and exchange names are safe to use as they are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use types::{Interval, SeriesKey};

use crate::StoreError;

/// Name of the file that holds a year.
pub(super) const PART: &str = "part.parquet";
/// Name of the file that holds small appends to a year until they are folded into it; a glob of `*.parquet` does not match it.
pub(super) const JOURNAL: &str = ".journal";
/// Name of the file that holds what is noted about a series; hidden, because pandas takes every other file of a folder for Parquet.
pub(super) const LEDGER: &str = ".ledger.json";
/// Name of the file that a writer of a series locks.
pub(super) const LOCK: &str = ".lock";
/// How names of half-written files begin; a glob of `*.parquet` does not match them.
pub(super) const TEMPORARY: &str = ".part.tmp";

fn interval_name(interval: Interval) -> &'static str {
    match interval {
        Interval::Mo1 => "1mo",
        other => other.as_str(),
    }
}

/// Returns the folder of a series.
pub(super) fn series_folder(root: &Path, key: &SeriesKey) -> PathBuf {
    root.join(format!("exchange={}", key.exchange))
        .join(format!("symbol={}", key.symbol))
        .join(format!("interval={}", interval_name(key.interval)))
}

/// Returns the folder of one year of a series.
pub(super) fn year_folder(series: &Path, year: i32) -> PathBuf {
    series.join(format!("year={year:04}"))
}

/// Returns the years of a series that have a file or a journal, in order, with their folders. A series that does not exist has none.
pub(super) fn years(series: &Path) -> Result<Vec<(i32, PathBuf)>, StoreError> {
    let mut years = Vec::new();
    for (year, folder) in partitions::<i32>(series, "year=")? {
        if is_file(&folder.join(PART))? || is_file(&folder.join(JOURNAL))? {
            years.push((year, folder));
        }
    }
    years.sort_unstable();
    Ok(years)
}

/// Returns the folders of the years of a series that have a journal, in order.
pub(super) fn journals(series: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut folders = Vec::new();
    for (_, folder) in years(series)? {
        if is_file(&folder.join(JOURNAL))? {
            folders.push(folder);
        }
    }
    Ok(folders)
}

fn is_file(path: &Path) -> Result<bool, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("open", path)(error)),
    }
}

/// Returns every series that has a folder, in order of key.
pub(super) fn all_series(root: &Path) -> Result<Vec<(SeriesKey, PathBuf)>, StoreError> {
    let mut found = Vec::new();
    for (exchange, folder) in partitions::<types::ExchangeId>(root, "exchange=")? {
        for (symbol, folder) in partitions::<types::Symbol>(&folder, "symbol=")? {
            for (interval, folder) in partitions::<Interval>(&folder, "interval=")? {
                let key = SeriesKey { exchange: exchange.clone(), symbol: symbol.clone(), interval };
                found.push((key, folder));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Returns the folders `prefix…` whose rest is a name of the right kind; what else lies there is none of the lake's business.
pub(super) fn partitions<T: FromStr>(folder: &Path, prefix: &str) -> Result<Vec<(T, PathBuf)>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("list", folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::io("list", folder))?;
        let name = entry.file_name();
        if let Some(value) = name.to_str().and_then(|name| name.strip_prefix(prefix)?.parse().ok()) {
            found.push((value, entry.path()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_minutes_do_not_meet() {
        let folder = |interval| {
            let key = SeriesKey {
                exchange: "binance".parse().expect("an exchange"),
                symbol: "BTCUSDT".parse().expect("a symbol"),
                interval,
            };
            series_folder(Path::new("lake"), &key).to_string_lossy().into_owned()
        };
        assert_eq!(folder(Interval::H1), "lake/exchange=binance/symbol=BTCUSDT/interval=1h");
        let mut names: Vec<_> =
            Interval::ALL.into_iter().map(|interval| folder(interval).to_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Interval::ALL.len());
        for interval in Interval::ALL {
            assert_eq!(interval_name(interval).parse(), Ok(interval));
        }
    }
}
