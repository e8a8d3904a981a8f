//! Looking at stores without changing them: what is damaged is named, what is not there is not made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use market_data::{Lake, Note, PostgresCandles};
use types::{Interval, Provenance, TimeRange};

use crate::support::{at, candles, key, lake};

/// The year file in a folder of a lake.
fn file(lake: &Path, part: &str) -> PathBuf {
    let place = lake.join("exchange=binance").join(part).join("part.parquet");
    assert!(place.is_file(), "{}", place.display());
    place
}

fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.insert(entry.path(), fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

#[tokio::test]
async fn a_lake_that_is_not_there_is_empty_and_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("lake");
    let report = Lake::examine(&root, |_| {}).await.unwrap();
    assert_eq!((report.series, report.files, report.damaged.len()), (0, 0, 0));
    assert!(!root.exists());
}

#[tokio::test]
async fn every_damaged_file_is_named_and_the_others_are_counted() {
    let (folder, store) = lake();
    let root = folder.path().join("lake");
    for symbol in ["BTCUSDT", "ETHUSDT", "SOLUSDT"] {
        let made = candles(Interval::H1, at("2023-12-31"), 48);
        store.append(&key(symbol, Interval::H1), made, Provenance::Exchange).await.unwrap();
    }
    let range = TimeRange { start: at("2024-01-01"), end: at("2024-01-02") };
    let note = vec![Note::Empty { range, at: at("2024-02-01") }];
    store.note(&key("ETHUSDT", Interval::H1), note).await.unwrap();
    let before = everything(&root);
    let whole = Lake::examine(&root, |_| {}).await.unwrap();
    assert_eq!((whole.series, whole.files, whole.rows, whole.damaged.len()), (3, 6, 144, 0));
    assert_eq!(everything(&root), before, "looking changes nothing");

    // A file cut short, one of another year, and a ledger that is none.
    let cut = file(&root, "symbol=BTCUSDT/interval=1h/year=2023");
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let moved = file(&root, "symbol=SOLUSDT/interval=1h/year=2024");
    fs::copy(file(&root, "symbol=SOLUSDT/interval=1h/year=2023"), &moved).unwrap();
    let ledger = root.join("exchange=binance/symbol=ETHUSDT/interval=1h/.ledger.json");
    fs::write(&ledger, "{").unwrap();
    let report = Lake::examine(&root, |_| {}).await.unwrap();
    assert_eq!((report.series, report.files, report.rows), (3, 6, 96));
    let said: Vec<String> = report.damaged.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:#?}");
    for (said, (path, what)) in said.iter().zip([
        (&cut, "no readable candle file"),
        (&ledger, "no readable ledger"),
        (&moved, "belongs to another year"),
    ]) {
        assert!(said.contains(&path.display().to_string()) && said.contains(what), "{said}");
    }
}

#[tokio::test]
async fn half_written_files_are_leftovers_once_their_writer_is_gone() {
    let (folder, store) = lake();
    let root = folder.path().join("lake");
    let series = key("BTCUSDT", Interval::H1);
    store.append(&series, candles(Interval::H1, at("2024-01-01"), 5), Provenance::Exchange).await.unwrap();
    let series_folder = root.join("exchange=binance/symbol=BTCUSDT/interval=1h");
    let half = series_folder.join("year=2024/.part.tmp");
    fs::write(&half, "half").unwrap();
    let lock = fs::File::open(series_folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    assert!(Lake::examine(&root, |_| {}).await.unwrap().leftovers.is_empty());
    lock.unlock().unwrap();
    assert_eq!(Lake::examine(&root, |_| {}).await.unwrap().leftovers, std::slice::from_ref(&half));
    store.append(&series, candles(Interval::H1, at("2024-01-02"), 5), Provenance::Exchange).await.unwrap();
    assert!(!half.exists(), "the next writer removes it, as its description says");
}

#[tokio::test]
async fn a_look_at_a_candle_database_makes_no_table() {
    let url = testkit::postgres_url().await;
    for _ in 0..2 {
        let empty = PostgresCandles::inspect(&url).await.unwrap();
        assert_eq!((empty.about, empty.unknown), (None, None));
        assert!(empty.pending > 0);
    }
    let store = PostgresCandles::open(&url).await.unwrap();
    let seen = PostgresCandles::inspect(&url).await.unwrap();
    assert_eq!(seen.about, Some(store.about().await.unwrap()));
    assert_eq!((seen.pending, seen.unknown), (0, None));
}

#[tokio::test]
async fn a_candle_database_that_is_away_is_told_without_its_password() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://ann:secret@127.0.0.1:{port}/crypto");
    let text = PostgresCandles::inspect(&url).await.unwrap_err().to_string();
    assert!(text.contains("is the server running?") && !text.contains("secret"), "{text}");
}
