//! Strategies and backtests as YAML that the checker reads back as the same values.

use std::fmt::Write as _;

use crate::catalogue::ParamValue;
use crate::model::{BacktestSpec, StrategySpec};
use crate::shape::VERSION;
use crate::yaml::quoted;

/// Returns a whole `strategies.yaml` with these strategies.
pub fn strategies_yaml<'a>(strategies: impl IntoIterator<Item = &'a StrategySpec>) -> String {
    let mut out = format!("version: {VERSION}\nstrategies:\n");
    // Writing to a String cannot fail, here and below.
    for strategy in strategies {
        let StrategySpec { name, kind, params, exchange, symbols, interval } = strategy;
        let _ = write!(out, "  {}:\n    type: {kind}\n", quoted(name));
        if !params.is_empty() {
            let params: Vec<String> =
                params.iter().map(|(name, value)| format!("{name}: {}", param(value))).collect();
            let _ = writeln!(out, "    params: {{ {} }}", params.join(", "));
        }
        let _ = writeln!(out, "    exchange: {exchange}");
        let _ = writeln!(out, "    symbols: [{}]", joined(symbols));
        let _ = writeln!(out, "    interval: {interval}");
    }
    out
}

/// Returns a whole `backtests.yaml` with these backtests.
pub fn backtests_yaml<'a>(backtests: impl IntoIterator<Item = &'a BacktestSpec>) -> String {
    let mut out = format!("version: {VERSION}\nbacktests:\n");
    for backtest in backtests {
        let _ = writeln!(out, "  {}:", quoted(&backtest.name));
        if let Some(title) = &backtest.title {
            let _ = writeln!(out, "    name: {}", quoted(title));
        }
        let _ = writeln!(out, "    strategies: [{}]", joined(&backtest.strategies));
        let _ = writeln!(out, "    symbols: [{}]", joined(&backtest.symbols));
        if let Some(exchange) = &backtest.exchange {
            let _ = writeln!(out, "    exchange: {exchange}");
        }
        if let Some(interval) = backtest.interval {
            let _ = writeln!(out, "    interval: {interval}");
        }
        for (key, date) in [("start", backtest.start), ("end", backtest.end)] {
            if let Some(date) = date {
                let day = date.floor_day() == date;
                let _ = writeln!(
                    out,
                    "    {key}: {}",
                    quoted(&if day { date.to_date() } else { date.to_rfc3339() })
                );
            }
        }
        let _ = writeln!(out, "    initial_capital: {}", backtest.initial_capital);
        let _ = writeln!(out, "    commission: {}", backtest.commission);
        let _ = writeln!(out, "    slippage: {}", backtest.slippage);
    }
    out
}

fn param(value: &ParamValue) -> String {
    match value {
        ParamValue::Text(text) => quoted(text),
        // Rust prints the shortest digits that read back as the same number.
        value => value.to_string(),
    }
}

fn joined(names: &[impl ToString]) -> String {
    names.iter().map(|name| quoted(&name.to_string())).collect::<Vec<_>>().join(", ")
}
