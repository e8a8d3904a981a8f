//! `crypto backtest run|run-all|list`: text, documents, files, and the books to the last digit.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::house::House;
use super::sim::Sim;

#[test]
fn a_run_prints_a_table_a_sparkline_and_the_paths_it_wrote() {
    let house = House::with_candles(2000);
    let outcome = house.run(&["backtest", "run", "crossing"]).ok();
    let folder = house.data_dir().join("backtests/crossing/sma-binance-BTCUSDT-1h");
    let paths: Vec<String> = ["result.json", "trades.csv", "equity.svg"]
        .map(|file| folder.join(file).display().to_string())
        .into();
    for path in &paths {
        assert!(outcome.stdout.contains(&format!("wrote {path}\n")), "{}", outcome.stdout);
    }
    let spark: Vec<&str> = outcome
        .stdout
        .lines()
        .filter(|line| line.chars().filter(|c| ('▁'..='█').contains(c)).count() > 40)
        .collect();
    assert_eq!(spark.len(), 1, "{}", outcome.stdout);
    outcome
        .says(&[
            "SMA crossover, fast 10, slow 30: sma (sma_crossover) on binance BTCUSDT 1h",
            "2024-01-01 00:00:00 to 2024-03-24 08:00:00 UTC, 2,000 bars\n",
            "Sharpe ratio",
            "Max drawdown",
            "Fees paid",
            "The market meanwhile:",
        ])
        .mentions(&["sma: 2000 bars in"]);
    let svg = std::fs::read_to_string(&paths[2]).unwrap();
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg:.200}");
    let result: Value = serde_json::from_str(&std::fs::read_to_string(&paths[0]).unwrap()).unwrap();
    let trades = std::fs::read_to_string(&paths[1]).unwrap();
    assert_eq!(trades.lines().count() - 1, result["trades"].as_array().unwrap().len());
    assert!(trades.starts_with("number,entry_time,exit_time,quantity,"), "{trades:.200}");
}

#[test]
fn two_processes_give_the_same_bytes_but_for_the_run_id_and_the_time_taken() {
    let house = House::with_candles(2000);
    let run = || {
        let outcome = house.run(&["--json", "backtest", "run", "both"]).ok();
        let files = house.data_files();
        (outcome.json(), outcome.stdout, files)
    };
    let (first, first_text, first_files) = run();
    let (second, second_text, second_files) = run();
    assert_ne!(first[0]["run_id"], second[0]["run_id"]);
    let lasting = |text: &str| -> Vec<String> {
        let kept =
            |line: &&str| !(line.starts_with("    \"run_id\": ") || line.starts_with("    \"elapsed_ms\": "));
        text.lines().filter(kept).map(str::to_owned).collect()
    };
    assert_eq!(first_text.lines().count() - lasting(&first_text).len(), 4, "two runs, two lines each");
    assert_eq!(lasting(&first_text), lasting(&second_text));
    assert_eq!(first_files, second_files);
    let path = first[0]["files"][0].as_str().unwrap();
    let written: Value = serde_json::from_slice(&first_files[std::path::Path::new(path)]).unwrap();
    assert_eq!(written, first[0]["result"]);
}

/// Reads an exact amount, which is a text in JSON.
fn exact(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value} is no exact amount")).parse().unwrap()
}

#[test]
fn the_books_reconcile_to_the_last_digit() {
    let house = House::with_candles(3000);
    let documents = house.run(&["--json", "backtest", "run-all"]).ok().json();
    assert_eq!(documents.as_array().unwrap().len(), 3, "crossing is one run, both are two");
    for document in documents.as_array().unwrap() {
        reconcile(&document["result"]);
    }
    let sma = &documents[0]["result"];
    assert!(sma["trades"].as_array().unwrap().len() > 20, "{}", sma["metrics"]);
    assert!(documents[2]["result"]["open_position"].is_object(), "what is held is never sold");
}

fn reconcile(result: &Value) {
    let account = &result["account"];
    let amount = |key: &str| exact(&account[key]);
    let trades = result["trades"].as_array().unwrap();
    let sum = |key: &str| trades.iter().map(|trade| exact(&trade[key])).sum::<Decimal>();
    let open = &result["open_position"];
    let held = |key: &str| if open.is_null() { Decimal::ZERO } else { exact(&open[key]) };

    assert_eq!(amount("cash"), amount("initial_cash") - amount("bought") + amount("sold") - amount("fees"));
    assert_eq!(amount("bought"), sum("entry_notional") + held("entry_notional"));
    assert_eq!(amount("sold"), sum("exit_notional"));
    assert_eq!(amount("fees"), sum("fees") + held("fees"));
    for trade in trades {
        let of = |key: &str| exact(&trade[key]);
        assert_eq!(of("profit"), of("exit_notional") - of("entry_notional") - of("fees"), "{trade}");
        assert!(trade["entry_time"].as_str().unwrap() < trade["exit_time"].as_str().unwrap());
    }
    let cash = amount("initial_cash") + sum("profit") - held("entry_notional") - held("fees");
    assert_eq!(amount("cash"), cash);

    let float = |value: Decimal| value.to_string().parse::<f64>().unwrap();
    let value = open["value"].as_f64().unwrap_or(0.0);
    let near = |left: f64, right: f64| {
        assert!((left - right).abs() <= 1e-9 * right.abs().max(1.0), "{left} is not {right}");
    };
    let metrics = &result["metrics"];
    near(metrics["final_equity"].as_f64().unwrap(), float(amount("cash")) + value);
    near(metrics["fees_paid"].as_f64().unwrap(), float(amount("fees")));
    near(
        result["equity"]["value"].as_array().unwrap().last().unwrap().as_f64().unwrap(),
        float(amount("cash")) + value,
    );
    assert_eq!(metrics["trades"], trades.len());
    let columns = ["time", "value", "close"].map(|column| result["equity"][column].as_array().unwrap().len());
    assert_eq!(
        json!(columns),
        json!([result["data"]["bars"], result["data"]["bars"], result["data"]["bars"]])
    );
}

#[test]
fn the_range_is_half_open_and_the_costs_are_those_of_the_file() {
    let house = House::with_candles(2000);
    house.configure(
        "backtests.yaml",
        "version: 1\nbacktests:\n  dear:\n    strategies: [hold]\n    symbol: BTCUSDT\n    start: \"2024-01-10\"\n    \
         end: \"2024-02-10\"\n    initial_capital: 500\n    commission: 0.01\n    slippage: 0\n",
    );
    let documents = house.run(&["--json", "backtest", "run", "dear"]).ok().json();
    let result = &documents[0]["result"];
    assert_eq!(result["data"]["first"], "2024-01-10T00:00:00Z");
    assert_eq!(
        (&result["data"]["last"], &result["data"]["bars"]),
        (&json!("2024-02-09T23:00:00Z"), &json!(744))
    );
    let account = &result["account"];
    assert_eq!(account["initial_cash"], "500");
    let (fees, bought) = (exact(&account["fees"]), exact(&account["bought"]));
    let expected = bought * Decimal::new(1, 2);
    assert!((fees - expected).abs() <= Decimal::new(1, 15), "{fees} is not {expected}");
}

/// Imports `days` daily candles of binance ETHBTC from 2024-01-01 on, under a configuration of its own.
fn daily(days: i64, backtest: &str) -> House {
    let house = House::new();
    let mut text = String::from("open_time,open,high,low,close,volume\n");
    for day in 0..days {
        let at = 1_704_067_200_000 + day * 86_400_000;
        let _ = writeln!(text, "{at},0.05,0.051,0.049,0.0{},1", 490 + day % 20);
    }
    let file = house.file("ETHBTC-1d.csv", text);
    house.run(&["import", &file, "--exchange", "binance", "--symbol", "ETHBTC", "--interval", "1d"]).ok();
    let backtests = format!(
        "version: 1\nbacktests:\n  b:\n    strategies: [hold]\n    symbol: ETHBTC\n    interval: 1d\n{backtest}"
    );
    house.configure("backtests.yaml", &backtests);
    house
}

#[test]
fn a_range_that_is_not_stored_is_told_in_numbers_and_counts_as_missing() {
    let house = daily(90, "    start: \"2023-01-01\"\n    end: \"2024-12-01\"\n");
    house.run(&["backtest", "run", "b"]).ok().says(&[
        "90 bars, 610 missing",
        "Asked for: 2023-01-01 00:00:00 to 2024-12-01 00:00:00 UTC.",
        "610 of the 700 bars of the range are missing: 365 before the first one (2024-01-01 00:00 UTC), \
         245 after the last one (2024-03-30 00:00 UTC).",
    ]);
    let data = house.run(&["--json", "backtest", "run", "b"]).ok().json()[0]["result"]["data"].clone();
    let numbers = ["bars", "expected", "missing", "missing_before", "missing_within", "missing_after"]
        .map(|key| &data[key]);
    assert_eq!(json!(numbers), json!([90, 700, 610, 365, 0, 245]));
}

#[test]
fn a_bar_that_opens_before_the_start_or_closes_after_the_end_is_not_used() {
    let house = daily(90, "    start: \"2024-01-09 12:00\"\n    end: \"2024-01-31 12:00\"\n");
    let result = house.run(&["--json", "backtest", "run", "b"]).ok().json()[0]["result"].clone();
    let data = &result["data"];
    assert_eq!(
        (&data["first"], &data["last"]),
        (&json!("2024-01-10T00:00:00Z"), &json!("2024-01-30T00:00:00Z"))
    );
    assert_eq!((&data["bars"], &data["missing"]), (&json!(21), &json!(0)));
    assert_eq!(result["metrics"]["end"], "2024-01-31T00:00:00Z");

    // Shorter than a bar: nothing of what is stored lies in it.
    let house = daily(90, "    start: \"2024-01-09 12:00\"\n    end: \"2024-01-10 18:00\"\n");
    let outcome = house
        .run(&["backtest", "run", "b"])
        .mentions(&["no candle of binance ETHBTC 1d that opens and closes"]);
    assert_eq!(outcome.code, 4);
}

#[test]
fn the_order_rules_stand_beside_every_result() {
    let house = House::with_candles(2000);
    house
        .run(&["backtest", "run", "crossing"])
        .ok()
        .says(&["Order rules: none: any price and any amount filled"]);
    house.run(&["backtest", "run-all"]).ok().says(&["order rules\n"]);
    let document = house.run(&["--json", "backtest", "run", "crossing"]).ok().json();
    assert_eq!(document[0]["result"]["data"]["rules"], json!({ "basis": "none", "used": "none" }));
}

#[test]
fn prices_of_trades_are_the_decimals_that_they_are() {
    let house = House::new();
    // Down for twelve hours, up for twelve, and so on, in whole units; an all-in purchase at 98 has a quantity without an end.
    let mut text = String::from("open_time,open,high,low,close,volume\n");
    let mut price = 104;
    for hour in 0..400_i64 {
        let next = if hour / 12 % 2 == 0 { price - 1 } else { price + 1 };
        let at = 1_704_067_200_000 + hour * 3_600_000;
        let (high, low) = (price.max(next), price.min(next));
        let _ = writeln!(text, "{at},{price},{high},{low},{next},1");
        price = next;
    }
    let file = house.file("steps.csv", text);
    house.import(&[&file]).ok();
    house.configure(
        "strategies.yaml",
        "version: 1\nstrategies:\n  sma:\n    type: sma_crossover\n    params: { fast_period: 2, slow_period: 5 }\n    \
         symbols: [BTCUSDT]\n    interval: 1h\n",
    );
    house.configure(
        "backtests.yaml",
        "version: 1\nbacktests:\n  steps: { strategies: [sma], symbol: BTCUSDT, commission: 0, slippage: 0 }\n",
    );
    house.run(&["backtest", "run", "steps"]).ok();
    let folder = house.data_dir().join("backtests/steps/sma-binance-BTCUSDT-1h");
    let csv = std::fs::read_to_string(folder.join("trades.csv")).unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(rows.len() > 10, "{csv}");
    for row in &rows {
        for price in [row[4], row[5]] {
            assert!(price.parse::<u32>().is_ok(), "{price} is no whole unit: {row:?}");
        }
    }
    let text = std::fs::read_to_string(folder.join("result.json")).unwrap();
    let result: Value = serde_json::from_str(&text).unwrap();
    for (trade, row) in result["trades"].as_array().unwrap().iter().zip(&rows) {
        for (key, price) in [("entry_price", row[4]), ("exit_price", row[5])] {
            assert!((trade[key].as_f64().unwrap() - price.parse::<f64>().unwrap()).abs() < f64::EPSILON);
        }
    }
    for leftover in ["0000000001,", "0000000001}", "9999999999,", "9999999999}"] {
        let prices =
            text.split("\"entry_price\":").skip(1).map(|rest| rest.split("entry_reason").next().unwrap());
        assert!(!prices.collect::<String>().contains(leftover), "{leftover}");
    }
    // A line per key and per trade, a column of the equity curve on one line.
    assert!(text.lines().count() < rows.len() + 120, "{} lines", text.lines().count());
    let times = text.lines().find(|line| line.starts_with("    \"time\": [")).unwrap();
    assert_eq!(times.matches("00000,").count(), 399, "milliseconds of whole hours");
}

#[test]
fn many_runs_are_told_in_the_order_of_the_configuration() {
    let house = House::with_candles(3000);
    let strategy = |number: usize| {
        // The later ones have less to do, and would be told first if it went by who is ready.
        let kind = if number < 6 { "sma_crossover" } else { "buy_and_hold" };
        format!("  s{number:02}: {{ type: {kind}, symbols: [BTCUSDT], interval: 1h }}\n")
    };
    let strategies: String = (0..12).map(strategy).collect();
    house.configure("strategies.yaml", &format!("version: 1\nstrategies:\n{strategies}"));
    let names: Vec<String> = (0..12).map(|number| format!("s{number:02}")).collect();
    let both = |range: &str| format!("{{ strategies: [{}], symbol: BTCUSDT{range} }}", names.join(", "));
    house.configure(
        "backtests.yaml",
        &format!(
            "version: 1\nbacktests:\n  all: {}\n  part: {}\n",
            both(""),
            both(", start: \"2024-02-01\"")
        ),
    );
    let outcome = house.run(&["--json", "backtest", "run-all"]).mentions(&["24 of 24 runs ended"]).ok();
    let documents = outcome.json();
    let told: Vec<&str> = documents
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["result"]["spec"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(told, [names.clone(), names.clone()].concat());
    let text = house.run(&["backtest", "run-all"]).ok().stdout;
    let headings: Vec<&str> = text.lines().filter(|line| line.contains(") on binance BTCUSDT 1h")).collect();
    assert_eq!(headings.len(), 24);
    assert!(
        headings.iter().zip(names.iter().cycle()).all(|(line, name)| line.contains(&format!(": {name} ("))),
        "{headings:?}"
    );
}

#[test]
fn run_all_compares_and_the_list_names_what_there_is() {
    let house = House::with_candles(2000);
    house.run(&["backtest", "run-all"]).ok().says(&[
        "strategy",
        "max drawdown",
        "sma_crossover",
        "buy_and_hold",
    ]);
    house.run(&["backtest", "list"]).ok().says(&["crossing", "both", "sma, hold", "2024-01-10", "all"]);
    let list = house.run(&["backtest", "list", "--json"]).ok().json();
    assert_eq!((&list[1]["name"], &list[1]["title"]), (&json!("both"), &json!("Crossing and holding")));
}

#[test]
fn a_run_on_generated_candles_says_so() {
    let house = House::new();
    let _sim = Sim::start(&house);
    house
        .run(&[
            "ingest",
            "--exchange",
            "demo",
            "--symbol",
            "BTCUSDT",
            "--interval",
            "1h",
            "--start",
            "2024-01-01",
        ])
        .ok();
    house.configure(
        "backtests.yaml",
        "version: 1\nbacktests:\n  demo:\n    strategies: [sma]\n    symbol: BTCUSDT\n    exchange: demo\n",
    );
    house.run(&["backtest", "run", "demo"]).ok().says(&["SYNTHETIC DATA: ", "not traded on any market"]);
    let result = &house.run(&["--json", "backtest", "run", "demo"]).ok().json()[0]["result"];
    assert_eq!(result["data"]["provenance"]["synthetic"], result["data"]["bars"]);
}

#[test]
fn under_thirty_days_annualised_figures_are_withheld_with_the_reason() {
    let house = House::with_candles(200);
    house.run(&["backtest", "run", "crossing"]).ok().says(&["Sharpe ratio", "n/a"]);
    let result = &house.run(&["--json", "backtest", "run", "crossing"]).ok().json()[0]["result"];
    assert_eq!(result["metrics"]["sharpe"], Value::Null);
    assert!(
        result["metrics"]["withheld"]["sharpe"].as_str().unwrap().contains("need at least 30"),
        "{}",
        result["metrics"]
    );
}

#[test]
fn a_run_that_cannot_be_made_keeps_no_other_from_running() {
    let house = House::with_candles(3000);
    house.configure(
        "backtests.yaml",
        "version: 1\nbacktests:\n  absent:\n    strategies: [sma]\n    symbol: ETHUSDT\n  there:\n    strategies: [sma, \
         hold]\n    symbol: BTCUSDT\n",
    );
    let outcome = house.run(&["backtest", "run-all"]).mentions(&[
        "1 of 3 runs failed",
        "absent: sma on binance ETHUSDT 1h: no candles of binance ETHUSDT 1h",
    ]);
    assert_eq!(outcome.code, 4);
    assert_eq!(outcome.stdout.matches("wrote ").count(), 6, "{}", outcome.stdout);
    let documents = house.run(&["--json", "backtest", "run-all"]);
    let found: Value = serde_json::from_str(&documents.stdout).unwrap();
    assert_eq!(found.as_array().map(Vec::len), Some(2));
}
