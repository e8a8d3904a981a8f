//! The files under `config/` are right, and mean what they say.

use config::{ConfigFile, LogLevel, Source, Sources, StoreKind, check};
use types::{Interval, Money, Rate};

use crate::{all_committed, check_one, committed};

#[test]
fn the_four_files_together_have_no_problem() {
    let (config, diagnostics) = check(&all_committed(), &|_| None);
    assert_eq!(diagnostics, []);
    let config = config.unwrap();
    insta::assert_debug_snapshot!(config);
}

#[test]
fn each_file_alone_has_no_problem() {
    for file in ConfigFile::ALL {
        assert_eq!(check_one(file, committed(file)).1, [], "{file}");
    }
}

#[test]
fn without_any_file_there_are_the_defaults_of_the_committed_ones() {
    let (config, diagnostics) = check(&Sources::default(), &|_| None);
    assert_eq!(diagnostics, []);
    let (config, committed) = (config.unwrap(), check(&all_committed(), &|_| None).0.unwrap());
    assert_eq!(config.settings, committed.settings);
    assert_eq!(config.exchanges["binance"], committed.exchanges["binance"]);
    assert!(config.strategies.is_empty() && config.backtests.is_empty());
}

#[test]
fn the_environment_fills_placeholders() {
    let environment = |name: &str| match name {
        "DATABASE_URL" => Some("postgres://crypto:hunter2@db/crypto".to_owned()),
        "BINANCE_API_KEY" => Some("key-of-binance".to_owned()),
        "REDIS_URL" => Some(String::new()),
        _ => None,
    };
    let (config, diagnostics) = check(&all_committed(), &environment);
    assert_eq!(diagnostics, []);
    let config = config.unwrap();
    assert_eq!(config.settings.database_url, "postgres://crypto:hunter2@db/crypto");
    assert_eq!(config.settings.cache_url, "memory", "set to nothing is not set");
    assert_eq!(config.exchanges["binance"].api_key.expose(), "key-of-binance");
    assert!(config.exchanges["binance"].api_secret.is_empty());
    let printed = format!("{config:?} {}", serde_json::to_string(&config).unwrap());
    assert!(!printed.contains("hunter2") && !printed.contains("key-of-binance"), "{printed}");
}

#[test]
fn numbers_are_exact_however_they_are_written() {
    let text = |commission: &str| {
        format!(
            "version: 1\nbacktests:\n  a: {{ strategies: [x], symbol: BTCUSDT, commission: {commission}, initial_capital: 0.1 }}"
        )
    };
    for written in ["0.000999999999", "\"0.000999999999\"", "9.99999999e-4", "+.000999999999"] {
        let (config, diagnostics) = check_one(ConfigFile::Backtests, &text(written));
        assert_eq!(diagnostics, [], "{written}");
        let backtest = &config.unwrap().backtests["a"];
        assert_eq!(backtest.commission, "0.000999999999".parse::<Rate>().unwrap());
        assert_eq!(backtest.initial_capital, "0.1".parse::<Money>().unwrap());
    }
}

#[test]
fn dates_need_no_quotes_and_intervals_keep_their_case() {
    let (config, diagnostics) = check_one(
        ConfigFile::Backtests,
        "version: 1\nbacktests:\n  a:\n    strategies: [x]\n    symbol: btc/usdt\n    interval: 1M\n    start: 2024-01-01\n    end: 1706659200000\n",
    );
    assert_eq!(diagnostics, []);
    let backtest = &config.unwrap().backtests["a"];
    assert_eq!(backtest.interval, Some(Interval::Mo1));
    assert_eq!(backtest.symbols[0].as_str(), "BTCUSDT");
    assert_eq!(backtest.start.unwrap().to_rfc3339(), "2024-01-01T00:00:00Z");
    assert_eq!(backtest.end.unwrap().to_rfc3339(), "2024-01-31T00:00:00Z");
}

#[test]
fn a_backtest_inherits_from_settings_and_strategies() {
    let sources = all_committed().with(
        ConfigFile::Settings,
        Source::new("settings.yaml", "version: 1\nlogging: { level: debug }\nmarket_data: { store: timescale }\ntrading: { default_slippage: 0.01 }"),
    );
    let config = check(&sources, &|_| None).0.unwrap();
    assert_eq!(
        (config.settings.logging.level, config.settings.market_data.store),
        (LogLevel::Debug, StoreKind::Timescale)
    );
    let demo = &config.backtests["demo"];
    assert_eq!(demo.slippage, "0.01".parse::<Rate>().unwrap());
    assert_eq!(demo.commission, "0.001".parse::<Rate>().unwrap());
    let rsi = &config.strategies["rsi_mean_reversion"];
    assert_eq!((demo.exchange_for(rsi).as_str(), demo.interval_for(rsi)), ("demo", Interval::H1));
    let yearly = &config.backtests["btc_strategies_2024"];
    assert_eq!((yearly.exchange_for(rsi).as_str(), yearly.interval_for(rsi)), ("binance", Interval::H4));
}

#[test]
fn a_dollar_sign_can_be_escaped() {
    let text = "version: 1\nbacktests:\n  a: { name: \"costs $${SET} and $5 ${SET}\", strategies: [x], symbol: BTCUSDT }";
    let (config, diagnostics) = check_one(ConfigFile::Backtests, text);
    assert_eq!(diagnostics, []);
    assert_eq!(config.unwrap().backtests["a"].display_title(), "costs ${SET} and $5 value-of-set");
}
