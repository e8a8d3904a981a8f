//! `crypto doctor`: what is well, what is not and what to do, said without a secret and without changing anything.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;

use serde_json::Value;

use super::house::House;
use super::market::{csv, hourly};
use super::outcome::Outcome;
use super::sim::Sim;

/// The worst status of the checks of this name, with their messages and remedies.
fn found(document: &Value, check: &str) -> (String, String) {
    let checks = document["checks"].as_array().unwrap().iter().filter(|found| found["check"] == check);
    let order = ["ok", "warning", "problem"];
    let worst =
        checks.clone().map(|found| order.iter().position(|status| found["status"] == *status).unwrap());
    let worst = worst.max().unwrap_or_else(|| panic!("no check '{check}': {document:#}"));
    let texts = checks.map(|found| format!("{} → {}", found["message"], found["remedy"]));
    (order[worst].to_owned(), texts.collect::<Vec<_>>().join("\n"))
}

fn expect(document: &Value, check: &str, status: &str, parts: &[&str]) {
    let (worst, text) = found(document, check);
    assert_eq!(worst, status, "{document:#}");
    for part in parts {
        assert!(text.contains(part), "'{part}' is missing: {text}");
    }
}

/// Expects exit code 1 and returns what was found all the same.
fn unwell(outcome: &Outcome, count: &str) -> Value {
    assert_eq!(outcome.code, 1, "{}\n{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stderr.contains(count), "{}", outcome.stderr);
    outcome.json()
}

/// SQLite brings its log into its file whenever the last reader leaves, so only the rest can be compared byte by byte.
fn lake_files(house: &House) -> BTreeMap<PathBuf, Vec<u8>> {
    let lake = house.data_dir().join("lake");
    house.data_files().into_iter().filter(|(path, _)| path.starts_with(&lake)).collect()
}

/// A port on which nobody listens: it was free a moment ago.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_new_installation_is_well_and_stays_as_it_is() {
    let house = House::new();
    house.run(&["doctor"]).ok().says(&[
        "4 files, valid",
        "is not there yet and can be made",
        "crypto.db: nothing yet; the first start makes it",
        "lake: nothing yet",
        "in memory: right for one process",
        "no server or daemon works on this folder",
        "0 not working",
        "exchanges were not asked: --online does",
    ]);
    assert!(!house.data_dir().exists(), "a look makes nothing");
}

#[test]
fn an_installation_at_work_is_described_and_nothing_in_it_changes() {
    let house = House::with_candles(300);
    house.run_with(&["user", "add", "ann"], "a rather long password\n").ok();
    let (candles, users) = (lake_files(&house), house.run(&["user", "list"]).ok().stdout);
    let document = house.run(&["doctor", "--json"]).ok().json();
    assert!(lake_files(&house) == candles, "the lake was changed");
    assert_eq!(house.run(&["user", "list"]).ok().stdout, users);
    assert_eq!(document["status"], "ok", "{document:#}");
    expect(&document, "state", "ok", &["crypto.db: schema up to date (step "]);
    expect(&document, "candles", "ok", &["1 series, 1 files, 300 candles, all readable"]);
    expect(&document, "data folder", "ok", &["can be written"]);
    expect(&document, "disk space", "ok", &[" left at "]);
    assert_eq!(document["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_damaged_file_is_named_with_its_remedy_and_the_rest_is_looked_at() {
    let house = House::with_candles(300);
    let file = house.file("eth.csv", csv(&hourly(24)));
    house.run(&["import", &file, "--exchange", "binance", "--symbol", "ETHUSDT", "--interval", "1h"]).ok();
    let part = "lake/exchange=binance/symbol=BTCUSDT/interval=1h/year=2024/part.parquet";
    let part = house.data_dir().join(part);
    let bytes = fs::read(&part).unwrap();
    fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
    let half = part.with_file_name(".part.tmp");
    fs::write(&half, "half").unwrap();
    fs::write(house.data_dir().join("crypto.db"), "a letter").unwrap();
    let document = unwell(&house.run(&["doctor", "--json"]), "2 problems found");
    expect(
        &document,
        "candles",
        "problem",
        &[
            &part.display().to_string(),
            "move it away and fetch or import that year again",
            "1 half-written files",
            &half.display().to_string(),
        ],
    );
    expect(&document, "state", "problem", &["no SQLite database", "move it away"]);
    assert_eq!(document["status"], "problem");
    let text = house.run(&["doctor"]);
    assert_eq!(text.code, 1);
    text.says(&["problem  candles", "→ move it away", "2 not working"]);
}

#[test]
fn a_configuration_that_is_wrong_is_said_and_the_data_folder_looked_at() {
    let house = House::with_candles(10);
    let url = "    url: \"mysql://me:hunter2@host/x\"\n";
    house.configure("settings.yaml", &format!("version: 1\ndatabase:\n{url}    colour: red\n"));
    let outcome = house.run(&["doctor", "--json"]);
    let document = unwell(&outcome, "found");
    expect(
        &document,
        "configuration",
        "problem",
        &["settings.yaml:4:5: Unknown key (CFG012)", "crypto config validate"],
    );
    expect(&document, "data folder", "ok", &["can be written"]);
    assert!(!outcome.stdout.contains("hunter2"), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("\"state\""), "{}", outcome.stdout);
}

#[test]
fn what_cannot_be_reached_is_told_without_its_password() {
    let house = House::new();
    house.configure(
        "settings.yaml",
        "version: 1\ndatabase:\n  url: ${DATABASE_URL}\ncache:\n  url: ${REDIS_URL}\nmarket_data:\n  store: timescale\n",
    );
    let port = closed_port();
    let database = format!("postgres://me:hunter2@127.0.0.1:{port}/x?password=hunter2");
    let cache = format!("redis://:hunter2@127.0.0.1:{port}");
    let variables = [("DATABASE_URL", database.as_str()), ("REDIS_URL", cache.as_str())];
    let outcome = house.run_in(&["doctor", "--json"], &variables);
    let document = unwell(&outcome, "3 problems found");
    for (check, part) in
        [("state", "is the server running?"), ("candles", "is the server running?"), ("cache", "cache.url")]
    {
        expect(&document, check, "problem", &[part]);
    }
    let text = house.run_in(&["doctor"], &variables);
    for said in [&outcome.stdout, &outcome.stderr, &text.stdout, &text.stderr] {
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_in_a_database_say_what_it_does_for_them() {
    let (plain, timescale) = (testkit::postgres_url().await, testkit::timescale_url().await);
    for (url, is_timescale) in [(&plain, false), (&timescale, true)] {
        let house = House::new();
        let settings = "version: 1\ndatabase:\n  url: ${DATABASE_URL}\nmarket_data:\n  store: timescale\n";
        house.configure("settings.yaml", settings);
        let variables = [("DATABASE_URL", url.as_str())];
        let doctor = || house.run_in(&["doctor", "--json"], &variables).ok().json();
        expect(&doctor(), "candles", "ok", &["no tables yet"]);
        expect(&doctor(), "state", "ok", &["nothing yet"]);
        house.run_in(&["data", "list"], &variables).ok();
        house.run_in(&["user", "list"], &variables).ok();
        let document = doctor();
        expect(&document, "candles", "ok", &["PostgreSQL ", " of candles"]);
        expect(&document, "state", "ok", &["schema up to date"]);
        if is_timescale {
            let (_, text) = found(&document, "TimescaleDB");
            assert!(text.contains("edition '"), "{text}");
        } else {
            expect(&document, "TimescaleDB", "warning", &["plain table", "install the extension"]);
        }
    }
}

#[test]
fn exchanges_are_asked_when_that_is_wanted() {
    let house = House::new();
    let sim = Sim::start_with(&house, &[]);
    let late = Sim::start(&house);
    let port = closed_port();
    let entry = |name: &str, address: &str, more: &str| {
        format!(
            "  {name}:\n    adapter: binance\n    base_url: http://{address}\n    rate_limit: 6000\n{more}"
        )
    };
    let entries = |away: &str| {
        let text = format!(
            "version: 1\nexchanges:\n{}{}{}",
            entry("binance", &sim.address, ""),
            entry("late", &late.address, ""),
            entry("away", &format!("127.0.0.1:{port}"), away)
        );
        house.configure("exchanges.yaml", &text);
    };
    entries("    synthetic: true\n");
    let document = house.run(&["doctor", "--online", "--json"]).ok().json();
    expect(
        &document,
        "exchange",
        "warning",
        &[
            "binance answers; this machine's clock is",
            "late answers",
            "let the system keep the time (NTP)",
            "away (made-up market) does not answer",
            "--demo-exchange",
        ],
    );
    entries("");
    let document = unwell(&house.run(&["doctor", "--online", "--json"]), "1 problem found");
    expect(&document, "exchange", "problem", &["away does not answer", "base_url in exchanges.yaml"]);
    house.run(&["doctor"]).ok();
}
