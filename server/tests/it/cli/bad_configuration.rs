//! Bad configuration, met by the verbs that need it: the place, the remedy, code 3, and no data touched.

use super::house::{BTC, House};
use super::market::{csv, hourly};

/// A strategies.yaml around one strategy.
fn strategy(lines: &str) -> String {
    format!("version: 1\nstrategies:\n  sma:\n{lines}")
}

/// Every case: what is wrong, the file, its text, and what the message must hold.
fn cases() -> Vec<(&'static str, &'static str, String, Vec<&'static str>)> {
    let sma = |params: &str| {
        strategy(&format!(
            "    type: sma_crossover\n    params: {params}\n    symbols: [BTCUSDT]\n    interval: 1h\n"
        ))
    };
    vec![
        (
            "malformed YAML",
            "settings.yaml",
            "version: 1\nlogging: { level: info\ndatabase: [\n".into(),
            vec!["settings.yaml:", "error[CFG001]", "help:"],
        ),
        (
            "a tab for indentation",
            "strategies.yaml",
            "version: 1\nstrategies:\n\tsma:\n\t\ttype: sma_crossover\n".into(),
            vec!["strategies.yaml:3:", "error[CFG001]", "help:"],
        ),
        (
            "unknown key",
            "settings.yaml",
            "version: 1\nmarket_data:\n  pth: data/lake\n".into(),
            vec!["settings.yaml:3:3", "unknown key 'pth'", "did you mean 'path'?"],
        ),
        (
            "wrong type",
            "settings.yaml",
            "version: 1\ntrading:\n  default_commission: [1]\n".into(),
            vec!["settings.yaml:3:23", "error[CFG014]", "default_commission", "help:"],
        ),
        (
            "text for a number",
            "strategies.yaml",
            sma("{ fast_period: ten }"),
            vec!["strategies.yaml:5:28", "found text 'ten', expected integer 1 to 1000", "help:"],
        ),
        (
            "period 0",
            "strategies.yaml",
            sma("{ fast_period: 0 }"),
            vec!["strategies.yaml:5:28", "found integer 0, expected integer 1 to 1000", "help:"],
        ),
        (
            "fast above slow",
            "strategies.yaml",
            sma("{ fast_period: 30, slow_period: 10 }"),
            vec!["strategies.yaml:5:45", "fast_period 30 must be less than slow_period 10", "help:"],
        ),
        (
            "fast equal to slow",
            "strategies.yaml",
            sma("{ fast_period: 30, slow_period: 30 }"),
            vec!["strategies.yaml:5:", "fast_period 30 must be less than slow_period 30", "help:"],
        ),
        (
            "unknown type",
            "strategies.yaml",
            strategy("    type: sma_crosover\n    symbols: [BTCUSDT]\n    interval: 1h\n"),
            vec!["strategies.yaml:4:11", "sma_crosover", "did you mean 'sma_crossover'?"],
        ),
        (
            "unknown interval",
            "strategies.yaml",
            strategy("    type: sma_crossover\n    symbols: [BTCUSDT]\n    interval: 7h\n"),
            vec!["strategies.yaml:6:15", "7h", "help:"],
        ),
        (
            "empty range",
            "backtests.yaml",
            "version: 1\nbacktests:\n  crossing:\n    strategies: [sma]\n    symbol: BTCUSDT\n    start: \"2024-02-01\"\n    \
             end: \"2024-02-01\"\n"
                .into(),
            vec!["backtests.yaml:7:", "2024-02-01", "help:"],
        ),
        (
            "a strategy that is not there",
            "backtests.yaml",
            "version: 1\nbacktests:\n  crossing:\n    strategies: [smma]\n    symbol: BTCUSDT\n".into(),
            vec!["backtests.yaml:4:18", "no strategy 'smma' in strategies.yaml", "did you mean 'sma'?"],
        ),
        (
            "no such day",
            "backtests.yaml",
            "version: 1\nbacktests:\n  crossing:\n    strategies: [sma]\n    symbol: BTCUSDT\n    start: \"2024-02-30\"\n".into(),
            vec!["backtests.yaml:6:12", "2024-02-30", "help:"],
        ),
    ]
}

#[test]
fn every_mistake_names_place_and_remedy_and_touches_no_data() {
    let house = House::with_candles(100);
    let before = house.data_files();
    for (what, file, text, parts) in cases() {
        let right = std::fs::read_to_string(house.config_dir().join(file)).unwrap();
        house.configure(file, &text);
        let outcome = house.run(&["config", "validate"]);
        assert_eq!(outcome.code, 3, "{what}: {}", outcome.stdout);
        outcome.says(&parts);
        house.run(&["backtest", "run", "crossing"]).fails(3, &parts);
        house.run(&["--json", "backtest", "run", "crossing"]).fails_as_json(
            3,
            "invalid_configuration",
            &parts,
        );
        house.run(&["data", "list"]).fails(3, &parts);
        house.configure(file, &right);
    }
    assert_eq!(house.data_files(), before);
    house.run(&["backtest", "run", "crossing"]).ok();
}

#[test]
fn an_import_under_a_broken_configuration_stores_nothing() {
    let house = House::new();
    house.configure("settings.yaml", "version: 1\nmarket_data: { store: floppy }\n");
    let file = house.file("x.csv", csv(&hourly(5)));
    house
        .run(&[&["import", &file], &BTC[..]].concat())
        .fails(3, &["settings.yaml:2:23", "floppy", "parquet"]);
    assert!(!house.data_dir().exists());
}

#[test]
fn secrets_in_the_environment_are_never_shown() {
    let house = House::new();
    let text = "version: 1\nexchanges:\n  binance:\n    adapter: binance\n    api_key: ${KEY_OF_TEST}\n    api_secrt: ${KEY_OF_TEST}\n";
    house.configure("exchanges.yaml", text);
    for arguments in [&["config", "validate"][..], &["config", "validate", "--json"], &["data", "list"]] {
        let mut command = house.command(arguments);
        command.env("KEY_OF_TEST", "hunter2hunter2");
        let outcome = super::running::run(command, "");
        assert_eq!(outcome.code, 3);
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(said.contains("api_secrt") && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_placeholder_without_a_value_is_named() {
    let house = House::new();
    house.configure("settings.yaml", "version: 1\ndatabase:\n  url: ${NOT_SET_ANYWHERE}\n");
    house.run(&["user", "list"]).fails(3, &["settings.yaml:3:", "NOT_SET_ANYWHERE", "help:"]);
}
