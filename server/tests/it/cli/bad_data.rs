//! Bad data: files that are damaged or hold nonsense, names and ranges that have nothing. Nothing stored is ever lost by it.

use serde_json::json;

use super::house::{BTC, House, key};
use super::market::{columns, csv, gzipped, hourly, zipped};

/// Imports a bad file into a house that holds good candles: it must fail as said and leave every byte alone.
fn refused(name: &str, content: impl AsRef<[u8]>, code: i32, parts: &[&str]) {
    let house = House::with_candles(50);
    let before = house.data_files();
    let file = house.file(name, content);
    house.import(&[&file]).fails(code, &[parts, &[file.as_str()]].concat());
    house.run(&[&["--json", "import", &file], &BTC[..]].concat()).fails_as_json(code, "failed", parts);
    assert_eq!(house.data_files(), before);
}

#[test]
fn a_truncated_zip_is_damaged_and_nothing_of_it_is_imported() {
    let bytes = zipped("BTCUSDT-1h.csv", &csv(&hourly(500)));
    for length in [bytes.len() - 1, bytes.len() / 2, 40] {
        refused(
            "cut.zip",
            &bytes[..length],
            1,
            &["is damaged", "nothing of it was imported", "download it again"],
        );
    }
}

#[test]
fn a_truncated_or_flipped_gz_is_damaged_and_nothing_of_it_is_imported() {
    let bytes = gzipped(&csv(&hourly(500)));
    refused(
        "cut.csv.gz",
        &bytes[..bytes.len() - 5],
        1,
        &["is damaged", "nothing of it was imported", "download it again"],
    );
    let mut flipped = bytes;
    let checksum = flipped.len() - 6;
    flipped[checksum] ^= 0x40;
    refused("flipped.csv.gz", flipped, 1, &["is damaged", "nothing of it was imported"]);
}

#[test]
fn what_is_no_file_of_candles_says_what_was_expected() {
    refused("empty.csv", "", 1, &["it is empty", "download it again"]);
    refused(
        "page.csv",
        "<html><body>404</body></html>\n",
        1,
        &["holds no candles", "open_time,open,high,low,close,volume"],
    );
    refused("three.csv", "1704067200000,1,2\n", 1, &["has 3 columns", "6, 11 or 12"]);
    refused("part.parquet", b"PAR1\x00\x00\x00\x00", 1, &["Parquet", "unpack or convert it first"]);
    refused("noise.csv", [0xFF_u8, 0xFE, 0x00, 0x9C].repeat(200), 1, &["holds no candles"]);
    refused("readme.zip", zipped("readme.txt", "hello"), 1, &["has no .csv inside"]);
    refused("days.csv", csv_of_days(), 1, &["holds 1d candles, not 1h", "import it with --interval 1d"]);
}

#[test]
fn a_refused_file_says_in_json_where_and_what_to_do() {
    let house = House::new();
    let file = house.file("BTCUSDT-1d.csv", csv_of_days());
    let call = [&["--json", "import", &file], &BTC[..]].concat();
    let error = house.run(&call).fails_as_json(1, "failed", &["holds 1d candles, not 1h"]);
    assert_eq!((&error["place"], &error["remedy"]), (&json!(file), &json!("import it with --interval 1d")));
    let file = house.file("excel.csv", "1.70415E+12,1,1,1,1,1\n1.70415E+12,1,1,1,1,1\n");
    house
        .import(&[&file])
        .fails(6, &["none of its 2 rows", "1.70415E+12", "last digits are lost", "save it as CSV"]);
    let file = house.file("header.csv", "open_time,open,high,low,close,volume\n");
    house.import(&[&file]).fails(1, &[&file, "a header and no rows"]);
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json(), json!([]));
}

#[test]
fn an_exchange_that_is_not_configured_is_refused_with_the_nearest_name() {
    let house = House::new();
    let file = house.file("a.csv", csv(&hourly(5)));
    let import = |exchange: &str| {
        house.run(&["import", &file, "--exchange", exchange, "--symbol", "BTCUSDT", "--interval", "1h"])
    };
    import("binanze")
        .fails(4, &["'binanze' is not configured", "did you mean 'binance'?", "exchanges.yaml has binance"]);
    // Without the file, binance is built in.
    std::fs::remove_file(house.config_dir().join("exchanges.yaml")).unwrap();
    import("binance").ok();
    import("kraken").fails(4, &["'kraken' is not configured"]);
}

#[test]
fn another_market_is_stored_only_on_demand_and_what_it_overwrites_is_kept() {
    let house = House::with_candles(24);
    let mut candles = hourly(24);
    for candle in &mut candles {
        candle.volume += rust_decimal::Decimal::ONE;
        candle.quote_volume = None;
    }
    let file = house.file("futures.csv", columns(&csv_without_quotes(&candles), 6));
    house
        .import(&[&file])
        .fails(1, &["24 of 24 candles", "another market", "--replace stores them all the same"]);
    assert_eq!(house.run_btc(&["data", "gaps", "--json"]).ok().json()["revised"], json!(0));
    house.import(&["--replace", &file]).ok().says(&["24 revised"]);
    let gaps = house.run_btc(&["data", "gaps", "--json"]).ok().json();
    assert_eq!((&gaps["revised"], gaps["revisions"].as_array().map(Vec::len)), (&json!(24), Some(24)));
    let first = &gaps["revisions"][0];
    assert_eq!(first["now"]["open_time"], "2024-01-01T00:00:00Z");
    assert_ne!(first["was"]["volume"], first["now"]["volume"]);
    house.run_btc(&["data", "gaps"]).ok().says(&["24 candles revised, 0 rows refused"]);
}

fn csv_without_quotes(candles: &[types::Candle]) -> String {
    let with: Vec<types::Candle> = candles
        .iter()
        .map(|candle| types::Candle { quote_volume: Some(candle.volume), ..candle.clone() })
        .collect();
    csv(&with)
}

fn csv_of_days() -> String {
    let days = testkit::RandomWalk::new(1).interval(types::Interval::D1).candles(40);
    columns(&csv(&days), 6)
}

#[test]
fn a_file_that_is_not_there_or_a_folder_is_named() {
    let house = House::new();
    house.import(&["nowhere.csv"]).fails(4, &["cannot read nowhere.csv", "check the path"]);
    let folder = house.config_dir().display().to_string();
    house.import(&[&folder]).fails(1, &[&folder, "it is a folder; name the files in it"]);
}

#[test]
fn one_damaged_file_among_good_ones_stops_all_of_them() {
    let house = House::new();
    let good = house.file("good.csv", csv(&hourly(50)));
    let bytes = zipped("b.csv", &csv(&hourly(500)));
    let bad = house.file("bad.zip", &bytes[..bytes.len() / 2]);
    house.import(&[&good, &bad]).fails(1, &["bad.zip", "is damaged"]);
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json(), json!([]));
}

#[test]
fn rows_that_are_no_candles_are_left_out_counted_and_shown_with_their_line() {
    let house = House::new();
    let mut lines: Vec<String> = columns(&csv(&hourly(8)), 6).lines().map(str::to_owned).collect();
    lines[2] = "1704074400000,99.5,100,99,abc,10".to_owned();
    lines[4] = lines[4].replace("1704081600000", "1704083280000");
    lines[6] = "1704088800000,99,98,97,99,1".to_owned();
    lines.push(lines[0].clone());
    let file = house.file("messy.csv", lines.join("\n"));
    let outcome = house.import(&[&file]).ok();
    assert_eq!(
        outcome.stdout,
        "binance BTCUSDT 1h: 9 rows read, 5 candles added, 1 repeated in the file, 3 refused\n"
    );
    let outcome = outcome.mentions(&[
        "warning: 1 rows refused: not a number",
        &format!("{file} line 3: close is 'abc' [1704074400000,99.5,100,99,abc,10]"),
        "warning: 1 rows refused: off the interval's grid",
        &format!("{file} line 5: "),
        "2024-01-01 04:28:00 is no open of a 1h candle",
        "warning: 1 rows refused: impossible candle",
        &format!("{file} line 7: "),
    ]);
    assert!(!outcome.stderr.contains("line 9"), "a row said twice is no fault");
    assert_eq!(house.stored(&key("binance", "BTCUSDT", "1h")).len(), 5);
}

#[test]
fn unknown_names_say_which_there_are() {
    let house = House::with_candles(50);
    house
        .run(&["backtest", "run", "crosing"])
        .fails(4, &["backtests.yaml has no backtest 'crosing'", "crossing, both"]);
    house.run(&["--json", "backtest", "run", "crosing"]).fails_as_json(4, "not_found", &["crossing, both"]);
}

#[test]
fn no_candles_of_the_symbol_says_how_to_get_them() {
    let house = House::with_candles(50);
    house.configure(
        "backtests.yaml",
        "version: 1\nbacktests:\n  doge:\n    strategies: [sma]\n    symbol: DOGEUSDT\n",
    );
    house.run(&["backtest", "run", "doge"]).fails(
        4,
        &[
            "no candles of binance DOGEUSDT 1h are stored",
            "crypto ingest --exchange binance --symbol DOGEUSDT --interval 1h",
            "crypto import",
        ],
    );
    assert!(!house.data_dir().join("backtests").exists(), "a run that was not has no files");
}

#[test]
fn no_candles_in_the_range_says_which_are_stored() {
    let house = House::with_candles(50);
    house.configure(
        "backtests.yaml",
        "version: 1\nbacktests:\n  late:\n    strategies: [sma]\n    symbol: BTCUSDT\n    start: \"2025-01-01\"\n",
    );
    house.run(&["backtest", "run", "late"]).fails(
        4,
        &[
            "no candle of binance BTCUSDT 1h that opens and closes in this range is stored",
            "2024-01-01 00:00:00 to 2024-01-03 01:00:00",
        ],
    );
}

#[test]
fn too_few_candles_for_the_strategy_say_how_many_it_needs() {
    let house = House::with_candles(20);
    house.run(&["backtest", "run", "crossing"]).fails(4, &["20", "30"]);
}

#[test]
fn a_damaged_candle_file_is_named_and_the_other_series_still_work() {
    let house = House::with_candles(50);
    let file = house.file("eth.csv", csv(&hourly(24)));
    house.run(&["import", &file, "--exchange", "binance", "--symbol", "ETHUSDT", "--interval", "1h"]).ok();
    let part = house
        .data_files()
        .into_keys()
        .find(|path| path.display().to_string().contains("BTCUSDT/") && path.ends_with("part.parquet"))
        .unwrap();
    let bytes = std::fs::read(&part).unwrap();
    std::fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
    let named = part.display().to_string();
    house
        .run(&["backtest", "run", "crossing"])
        .fails(1, &[&named, "no readable candle file", "import that year again"]);
    house.run_btc(&["data", "gaps"]).fails(1, &[&named]);
    house.run(&["data", "gaps", "--exchange", "binance", "--symbol", "ETHUSDT", "--interval", "1h"]).ok();
    assert_eq!(
        std::fs::read(&part).unwrap().len(),
        bytes.len() / 2,
        "nothing overwrites what could be rescued"
    );
}
