//! `crypto data export`: files that come back as they left, appear whole or not at all, and replace nothing unasked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use types::{Candle, Provenance};

use super::house::{BTC, House, key};
use super::market::{HEADER, csv, hourly};
use super::outcome::Outcome;
use super::running;

fn export(house: &House, more: &[&str]) -> Outcome {
    house.run_btc(&[&["data", "export"], more].concat())
}

/// The same values without trailing zeros, as they are written.
fn shortest(mut candles: Vec<Candle>) -> Vec<Candle> {
    for candle in &mut candles {
        let Candle { open, high, low, close, volume, .. } = candle;
        for value in [open, high, low, close, volume] {
            *value = value.normalize();
        }
        for amount in [&mut candle.quote_volume, &mut candle.taker_buy_base, &mut candle.taker_buy_quote] {
            *amount = amount.map(|amount| amount.normalize());
        }
    }
    candles
}

#[test]
fn csv_is_the_archives_layout_and_imports_without_a_loss() {
    let house = House::new();
    let candles = testkit::RandomWalk::new(7).hole(100, 30).candles(500);
    let file = house.file("made.csv", csv(&candles));
    house.import(&[&file]).ok();
    let out = house.path().join("out.csv").display().to_string();
    export(&house, &["--output", &out]).ok().says(&[
        "binance BTCUSDT 1h: 470 candles from 2024-01-01 00:00:00 to 2024-01-21 19:00:00 written to",
        &out,
    ]);
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.starts_with(HEADER) && text.lines().count() == 471, "{text:.300}");

    let other = House::new();
    other.import(&[&out]).ok().says(&["470"]);
    let series = key("binance", "BTCUSDT", "1h");
    assert_eq!(other.stored(&series), house.stored(&series));
    // And once more, from what came back.
    let again = other.path().join("again.csv").display().to_string();
    export(&other, &["--output", &again]).ok();
    assert_eq!(fs::read(&again).unwrap(), fs::read(&out).unwrap());
}

#[test]
fn parquet_keeps_what_csv_cannot_the_provenance() {
    let house = House::with_candles(300);
    let series = key("binance", "BTCUSDT", "1h");
    house.run_btc(&["data", "resample", "--to", "4h"]).ok();
    let coarse = key("binance", "BTCUSDT", "4h");
    for (series, provenance) in [(series, Provenance::Imported), (coarse, Provenance::Resampled)] {
        let interval = series.interval.as_str();
        let out = house.path().join(format!("{interval}.parquet")).display().to_string();
        let names = ["--exchange", "binance", "--symbol", "BTCUSDT", "--interval", interval];
        let report =
            house.run(&[&["--json", "data", "export", "--output", &out][..], &names].concat()).ok().json();
        let rows = house.stored(&series).len();
        assert_eq!(
            (
                &report["format"],
                &report["rows"],
                &report["output"],
                &report["provenance"][provenance.as_str()]
            ),
            (&json!("parquet"), &json!(rows), &json!(out), &json!(rows)),
        );
        assert_eq!(report["bytes"], fs::metadata(&out).unwrap().len());
        let other = House::new();
        let place = format!("lake/exchange=binance/symbol=BTCUSDT/interval={interval}/year=2024");
        let place = other.data_dir().join(place);
        fs::create_dir_all(&place).unwrap();
        fs::copy(&out, place.join("part.parquet")).unwrap();
        let back = other.stored(&series);
        assert!(back.iter().all(|row| row.provenance == provenance));
        assert_eq!(back, house.stored(&series));
    }
}

#[test]
fn a_range_is_half_open_and_goes_to_standard_output_with_the_summary_beside_it() {
    let house = House::with_candles(100);
    let day = ["--output", "-", "--start", "2024-01-02", "--end", "2024-01-03"];
    let outcome = export(&house, &day).ok().mentions(&["24 candles", "written to standard output"]);
    let expected = csv(&shortest(hourly(100)[24..48].to_vec()));
    assert_eq!(outcome.stdout, format!("{HEADER}{expected}"));

    let outcome = export(&house, &[&day[..], &["--json"]].concat()).ok();
    assert_eq!(outcome.stdout, format!("{HEADER}{expected}"));
    let report: Value = serde_json::from_str(&outcome.stderr).unwrap();
    assert_eq!(
        (&report["rows"], &report["first"], &report["last"], &report["output"]),
        (&json!(24), &json!("2024-01-02T00:00:00Z"), &json!("2024-01-02T23:00:00Z"), &json!("-"))
    );

    let mut parquet =
        house.command(&[&["data", "export", "--format", "parquet", "--output", "-"], &BTC[..]].concat());
    let bytes = parquet.stdin(Stdio::null()).output().unwrap().stdout;
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let house = House::with_candles(50);
    let out = house.file("out.csv", "mine");
    export(&house, &["--output", &out]).fails(6, &[&out, "--force replaces it"]);
    house.run_btc(&["--json", "data", "export", "--output", &out]).fails_as_json(
        6,
        "refused",
        &["--force replaces it"],
    );
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
    // A link stays one; what it leads to is what is meant.
    let link = house.path().join("link.csv");
    std::os::unix::fs::symlink(&out, &link).unwrap();
    export(&house, &["--force", "--output", &link.display().to_string()]).ok();
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 51);
    let mode = fs::metadata(&out).unwrap().permissions().mode() & 0o777;
    let usual = fs::metadata(house.file("usual", "")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, usual, "as open to others as any file of this user");
}

#[test]
fn nothing_is_left_behind_where_nothing_is_exported() {
    let house = House::with_candles(50);
    let folder = house.path().join("out");
    fs::create_dir(&folder).unwrap();
    let out = folder.join("out.csv").display().to_string();
    export(&house, &["--output", &out, "--start", "2030-01-01"])
        .fails(4, &["no candles of binance BTCUSDT 1h are stored in this range", "crypto data list"]);
    export(&house, &["--output", &out, "--start", "2024-02-01", "--end", "2024-01-01"]).fails(2, &["empty"]);
    export(&house, &["--output", &out, "--format", "xml"]).fails(2, &["write csv or parquet"]);
    export(&house, &[]).fails(2, &["--output"]);
    export(&house, &["--output", &folder.display().to_string()]).fails(2, &["is no file"]);
    export(&house, &["--force", "--output", "/dev/null"]).fails(2, &["is no file", "- for standard output"]);
    let nowhere = folder.join("not/there.csv").display().to_string();
    export(&house, &["--output", &nowhere]).fails(4, &[&nowhere, "make its folder first"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_file_that_cannot_grow_is_an_error_that_leaves_nothing() {
    let house = House::new();
    let many = csv(&testkit::RandomWalk::new(3).candles(20_000));
    house.import(&[&house.file("many.csv", many)]).ok();
    let folder = house.path().join("out");
    fs::create_dir(&folder).unwrap();
    let out = folder.join("out.csv").display().to_string();
    let call = house.command(&[&["data", "export", "--output", &out], &BTC[..]].concat());
    let mut limited = Command::new("sh");
    // Without the trap the kernel would kill the process instead of refusing the write.
    limited.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"]);
    limited.arg(call.get_program()).args(call.get_args());
    running::run(limited, "").fails(1, &[&format!("cannot write {out}"), "File too large"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let house = House::new();
    let many = csv(&testkit::RandomWalk::new(3).candles(20_000));
    house.import(&[&house.file("many.csv", many)]).ok();
    let mut command = house.command(&[&["data", "export", "--output", "-"], &BTC[..]].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
