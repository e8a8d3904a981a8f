//! `crypto import`: files as they are published, said and stored the same.

use serde_json::json;

use super::house::{BTC, House, key, real_data};
use super::market::{HEADER, columns, csv, csv_in_microseconds, gzipped, hourly, zipped};

#[test]
fn every_published_form_of_the_same_candles_is_stored_the_same() {
    let candles = hourly(60);
    let text = csv(&candles);
    let forms: [(&str, Vec<u8>); 6] = [
        ("plain.csv", text.clone().into_bytes()),
        ("header.csv", format!("{HEADER}{text}").into_bytes()),
        ("micro.csv", csv_in_microseconds(&candles).into_bytes()),
        ("packed.csv.gz", gzipped(&text)),
        ("BTCUSDT-1h-2024-01.zip", zipped("BTCUSDT-1h-2024-01.csv", &format!("{HEADER}{text}"))),
        ("eleven.csv", columns(&text, 11).into_bytes()),
    ];
    for (name, bytes) in forms {
        let house = House::new();
        let file = house.file(name, bytes);
        let outcome = house.import(&[&file]).ok();
        assert_eq!(outcome.stdout, "binance BTCUSDT 1h: 60 rows read, 60 candles added\n", "{name}");
        let stored = house.stored(&key("binance", "BTCUSDT", "1h"));
        assert!(stored.iter().map(|stored| &stored.candle).eq(&candles), "{name}");
        let again = house.import(&[&file]).ok();
        assert_eq!(
            again.stdout, "binance BTCUSDT 1h: nothing new, all 60 candles were stored already\n",
            "{name}"
        );
    }
}

#[test]
fn six_columns_leave_the_others_unknown() {
    let house = House::new();
    let candles = hourly(30);
    let six = columns(&format!("{HEADER}{}", csv(&candles)), 6);
    house.import(&[&house.file("six.csv", six)]).ok().says(&["30 candles added"]);
    let stored = house.stored(&key("binance", "BTCUSDT", "1h"));
    assert!(stored.iter().zip(&candles).all(|(stored, candle)| stored.candle.close == candle.close));
    assert!(
        stored.iter().all(|stored| stored.candle.trades.is_none() && stored.candle.quote_volume.is_none())
    );
}

#[test]
fn several_files_are_one_import_whatever_their_order() {
    let house = House::new();
    let candles = hourly(90);
    let parts: Vec<String> = candles
        .chunks(30)
        .enumerate()
        .map(|(number, chunk)| house.file(&format!("{number}.csv"), csv(chunk)))
        .collect();
    house.import(&[&parts[2], &parts[0], &parts[1]]).ok().says(&["90 rows read, 90 candles added"]);
    let stored = house.stored(&key("binance", "BTCUSDT", "1h"));
    assert!(stored.iter().map(|stored| &stored.candle).eq(&candles));
}

#[test]
fn importing_again_leaves_every_byte_as_it_is() {
    let house = House::with_candles(2000);
    let before = house.data_files();
    assert!(before.keys().any(|path| path.ends_with("part.parquet")));
    let again = house.file("again.csv", csv(&hourly(2000)));
    let report = house.run(&[&["--json", "import", &again], &BTC[..]].concat()).ok().json();
    assert_eq!((&report["stored"]["added"], &report["stored"]["unchanged"]), (&json!(0), &json!(2000)));
    assert_eq!(house.data_files(), before);
}

#[test]
fn the_json_report_accounts_for_every_row() {
    let house = House::new();
    let text = csv(&hourly(10));
    let file = house.file("twice.csv", format!("{text}{text}\n1704067200000,1,2\n"));
    let report = house.run(&[&["import", &file, "--json"], &BTC[..]].concat()).ok().json();
    assert_eq!(report["key"], json!({ "exchange": "binance", "symbol": "BTCUSDT", "interval": "1h" }));
    assert_eq!(report["rows"], 21);
    assert_eq!((&report["stored"]["added"], &report["duplicates"]), (&json!(10), &json!(10)));
    assert_eq!(report["refusals"]["counts"], json!({ "wrong_columns": 1 }));
    assert_eq!(report["refusals"]["examples"][0]["line"], 22);
    assert_eq!(report["files"][0]["file"], file.as_str());
}

#[test]
fn a_revised_candle_replaces_the_stored_one_and_is_counted() {
    let house = House::with_candles(24);
    let mut candles = hourly(24);
    candles[5].volume += rust_decimal::Decimal::ONE;
    house.import(&[&house.file("revised.csv", csv(&candles))]).ok().says(&[
        "0 candles added",
        "23 were stored already",
        "1 revised",
    ]);
    assert_eq!(house.stored(&key("binance", "BTCUSDT", "1h"))[5].candle.volume, candles[5].volume);
}

#[test]
fn real_hours_of_eight_years_arrive_whole_and_only_once() {
    let Some(file) = real_data("candles/spot-BTCUSDT-1h-merged.csv.gz") else { return };
    let house = House::new();
    let outcome = house.import(&[&file]).ok();
    assert_eq!(outcome.stdout, "binance BTCUSDT 1h: 72569 rows read, 72569 candles added\n");
    let before = house.data_files();
    let again = house.import(&[&file]).ok();
    assert_eq!(again.stdout, "binance BTCUSDT 1h: nothing new, all 72569 candles were stored already\n");
    assert_eq!(house.data_files(), before);

    let gaps = house.run_btc(&["--json", "data", "gaps"]).ok().json();
    assert_eq!((&gaps["rows"], &gaps["missing"]), (&json!(72_569), &json!(128)));
    let listed = gaps["gaps"].as_array().unwrap();
    assert_eq!(listed.len(), 28);
    assert_eq!(
        listed[2],
        json!({ "start": "2018-02-08T01:00:00Z", "end": "2018-02-09T10:00:00Z", "missing": 33, "cause": "not_fetched" })
    );
    assert_eq!(listed.iter().map(|gap| gap["missing"].as_u64().unwrap()).sum::<u64>(), 128);
    let readme = std::fs::read_to_string(real_data("README.md").unwrap()).unwrap();
    let outages: Vec<String> =
        readme.lines().filter(|line| line.starts_with("- 20")).map(str::to_owned).collect();
    let ours: Vec<String> = listed.iter().map(as_in_the_readme).collect();
    assert_eq!(ours, outages);
}

/// Writes a gap as the list of outages beside the data does.
fn as_in_the_readme(gap: &serde_json::Value) -> String {
    let hour = |key: &str| gap[key].as_str().unwrap().replace('T', " ").replace(":00Z", "");
    format!("- {} -> {}  {}", hour("start"), hour("end"), gap["missing"])
}

#[test]
fn real_files_that_are_messy_are_counted_row_by_row() {
    let Some(file) = real_data("candles/messy-BTCUSDT-1h-offgrid-2018-02.csv.gz") else { return };
    let house = House::new();
    house.import(&[&file]).ok().says(&["112 rows read, 69 candles added", "43 refused"]).mentions(&[
        "43 rows refused: off the interval's grid",
        "line 27",
        "2018-02-09 09:28:14 is no open of a 1h",
    ]);
    let house = House::new();
    let file = real_data("candles/messy-BTCUSDT-1h-duplicates-2020-12.csv.gz").unwrap();
    house
        .import(&[&file])
        .ok()
        .says(&["126 rows read, 121 candles added, 5 gave way to a fuller row"])
        .mentions(&[
            "5 rows gave way to a fuller row of the same candle",
            "2020-12-04 11:00:00: ",
            "was kept",
            "volume 5226.950061 is more than",
        ]);
    assert_eq!(house.stored(&key("binance", "BTCUSDT", "1h")).len(), 121);
}
