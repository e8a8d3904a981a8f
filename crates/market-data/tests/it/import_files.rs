//! Importing files as they are published, and files as people have them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use market_data::Take;
use market_data::import::{ImportOptions, ImportPhase, RefusalReason, run};
use tokio_util::sync::CancellationToken;
use types::{Interval, Provenance, TimeRange};

use crate::support::{at, candles, decimal, import, key, lake};

fn csv(rows: &[types::Candle], us: bool) -> String {
    let mut text = String::new();
    for candle in rows {
        let close = Interval::H1.next_open(candle.open_time).as_ms() - 1;
        let open = candle.open_time.as_ms();
        let (open, close) = if us {
            (format!("{open}000"), format!("{close}999"))
        } else {
            (open.to_string(), close.to_string())
        };
        writeln!(
            text,
            "{open},{},{},{},{},{},{close},{},{},{},{},0",
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume,
            candle.quote_volume.unwrap(),
            candle.trades.unwrap(),
            candle.taker_buy_base.unwrap(),
            candle.taker_buy_quote.unwrap()
        )
        .unwrap();
    }
    text
}

fn gz(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn every_form_of_the_same_candles_gives_the_same_series() {
    let rows = candles(Interval::H1, at("2024-12-31"), 48);
    let text = csv(&rows, false);
    let header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,\
                  taker_buy_quote_volume,ignore\n";
    let (first, second) = text.split_at(text.match_indices('\n').nth(20).unwrap().0 + 1);
    let eleven = text.replace(",0\n", "\n");
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("plain.csv", text.clone().into_bytes()),
        ("header.csv", format!("{header}{text}").into_bytes()),
        ("eleven.csv", eleven.into_bytes()),
        ("micro.csv", csv(&rows, true).into_bytes()),
        ("windows.csv", format!("\u{FEFF}{header}\n\n{text}").replace('\n', "\r\n").into_bytes()),
        ("no-end.csv", text.trim_end().as_bytes().to_vec()),
        ("joined.csv", format!("{header}{first}{header}{second}").into_bytes()),
        ("marks.csv", format!("\u{FEFF}{header}{first}\u{FEFF}{header}{second}").into_bytes()),
        ("marks-no-end.csv", format!("\u{FEFF}{}\u{FEFF}{second}", first.trim_end()).into_bytes()),
        ("file.csv.gz", gz(text.as_bytes())),
        ("members.gz", [gz(first.as_bytes()), gz(second.as_bytes())].concat()),
        ("one.zip", zipped(&[("BTCUSDT-1h.csv", &text)])),
        (
            "two.zip",
            zipped(&[("a.csv", first), ("__MACOSX/._a.csv", "x"), ("readme.txt", "x"), ("b.CSV", second)]),
        ),
        ("named-wrong.csv", gz(text.as_bytes())),
    ];
    for (name, bytes) in forms {
        let (folder, store) = lake();
        let key = key("BTCUSDT", Interval::H1);
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let report = import(store.as_ref(), &key, &[path]).await.unwrap();
        assert_eq!((report.rows, report.stored.added, report.refusals.total()), (48, 48, 0), "{name}");
        let stored = store.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
        assert!(stored.iter().map(|stored| &stored.candle).eq(&rows), "{name}");
        assert!(stored.iter().all(|stored| stored.provenance == Provenance::Imported), "{name}");
    }
}

#[tokio::test]
async fn six_columns_leave_the_others_unknown() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let path = folder.path().join("six.csv");
    std::fs::write(&path, "1704067200000,1.5,2,1,1.25,0\n1704070800000,1.5,2e0,1,1.25,1e-8\n").unwrap();
    import(store.as_ref(), &key, &[path]).await.unwrap();
    let stored = store.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    assert_eq!((stored[0].candle.quote_volume, stored[0].candle.trades), (None, None));
    assert_eq!(stored[1].candle.volume, decimal("0.00000001"));
}

#[tokio::test]
async fn rows_that_are_no_candles_are_counted_and_shown() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let path = folder.path().join("mixed.csv");
    let text = "open_time,open,high,low,close,volume\n\
                1704067200000,1.5,2,1,1.25,10\n\
                1704070800000,1.5,2,1,abc,10\n\
                1704074400000,1.5,2,1,1.25\n\
                1704078000001,1.5,2,1,1.25,10\n\
                1704081600000,1.5,1,2,1.25,10\n\
                1704085200000,1.5,2,1,1.25,-10\n\
                tomorrow,1.5,2,1,1.25,10\n\
                1704088800000,1.5,2,1,1.25,0.0000000000000000001\n\
                1767225600000,1.5,2,1,1.25,10\n\
                1704067200000,1.5,2,1,1.25,10.0\n\
                1704067200000,1.5,2,1,1.5,11\n\
                \n\
                1704063600000,1.5,2,1,1.25,10\n";
    std::fs::write(&path, text).unwrap();
    let report = import(store.as_ref(), &key, std::slice::from_ref(&path)).await.unwrap();
    let count = |reason| report.refusals.count(reason);
    assert_eq!((report.rows, report.stored.added), (12, 2));
    assert_eq!((report.duplicates, report.superseded), (1, 1));
    let superseded = report.superseded_examples[0].to_string();
    for part in [
        "2024-01-01 00:00:00: ",
        "mixed.csv line 12 was kept",
        "mixed.csv line 2 was not",
        "11 is more than 10",
    ] {
        assert!(superseded.contains(part), "{superseded}");
    }
    assert_eq!(count(RefusalReason::NotANumber), 1);
    assert_eq!(count(RefusalReason::WrongColumns), 1);
    assert_eq!(count(RefusalReason::OffGrid), 1);
    assert_eq!(count(RefusalReason::Impossible), 2);
    assert_eq!(count(RefusalReason::BadTime), 1);
    assert_eq!(count(RefusalReason::TooManyDigits), 1);
    assert_eq!(count(RefusalReason::Unfinished), 1);
    let text_cell = &report.refusals.examples[0];
    assert_eq!((text_cell.line, text_cell.detail.as_str()), (3, "close is 'abc'"));
    assert_eq!(text_cell.text, "1704070800000,1.5,2,1,abc,10");
    assert!(text_cell.file.ends_with("mixed.csv"));
    let stored = store.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    assert_eq!(stored[1].candle.volume, decimal("11"), "the fuller snapshot");
    assert!(import(store.as_ref(), &key, &[path]).await.unwrap().is_noop());
}

#[tokio::test]
async fn many_files_are_one_import() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let rows = candles(Interval::H1, at("2022-11-01"), 12_000);
    let files: Vec<PathBuf> = rows
        .chunks(700)
        .enumerate()
        .map(|(index, chunk)| {
            let path = folder.path().join(format!("{index}.csv.gz"));
            std::fs::write(&path, gz(csv(chunk, false).as_bytes())).unwrap();
            path
        })
        .collect();
    let seen = Mutex::new(Vec::new());
    let report = run(
        &files,
        &key,
        store.as_ref(),
        ImportOptions::at(at("2026-01-01")),
        &|progress| seen.lock().unwrap().push(progress.clone()),
        &CancellationToken::new(),
    )
    .await
    .unwrap();
    assert_eq!((report.stored.added, report.files.len()), (12_000, 18));
    let seen = seen.into_inner().unwrap();
    assert!(
        seen.windows(2)
            .filter(|pair| pair[0].phase == pair[1].phase)
            .all(|pair| { pair[0].bytes_done <= pair[1].bytes_done && pair[0].rows <= pair[1].rows })
    );
    let last = seen.last().unwrap();
    assert_eq!((last.phase, last.rows, last.bytes_done), (ImportPhase::Storing, 12_000, last.bytes_total));
    let mut reversed = files;
    reversed.reverse();
    assert!(import(store.as_ref(), &key, &reversed).await.unwrap().is_noop());
}

#[tokio::test]
async fn a_cancelled_import_says_what_it_left_out_and_can_be_repeated() {
    let (folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    let path = folder.path().join("all.csv");
    std::fs::write(&path, csv(&candles(Interval::H1, at("2022-11-01"), 5_000), false)).unwrap();
    let cancel = CancellationToken::new();
    let stop = |progress: &market_data::import::ImportProgress| {
        if progress.phase == ImportPhase::Reading {
            cancel.cancel();
        }
    };
    let options = ImportOptions::at(at("2026-01-01"));
    let files = [path];
    let report = run(&files, &key, store.as_ref(), options, &stop, &cancel).await.unwrap();
    assert!(report.cancelled && !report.is_noop());
    assert_eq!((report.abandoned, report.accounted_for()), (5_000, report.rows));
    assert_eq!(import(store.as_ref(), &key, &files).await.unwrap().stored.added, 5_000);
}
