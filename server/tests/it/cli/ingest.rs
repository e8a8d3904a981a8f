//! `crypto ingest` through the real adapter against a simulated exchange.

use std::net::TcpListener;

use serde_json::json;
use types::{Provenance, Timestamp};

use super::house::{House, key};
use super::sim::Sim;

/// Downloads demo BTCUSDT in an interval from a start on.
fn ingest<'a>(interval: &'a str, start: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let head =
        ["ingest", "--exchange", "demo", "--symbol", "BTCUSDT", "--interval", interval, "--start", start];
    [&head, more].concat()
}

#[test]
fn stored_candles_are_the_exchange_s_and_marked_as_synthetic() {
    let house = House::new();
    let sim = Sim::start(&house);
    let outcome = house.run(&ingest("1h", "2023-09-01", &["--end", "2024-01-15"])).ok();
    let stored = house.stored(&key("demo", "BTCUSDT", "1h"));
    let truth = sim.truth("BTCUSDT", "1h", "2023-09-01", "2024-01-15");
    assert!(truth.len() > 3000, "several pages, over a turn of the year");
    assert!(stored.iter().map(|stored| &stored.candle).eq(&truth));
    assert!(stored.iter().all(|stored| stored.provenance == Provenance::Synthetic));
    let count = truth.len();
    assert_eq!(outcome.stdout, format!("demo BTCUSDT 1h: {count} candles added, 0 revised\n"));
    house.run(&["data", "list"]).ok().says(&[&format!("synthetic {count}")]);
}

#[test]
fn the_unfinished_candle_is_never_stored_and_said_to_be_left_out() {
    let house = House::new();
    let sim = Sim::start(&house);
    house
        .run(&ingest("1h", "2024-02-28", &[]))
        .ok()
        .mentions(&["info: The candle of 2024-03-01 12:00:00 UTC has not closed yet and was left out."]);
    let stored = house.stored(&key("demo", "BTCUSDT", "1h"));
    assert_eq!(stored.last().unwrap().candle.open_time, "2024-03-01 11:00".parse::<Timestamp>().unwrap());
    let truth = sim.truth("BTCUSDT", "1h", "2024-02-28", "2024-03-02");
    assert!(stored.iter().map(|stored| &stored.candle).eq(&truth));
}

#[test]
fn a_second_download_asks_for_nothing_and_adds_nothing() {
    let house = House::new();
    let sim = Sim::start(&house);
    let week = ingest("1h", "2024-01-01", &["--end", "2024-01-08"]);
    let first = house.run(&[&week[..], &["--json"]].concat()).ok().json();
    assert_eq!(first["series"], json!({ "exchange": "demo", "symbol": "BTCUSDT", "interval": "1h" }));
    assert_eq!(first["stored"]["added"], sim.truth("BTCUSDT", "1h", "2024-01-01", "2024-01-08").len());
    assert_eq!(first["download"]["candles"], first["stored"]["added"]);
    let before = house.data_files();
    let again = house.run(&week).ok();
    assert_eq!(
        again.stdout,
        "demo BTCUSDT 1h: nothing new; everything that the exchange has was stored already\n"
    );
    let report = house.run(&[&week[..], &["--json"]].concat()).ok().json();
    assert_eq!((&report["download"]["pages"], &report["stored"]["added"]), (&json!(0), &json!(0)));
    assert_eq!(house.data_files(), before);
}

#[test]
fn a_longer_download_fetches_what_is_missing_before_between_and_after() {
    let house = House::new();
    let sim = Sim::start(&house);
    house.run(&ingest("1h", "2024-01-03", &["--end", "2024-01-05"])).ok();
    house.run(&ingest("1h", "2024-01-08", &["--end", "2024-01-10"])).ok();
    let report = house.run(&ingest("1h", "2024-01-01", &["--end", "2024-01-12", "--json"])).ok().json();
    let truth = sim.truth("BTCUSDT", "1h", "2024-01-01", "2024-01-12");
    let there = ["2024-01-03", "2024-01-08"].map(|day| {
        let end = if day.ends_with('3') { "2024-01-05" } else { "2024-01-10" };
        sim.truth("BTCUSDT", "1h", day, end).len()
    });
    assert_eq!(report["stored"]["added"], truth.len() - there.iter().sum::<usize>());
    assert_eq!((&report["stored"]["unchanged"], &report["stored"]["revised"]), (&json!(0), &json!(0)));
    let stored = house.stored(&key("demo", "BTCUSDT", "1h"));
    assert!(stored.iter().map(|stored| &stored.candle).eq(&truth));
}

#[test]
fn three_day_candles_come_on_the_grid_of_each_listing_and_days_are_resampled_to_it() {
    let house = House::new();
    let sim = Sim::start(&house);
    for (symbol, first, whole) in [("BTCUSDT", "2020-01-01", 122), ("SOLUSDT", "2020-08-11", 47)] {
        let ask = |interval| {
            let series = ["--exchange", "demo", "--symbol", symbol, "--interval", interval];
            house.run(
                &[&["ingest", "--start", "2020-01-01", "--end", "2021-01-01", "--json"][..], &series]
                    .concat(),
            )
        };
        let report = ask("3d").ok().json();
        let truth = sim.truth(symbol, "3d", "2020-01-01", "2021-01-01");
        let stored = house.stored(&key("demo", symbol, "3d"));
        assert!(stored.iter().map(|stored| &stored.candle).eq(&truth), "{symbol}");
        assert_eq!(truth[0].open_time, first.parse::<Timestamp>().unwrap());
        assert_eq!((&report["download"]["refused"], &report["refused"]), (&json!(0), &json!([])));
        ask("1d").ok();
        let resample =
            ["data", "resample", "--exchange", "demo", "--symbol", symbol, "--interval", "1d", "--to", "3d"];
        let report = house.run(&[&resample[..], &["--json"]].concat()).ok().json();
        assert_eq!((&report["differing"], &report["added"]), (&json!(0), &json!(0)), "{report:#}");
        // The last one of SOLUSDT reaches into the next year.
        assert_eq!(report["confirmed"], whole, "{report:#}");
    }
}

#[test]
fn rows_that_are_all_left_out_are_told_and_not_called_nothing() {
    let house = House::new();
    let sim = Sim::start(&house);
    let wrong = sim.truth("BTCUSDT", "1d", "2020-01-02", "2020-01-03");
    let line = format!("{},1,2,1,1,1\n", wrong[0].open_time.as_ms());
    let arguments = ["--exchange", "demo", "--symbol", "BTCUSDT", "--interval", "3d"];
    house.run(&[&["import", &house.file("wrong.csv", line)][..], &arguments].concat()).ok();
    let ask = ["ingest", "--start", "2020-01-01", "--end", "2020-03-01"];
    house.run(&[&ask[..], &arguments].concat()).ok().says(&[
        "demo BTCUSDT 3d: no candle added; 18 rows that the exchange sent, the first of 2020-01-07 00:00:00 UTC, were left out",
        "every 3 days from 1970-01-03 on",
    ]);
    let report = house.run(&[&ask[..], &arguments, &["--json"]].concat()).ok().json();
    assert_eq!((&report["refused"][0]["rows"], &report["download"]["refused"]), (&json!(18), &json!(18)));
}

#[test]
fn an_unknown_symbol_is_not_found_and_leaves_nothing() {
    let house = House::new();
    let _sim = Sim::start(&house);
    let arguments =
        ["ingest", "--exchange", "demo", "--symbol", "NOPEUSDT", "--interval", "1h", "--start", "2024-01-01"];
    house.run(&arguments).fails(4, &["NOPEUSDT"]);
    house.run(&[&arguments[..], &["--json"]].concat()).fails_as_json(4, "not_found", &["NOPEUSDT"]);
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json(), json!([]));
}

#[test]
fn an_unknown_exchange_names_those_there_are() {
    let house = House::new();
    house
        .run(&["ingest", "--exchange", "nowhere", "--symbol", "BTCUSDT", "--interval", "1h"])
        .fails(4, &["the exchange 'nowhere' is not configured; exchanges.yaml has binance"]);
}

#[test]
fn empty_ranges_are_usage_errors() {
    let house = House::new();
    let _sim = Sim::start(&house);
    house.run(&ingest("1h", "2024-01-02", &["--end", "2024-01-01"])).fails(
        2,
        &["the range is empty", "2024-01-01 00:00:00", "must lie after the start 2024-01-02 00:00:00"],
    );
    house.run(&ingest("1h", "2024-01-02", &["--end", "2024-01-02"])).fails(2, &["the range is empty"]);
    house.run(&ingest("1h", "2031-01-01", &[])).fails(2, &["2031-01-01"]);
    house.run(&ingest("1h", "2024-01-01", &["--days", "3"])).fails(2, &["--days", "cannot be used with"]);
}

#[test]
fn an_exchange_that_cannot_be_reached_is_code_5_and_names_the_address() {
    let house = House::new();
    // Bound and let go: nothing listens there.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    house.configure(
        "exchanges.yaml",
        &format!(
            "version: 1\nexchanges:\n  binance:\n    adapter: binance\n  demo:\n    adapter: binance\n    base_url: \
             http://{address}\n"
        ),
    );
    house.run(&ingest("1h", "2024-01-01", &["--end", "2024-01-02"])).fails(
        5,
        &[
            "warning: Attempt 1 of",
            "Trying again in",
            "no connection to 127.0.0.1",
            "base_url in exchanges.yaml",
        ],
    );
    assert_eq!(house.run(&["data", "list", "--json"]).ok().json(), json!([]));
}
