//! What is particular to the lake: its files, its folder, and what happens when they cannot be read or written.

use std::fs;
use std::path::{Path, PathBuf};

use market_data::{CandleColumns, CandleStore, Lake, StoreError, Take};
use types::{Interval, Provenance, TimeRange};

use crate::support::{at, candles, key};

const YEAR: &str = "exchange=binance/symbol=BTCUSDT/interval=1h/year=2024";

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

async fn filled() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let handed = candles(Interval::H1, at("2023-12-31"), 48);
    lake.append(&key("BTCUSDT", Interval::H1), handed, Provenance::Exchange).await.unwrap();
    (folder, lake)
}

#[tokio::test]
async fn files_lie_in_hive_partitions_and_nothing_else_is_left() {
    let (folder, _lake) = filled().await;
    let files = files_below(folder.path());
    let names: Vec<_> =
        files.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap()).collect();
    let series = "exchange=binance/symbol=BTCUSDT/interval=1h";
    assert_eq!(
        names,
        [
            format!("{series}/.lock"),
            format!("{series}/year=2023/part.parquet"),
            format!("{series}/year=2024/part.parquet")
        ]
    );
}

#[tokio::test]
async fn only_the_years_that_change_are_written() {
    let (folder, lake) = filled().await;
    let key = key("BTCUSDT", Interval::H1);
    let stamp = |year: &str| {
        let path = folder.path().join(YEAR).with_file_name(year).join("part.parquet");
        let metadata = fs::metadata(path).unwrap();
        (metadata.modified().unwrap(), metadata.len())
    };
    let before = (stamp("year=2023"), stamp("year=2024"));
    lake.append(&key, candles(Interval::H1, at("2023-12-31"), 48), Provenance::Imported).await.unwrap();
    assert_eq!(
        (stamp("year=2023"), stamp("year=2024")),
        before,
        "an append of the same candles writes nothing"
    );
    lake.append(&key, candles(Interval::H1, at("2024-05-01"), 5), Provenance::Imported).await.unwrap();
    assert_eq!(stamp("year=2023"), before.0);
    assert_ne!(stamp("year=2024"), before.1);
}

#[tokio::test]
async fn what_a_killed_writer_left_is_ignored_and_swept_up() {
    let (folder, lake) = filled().await;
    let key = key("BTCUSDT", Interval::H1);
    let leftover = folder.path().join(YEAR).join(".part.tmp");
    fs::write(&leftover, b"PAR1 half a file").unwrap();
    assert_eq!(lake.candles(&key, TimeRange::ALL, Take::All).await.unwrap().len(), 48);
    assert_eq!(lake.series().await.unwrap()[0].rows, 48);
    lake.append(&key, candles(Interval::H1, at("2023-06-01"), 1), Provenance::Exchange).await.unwrap();
    assert!(!leftover.exists());
}

#[tokio::test]
async fn a_damaged_file_is_named_with_its_remedy_and_never_misread() {
    let (folder, lake) = filled().await;
    let key = key("BTCUSDT", Interval::H1);
    let path = folder.path().join(YEAR).join("part.parquet");
    let whole = fs::read(&path).unwrap();
    for length in [0, 4, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let error = lake.bars(&key, TimeRange::ALL).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { path: named, .. } if *named == path),
            "{length}: {error}"
        );
        assert!(error.to_string().contains("fetch or import that year again"), "{error}");
        let handed = candles(Interval::H1, at("2024-01-01"), 5);
        assert!(lake.append(&key, handed, Provenance::Exchange).await.is_err(), "nothing is built on it");
        assert_eq!(fs::metadata(&path).unwrap().len(), length as u64, "and it is left as it is");
    }
    // The other year is still there.
    let range = TimeRange { start: at("2023-01-01"), end: at("2024-01-01") };
    assert_eq!(lake.bars(&key, range).await.unwrap().bars.len(), 24);
    assert_eq!(lake.delete(&key).await.unwrap(), 24);
    assert_eq!(lake.series().await.unwrap(), []);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named_and_nothing_is_lost() {
    let (folder, lake) = filled().await;
    let key = key("BTCUSDT", Interval::H1);
    // A folder in place of the temporary file: it cannot be made, whoever runs the test.
    let blocker = folder.path().join(YEAR).join(".part.tmp");
    fs::create_dir(&blocker).unwrap();
    let handed = candles(Interval::H1, at("2024-05-01"), 5);
    let error = lake.append(&key, handed.clone(), Provenance::Exchange).await.unwrap_err();
    assert!(matches!(&error, StoreError::Io { path, .. } if *path == blocker), "{error}");
    assert_eq!(lake.bars(&key, TimeRange::ALL).await.unwrap().bars.len(), 48);
    fs::remove_dir(&blocker).unwrap();
    assert_eq!(lake.append(&key, handed, Provenance::Exchange).await.unwrap().added, 5);

    let file = folder.path().join("a-file");
    fs::write(&file, "x").unwrap();
    let error = Lake::open(file.join("lake")).unwrap_err();
    assert!(error.to_string().contains("a-file"), "{error}");
}

#[tokio::test]
async fn other_things_in_the_folder_are_left_alone() {
    let (folder, lake) = filled().await;
    for stray in
        ["notes.txt", "exchange=UPPER/x", "exchange=binance/symbol=../x", "exchange=binance/readme.md"]
    {
        let path = folder.path().join(stray);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    assert_eq!(lake.series().await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_process_sees_what_was_written_and_what_was_revised() {
    let (folder, lake) = filled().await;
    let key = key("BTCUSDT", Interval::H1);
    let other = Lake::open(folder.path()).unwrap();
    assert_eq!(other.series().await.unwrap(), lake.series().await.unwrap());
    lake.append(&key, candles(Interval::H1, at("2024-05-01"), 5), Provenance::Synthetic).await.unwrap();
    let summary = other.summary(&key).await.unwrap().unwrap();
    assert_eq!((summary.rows, summary.provenance.synthetic), (53, 5));
}

#[tokio::test]
async fn long_stretches_over_a_new_year_are_read_like_single_candles() {
    let (_folder, lake) = filled().await;
    let key = key("BTCUSDT", Interval::M1);
    let mut handed = candles(Interval::M1, at("2023-12-01"), 80_000);
    // One year holds a value that needs more decimals than the other.
    handed[70_000].close += rust_decimal::Decimal::new(1, 12);
    lake.append(&key, handed.clone(), Provenance::Exchange).await.unwrap();
    let loaded = lake.bars(&key, TimeRange::ALL).await.unwrap();
    assert_eq!((loaded.bars.len(), loaded.provenance.exchange), (80_000, 80_000));
    for (bar, candle) in loaded.bars.iter().zip(&handed) {
        assert_eq!(bar.open_time, candle.open_time);
        for (value, exact) in [bar.open, bar.high, bar.low, bar.close, bar.volume].into_iter().zip([
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume,
        ]) {
            assert_eq!(Ok(value), exact.to_string().parse(), "{}", candle.open_time);
        }
    }
    let stored = lake.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    let columns = lake.exact_columns(&key, TimeRange::ALL).await.unwrap();
    assert_eq!(columns, CandleColumns::of(&key, &stored).unwrap());
    assert_eq!(columns.coarsen(Interval::H1).unwrap().len(), 80_000_usize.div_ceil(60));
}
