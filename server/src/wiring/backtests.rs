//! Spells a backtest of the configuration out into runs: every strategy on every symbol.

use backtest::RunSpec;
use config::Config;
use types::{FilterSchedule, SeriesKey};

use crate::output::{Failure, Kind};

/// Returns the runs of a backtest, in the order of its strategies and symbols.
pub(crate) fn expand_backtest(config: &Config, name: &str) -> Result<Vec<RunSpec>, Failure> {
    let missing = |what: String| Failure::new(Kind::NotFound, what);
    let backtest = config
        .backtests
        .get(name)
        .ok_or_else(|| missing(format!("backtests.yaml has no backtest '{name}'")))?;
    let mut runs = Vec::new();
    for strategy in &backtest.strategies {
        let strategy = config.strategies.get(strategy).ok_or_else(|| {
            missing(format!("backtest '{name}': strategies.yaml has no strategy '{strategy}'"))
        })?;
        for symbol in &backtest.symbols {
            runs.push(RunSpec {
                name: strategy.name.clone(),
                strategy: strategy.kind.clone(),
                params: strategy.params.clone(),
                series: SeriesKey {
                    exchange: backtest.exchange_for(strategy).clone(),
                    symbol: symbol.clone(),
                    interval: backtest.interval_for(strategy),
                },
                start: backtest.start,
                end: backtest.end,
                initial_capital: backtest.initial_capital,
                commission: backtest.commission,
                slippage: backtest.slippage,
                filters: FilterSchedule::default(),
            });
        }
    }
    Ok(runs)
}
