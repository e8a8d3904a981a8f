//! `crypto indicators list|compute`.

use serde_json::Value;

use super::house::House;
use super::market::hourly;

#[test]
fn the_list_names_parameters_and_lines() {
    let house = House::new();
    house.run(&["indicators", "list"]).ok().says(&[
        "sma",
        "Bollinger Bands",
        "period 20, width 2",
        "upper, middle, lower",
    ]);
    let list = house.run(&["indicators", "list", "--json"]).ok().json();
    let bollinger = list.as_array().unwrap().iter().find(|kind| kind["name"] == "bollinger").unwrap();
    assert_eq!(bollinger["pane"], "overlay");
    assert_eq!(bollinger["params"][0]["default"], 20.0);
}

#[test]
fn values_are_those_of_the_stored_candles() {
    let house = House::with_candles(100);
    let document = house.run_btc(&["--json", "indicators", "compute", "sma(3)", "macd(3,6,2)"]).ok().json();
    let closes: Vec<f64> =
        document["close"].as_array().unwrap().iter().map(|close| close.as_f64().unwrap()).collect();
    let expected: Vec<f64> =
        hourly(100).iter().map(|candle| candle.close.to_string().parse().unwrap()).collect();
    assert_eq!(closes, expected);
    let sma = document["sma(3)"].as_array().unwrap();
    assert_eq!((&sma[0], &sma[1]), (&Value::Null, &Value::Null));
    for bar in 2..100 {
        let mean = closes[bar - 2..=bar].iter().sum::<f64>() / 3.0;
        assert!((sma[bar].as_f64().unwrap() - mean).abs() < 1e-9, "bar {bar}");
    }
    assert!(document["macd(3,6,2).signal"].as_array().unwrap()[99].is_number(), "{document:#}");
    house.run_btc(&["indicators", "compute", "rsi(14)", "--last", "2"]).ok().says(&[
        "open time (UTC)",
        "rsi(14)",
        "2024-01-05 03:00:00",
    ]);
}

#[test]
fn bars_before_the_start_warm_the_indicator_up() {
    let house = House::with_candles(100);
    let whole = house.run_btc(&["--json", "indicators", "compute", "ema(10)"]).ok().json();
    let part = house
        .run_btc(&[
            "--json",
            "indicators",
            "compute",
            "ema(10)",
            "--start",
            "2024-01-03",
            "--end",
            "2024-01-04",
        ])
        .ok()
        .json();
    assert_eq!(part["open_time"][0], "2024-01-03T00:00:00Z");
    assert_eq!(part["ema(10)"].as_array().unwrap()[..], whole["ema(10)"].as_array().unwrap()[48..72]);
}

#[test]
fn a_spelling_mistake_is_a_usage_error_that_names_it() {
    let house = House::with_candles(10);
    house.run_btc(&["indicators", "compute", "smaa(3)"]).fails(4, &["'smaa(3)'"]);
    house.run_btc(&["indicators", "compute", "sma(0)"]).fails(2, &["'sma(0)'"]);
    house.run_btc(&["indicators", "compute", "sma(3"]).fails(2, &["'sma(3'"]);
}

#[test]
fn no_candles_in_the_range_is_not_found() {
    let house = House::with_candles(10);
    house
        .run_btc(&["indicators", "compute", "sma(3)", "--start", "2025-01-01"])
        .fails(4, &["crypto data list"]);
}

#[test]
fn values_of_a_cheap_market_keep_their_digits() {
    let house = House::new();
    let row = |hour| {
        format!(
            "{},0.00013692,0.00013696,0.00013646,0.00013659,5\n",
            1_704_067_200_000 + hour * 3_600_000_i64
        )
    };
    let rows = (0..40).map(row).collect::<Vec<_>>().concat();
    house.import(&[&house.file("cheap.csv", rows)]).ok();
    let text = house.run_btc(&["indicators", "compute", "sma(5)", "atr(14)", "--last", "1"]).ok().stdout;
    let last = text.lines().last().unwrap();
    assert!(last.contains("0.00013659") && !last.contains("0.0001 ") && !last.ends_with("0.0000"), "{text}");
    assert!(last.split_whitespace().last().unwrap().starts_with("0.0000005"), "{text}");
}
