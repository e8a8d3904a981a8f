//! The command line itself: wrong ones end with code 2 and say what is right, help and version with 0.

use std::process::Stdio;

use super::house::House;

#[test]
fn wrong_command_lines_are_usage_errors() {
    let house = House::new();
    for (arguments, part) in [
        (&["nope"][..], "unrecognized subcommand 'nope'"),
        (&[], "Usage: crypto"),
        (&["data"], "Usage: crypto data"),
        (&["import"], "--exchange <EXCHANGE>"),
        (&["import", "x.csv", "--exchange", "binance", "--symbol", "BTCUSDT", "--interval", "7h"], "'7h'"),
        (
            &["data", "gaps", "--exchange", "Bin ance", "--symbol", "BTCUSDT", "--interval", "1h"],
            "'Bin ance'",
        ),
        (&["ingest", "--exchange", "demo", "--symbol", "A", "--interval", "1h", "--days", "0"], "--days"),
        (
            &["ingest", "--exchange", "demo", "--symbol", "A", "--interval", "1h", "--start", "soon"],
            "'soon' is no date",
        ),
        (&["exchange-sim", "--listen", "here"], "invalid socket address"),
        (&["exchange-sim", "--replay", "binance:BTCUSDT"], "write binance:BTCUSDT:1h"),
        (&["exchange-sim", "--speed", "0"], "--speed"),
        (&["serve", "--role", "cook"], "possible values: all, web, worker"),
        (&["config", "schema", "nothing"], "use settings, exchanges, strategies or backtests"),
    ] {
        house.run(arguments).fails(2, &[part]);
    }
    assert!(!house.data_dir().exists(), "a wrong command line leaves nothing behind");
}

#[test]
fn help_and_version_are_no_errors_and_name_the_exit_codes() {
    let house = House::new();
    house.run(&["--help"]).ok().says(&[
        "Exit codes: 0 ok, 1 failed, 2 usage",
        "exchange-sim",
        "--config-dir",
    ]);
    house.run(&["--version"]).ok().says(&["crypto 0."]);
    house.run(&["backtest", "run", "--help"]).ok().says(&["backtests.yaml"]);
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let house = House::with_candles(2000);
    let mut command = house.command(&["--json", "indicators", "compute", "sma(3)", "--exchange", "binance"]);
    command.args(["--symbol", "BTCUSDT", "--interval", "1h"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
