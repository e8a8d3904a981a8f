//! `crypto data list|gaps|fill|resample`.

use serde_json::json;

use super::house::House;
use super::market::{csv, hourly};

fn with_two_holes() -> House {
    let house = House::new();
    let candles = testkit::RandomWalk::new(7).hole(10, 3).hole(50, 1).candles(100);
    house.import(&[&house.file("holes.csv", csv(&candles))]).ok();
    house
}

#[test]
fn an_empty_lake_says_how_to_fill_it() {
    let house = House::new();
    house.run(&["data", "list"]).ok().says(&["no candles are stored yet", "crypto ingest", "crypto import"]);
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json(), json!([]));
}

#[test]
fn the_list_shows_every_series_with_its_source() {
    let house = House::with_candles(48);
    let file = house.file("eth.csv", csv(&hourly(24)));
    house.run(&["import", &file, "--exchange", "binance", "--symbol", "ETHUSDT", "--interval", "1h"]).ok();
    let text = house.run(&["data", "list"]).ok().stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    for (line, parts) in [
        (lines[0], ["exchange", "symbol", "candles", "last (UTC)"]),
        (lines[2], ["BTCUSDT", "48", "2024-01-01 00:00:00", "imported 48"]),
        (lines[3], ["ETHUSDT", "24", "2024-01-01 23:00:00", "imported 24"]),
    ] {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
    let series = house.run(&["--json", "data", "list"]).ok().json();
    assert_eq!(
        (&series[0]["exchange"], &series[0]["symbol"], &series[0]["interval"]),
        (&json!("binance"), &json!("BTCUSDT"), &json!("1h"))
    );
    assert_eq!((&series[0]["rows"], &series[0]["first"]), (&json!(48), &json!("2024-01-01T00:00:00Z")));
    assert_eq!((&series[1]["rows"], &series[1]["provenance"]["imported"]), (&json!(24), &json!(24)));
    assert!(series[1]["bytes"].as_u64().unwrap() > 0);
}

#[test]
fn holes_are_filled_on_request_and_emptied_again() {
    let house = with_two_holes();
    let missing = || house.run_btc(&["data", "gaps", "--json"]).ok().json()["missing"].clone();
    house.run_btc(&["data", "fill"]).ok().says(&[
        "nothing was filled",
        "2 holes (4 candles) left",
        "crypto data repair",
        "--unverified",
    ]);
    house.run_btc(&["data", "fill", "--unverified", "--longest", "2"]).ok().says(&[
        "1 flat candle made in 1 hole, marked as synthetic",
        "1 hole (3 candles) left",
        "--longest",
    ]);
    assert_eq!(missing(), json!(3));
    let report = house.run_btc(&["data", "fill", "--unverified", "--json"]).ok().json();
    assert_eq!((&report["filled"], &report["left"]), (&json!(3), &json!([])));
    let series = house.run(&["--json", "data", "list"]).ok().json();
    assert_eq!(series[0]["provenance"]["synthetic"], json!(4));
    house.run_btc(&["data", "fill"]).ok().says(&["nothing is missing"]);
    house.run_btc(&["data", "fill", "--undo", "--unverified"]).fails(2, &["--undo", "--unverified"]);
    assert_eq!(house.run_btc(&["data", "fill", "--undo", "--json"]).ok().json()["removed"], json!(4));
    assert_eq!(missing(), json!(4));
    house.run_btc(&["data", "fill", "--undo"]).ok().says(&["nothing was filled"]);
    let other = ["data", "fill", "--exchange", "binance", "--symbol", "ETHUSDT", "--interval", "1h"];
    house.run(&other).fails(4, &["no candles of binance ETHUSDT 1h", "crypto data list"]);
}

#[test]
fn gaps_name_the_first_missing_and_the_first_back() {
    let house = with_two_holes();
    let gaps = house.run_btc(&["data", "gaps", "--json"]).ok().json();
    assert_eq!(
        gaps,
        json!({
            "exchange": "binance", "symbol": "BTCUSDT", "interval": "1h",
            "first": "2024-01-01T00:00:00Z", "last": "2024-01-05T03:00:00Z", "rows": 96,
            "gaps": [
                { "start": "2024-01-01T10:00:00Z", "end": "2024-01-01T13:00:00Z", "missing": 3, "cause": "not_fetched" },
                { "start": "2024-01-03T02:00:00Z", "end": "2024-01-03T03:00:00Z", "missing": 1, "cause": "not_fetched" },
            ],
            "missing": 4, "revised": 0, "revisions": [], "refused": 0, "refused_rows": [],
        })
    );
    house.run_btc(&["data", "gaps"]).ok().says(&[
        "first missing (UTC)",
        "2024-01-01 10:00:00  2024-01-01 13:00:00",
        "binance BTCUSDT 1h: 2 gaps, 4 candles missing of 100",
    ]);
}

#[test]
fn a_series_without_gaps_says_so() {
    let house = House::with_candles(48);
    assert_eq!(house.run_btc(&["data", "gaps"]).ok().stdout, "binance BTCUSDT 1h: no gaps in 48 candles\n");
    let gaps = house.run_btc(&["data", "gaps", "--json"]).ok().json();
    assert_eq!((&gaps["gaps"], &gaps["missing"]), (&json!([]), &json!(0)));
}

#[test]
fn a_series_that_is_not_stored_is_not_found() {
    let house = House::new();
    house
        .run_btc(&["data", "gaps"])
        .fails(4, &["no candles of binance BTCUSDT 1h are stored", "crypto data list"]);
    house.run_btc(&["--json", "data", "gaps"]).fails_as_json(4, "not_found", &["crypto data list"]);
}

#[test]
fn a_series_is_deleted_only_on_demand() {
    let house = House::with_candles(48);
    house.run_btc(&["data", "delete"]).fails(2, &["nothing was deleted", "48 candles", "--yes"]);
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json().as_array().map(Vec::len), Some(1));
    let document = house.run_btc(&["data", "delete", "--yes", "--json"]).ok().json();
    assert_eq!(
        document,
        json!({ "exchange": "binance", "symbol": "BTCUSDT", "interval": "1h", "deleted": 48 })
    );
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json(), json!([]));
    house.run_btc(&["data", "delete", "--yes"]).fails(4, &["no candles of binance BTCUSDT 1h are stored"]);
    let series = super::house::key("binance", "BTCUSDT", "1h");
    assert!(house.stored(&series).is_empty());
}

#[test]
fn looking_at_data_changes_none_of_it() {
    let house = with_two_holes();
    let before = house.data_files();
    house.run(&["data", "list"]).ok();
    house.run_btc(&["data", "gaps"]).ok();
    assert_eq!(house.data_files(), before);
}

#[test]
fn hours_become_days_and_a_second_time_says_that_they_agree() {
    let house = with_two_holes();
    house.run_btc(&["data", "resample", "--to", "1d"]).ok().says(&[
        "binance BTCUSDT 1d: 2 candles made of 96 of 1h",
        "2 have holes and were left out (--with-holes makes them too): 2024-01-01 00:00:00, 2024-01-03 00:00:00",
        "not made: the bar of 2024-01-05 00:00:00, which closes after the last 1h candle",
    ]);
    let again = house.run_btc(&["data", "resample", "--to", "1d", "--with-holes", "--json"]).ok().json();
    assert_eq!(
        (&again["added"], &again["confirmed"], &again["incomplete"]),
        (&json!(2), &json!(2), &json!(2))
    );
    assert_eq!(
        (&again["to"]["interval"], &again["unfinished"]),
        (&json!("1d"), &json!("2024-01-05T00:00:00Z"))
    );
    let list = house.run(&["data", "list", "--json"]).ok().json();
    assert_eq!(list[1]["provenance"]["resampled"], 4, "{list:#}");
}

#[test]
fn a_day_whose_hours_came_later_is_made_again() {
    let house = House::new();
    let mut candles = testkit::RandomWalk::new(7).candles(49);
    let missing = candles.remove(30);
    house.import(&[&house.file("holes.csv", csv(&candles))]).ok();
    house
        .run_btc(&["data", "resample", "--to", "1d", "--with-holes"])
        .ok()
        .says(&["2 candles made of 48 of 1h"]);
    candles.insert(30, missing);
    house.import(&[&house.file("whole.csv", csv(&candles))]).ok();
    house.run_btc(&["data", "resample", "--to", "1d"]).ok().says(&[
        "0 candles made of 49 of 1h",
        "1 made again, because the candles below them changed",
        "1 that were there already agree",
    ]);
    let again = house.run_btc(&["data", "resample", "--to", "1d", "--json"]).ok().json();
    assert_eq!(
        (&again["remade"], &again["confirmed"], &again["differing"]),
        (&json!(0), &json!(2), &json!(0))
    );
}

#[test]
fn what_cannot_be_resampled_says_what_can() {
    let house = House::with_candles(48);
    house.run_btc(&["data", "resample", "--to", "1m"]).fails(2, &["1m bars do not consist of whole 1h bars"]);
    house
        .run_btc(&["data", "resample", "--to", "1d", "--start", "2030-01-01"])
        .fails(4, &["no candles of binance BTCUSDT 1h are stored in this range"]);
}
