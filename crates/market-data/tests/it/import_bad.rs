//! Files that cannot be imported as a whole: nothing is stored, and the message names the file and the remedy.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use market_data::CandleStore;
use market_data::import::{ImportError, ImportOptions, ImportReport, run};
use tokio_util::sync::CancellationToken;
use types::{Interval, SeriesKey, TimeRange};

use crate::support::{at, import, key, lake};

const ROW: &str = "1704067200000,1.5,2,1,1.25,10\n";

async fn failure(bytes: &[u8], name: &str) -> String {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let good = folder.path().join("good.csv");
    std::fs::write(&good, ROW).unwrap();
    let bad = folder.path().join(name);
    std::fs::write(&bad, bytes).unwrap();
    // The bad file comes second: even so the good one before it is not imported.
    let error = import(store.as_ref(), &key, &[good, bad]).await.unwrap_err();
    assert_eq!(store.series().await.unwrap(), [], "{name}: nothing is stored");
    assert!(error.to_string().contains(name), "{error}");
    error.to_string()
}

/// A hundred thousand rows that do not compress well, so that archives of them have a middle.
fn long_text() -> String {
    let mut text = String::new();
    let mut noise = 1_u64;
    for hour in 0..100_000_u64 {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        writeln!(
            text,
            "{},1.5,2,1,1.25,{}",
            1_300_000_400_000_u64 / 3_600_000 * 3_600_000 + hour * 3_600_000,
            noise >> 33
        )
        .unwrap();
    }
    text
}

#[tokio::test]
async fn archives_that_are_cut_or_changed_import_nothing() {
    let text = long_text();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    let gz = encoder.finish().unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("a.csv", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    for (bytes, name) in [(&gz, "cut.csv.gz"), (&zip, "cut.zip")] {
        for length in [bytes.len() - 1, bytes.len() - 9, bytes.len() / 2, 20] {
            let message = failure(&bytes[..length], name).await;
            assert!(
                message.contains("is damaged") && message.contains("download it again"),
                "{length}: {message}"
            );
        }
        let mut changed = bytes.clone();
        changed[bytes.len() / 2] ^= 0x40;
        let message = failure(&changed, name).await;
        assert!(message.contains("is damaged"), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_csv_of_candles_is_named() {
    let (zeros, sevens) = (vec![0; 100_000], vec![b'7'; 100_000]);
    for (bytes, name, expected) in [
        (&b""[..], "empty.csv", "it is empty"),
        (b"\n\n \n", "blank.csv", "no line that is not blank"),
        (b"<!DOCTYPE html><html>", "page.csv", "neither a row of numbers nor a header"),
        (b"a,b,c\n1,2,3\n", "other.csv", "a header with open_time"),
        (b"1704067200000,1,2\n", "three.csv", "has 3 columns"),
        (b"open_time,open,high,low,close,volume\n", "header.csv", "it has a header and no rows"),
        (b"\xEF\xBB\xBFdate,open,high,low,close,volume\r\n\r\n", "blank-header.csv", "a header and no rows"),
        (b"1704067200000;1;2;1;1;5\n", "semicolons.csv", "separated by semicolons"),
        (b"\xFF\xFE1\x007\x000\x004\x00", "wide.csv", "it is UTF-16 text; save it as UTF-8"),
        (b"\xFE\xFF\x001\x007\x000\x004", "wide-big.csv", "it is UTF-16 text; save it as UTF-8"),
        (b"1\x007\x000\x004\x00\n\x00", "wide-bare.csv", "it is UTF-16 text; save it as UTF-8"),
        (b"PAR1abcdefgh", "data.parquet", "is a Parquet file"),
        (b"\x28\xB5\x2F\xFDabcd", "data.zst", "is a zstd file"),
        (&zeros[..], "zeros.csv", "line 1 is no line of text"),
        (&sevens[..], "endless.csv", "line 1 is no line of text"),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "nothing.zip", "no .csv inside"),
    ] {
        let message = failure(bytes, name).await;
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn candles_of_another_interval_are_not_taken_for_this_one() {
    let mut minutes = String::new();
    for minute in 0..200 {
        writeln!(minutes, "{},1.5,2,1,1.25,10", 1_704_067_200_000_i64 + minute * 60_000).unwrap();
    }
    let message = failure(minutes.as_bytes(), "minutes.csv").await;
    assert!(message.contains("holds 1m candles, not 1h"), "{message}");
}

#[tokio::test]
async fn missing_files_and_folders_are_named() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    for path in [folder.path().join("nowhere.csv"), folder.path().to_owned()] {
        let error = import(store.as_ref(), &key, std::slice::from_ref(&path)).await.unwrap_err();
        assert_eq!(error.file(), path.to_str(), "{error}");
    }
    let none: &[PathBuf] = &[];
    assert!(matches!(import(store.as_ref(), &key, none).await, Err(ImportError::NoFiles)));
}

#[tokio::test]
async fn a_store_that_cannot_write_is_named() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let good = folder.path().join("good.csv");
    std::fs::write(&good, ROW).unwrap();
    let blocker: &Path = &folder.path().join("lake/exchange=binance");
    std::fs::write(blocker, "a file where a folder belongs").unwrap();
    let error = import(store.as_ref(), &key, &[good]).await.unwrap_err();
    assert!(error.to_string().contains("exchange=binance"), "{error}");
    assert!(error.to_string().contains("a file stands where a folder belongs"), "{error}");
}

#[tokio::test]
async fn candles_of_another_symbol_do_not_overwrite_those_that_are_there() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let rows = |price: u64| {
        let mut text = String::new();
        for hour in 0..40_u64 {
            writeln!(text, "{},{p},{p},{p},{p},10", 1_704_067_200_000 + hour * 3_600_000, p = price + hour)
                .unwrap();
        }
        text
    };
    let file = folder.path().join("candles.csv");
    std::fs::write(&file, rows(40_000)).unwrap();
    import(store.as_ref(), &key, std::slice::from_ref(&file)).await.unwrap();
    let before = store.bars(&key, TimeRange::ALL).await.unwrap();
    std::fs::write(&file, rows(2_200)).unwrap();
    let error = import(store.as_ref(), &key, std::slice::from_ref(&file)).await.unwrap_err().to_string();
    for part in [
        "binance BTCUSDT 1h: 40 of 40 candles",
        "2024-01-01 00:00:00 the close is 2200, stored is 40000",
        "are they of another symbol?",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(store.bars(&key, TimeRange::ALL).await.unwrap(), before);
    // By a few percent, too, when all of them differ.
    std::fs::write(&file, rows(41_000)).unwrap();
    let error = import(store.as_ref(), &key, std::slice::from_ref(&file)).await.unwrap_err().to_string();
    assert!(error.contains("40 of 40 candles") && error.contains("another market"), "{error}");
    assert_eq!(store.bars(&key, TimeRange::ALL).await.unwrap(), before);
    // Who insists gets them, and what was there is in the record.
    let report = replacing(store.as_ref(), &key, &file).await;
    assert_eq!(report.stored.revised, 40);
    let ledger = store.ledger(&key).await.unwrap();
    assert_eq!((ledger.revised_candles, ledger.revised.len()), (40, 40));
    assert_eq!((ledger.revised[0].was.close, ledger.revised[0].now.close), (40_000.into(), 41_000.into()));
}

async fn replacing(store: &dyn CandleStore, key: &SeriesKey, file: &Path) -> ImportReport {
    let options = ImportOptions { replace: true, ..ImportOptions::at(at("2026-01-01")) };
    run(&[file.to_owned()], key, store, options, &|_| {}, &CancellationToken::new()).await.unwrap()
}
