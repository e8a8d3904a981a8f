//! What is written as YAML is read back as the same values.

use config::catalogue::{ParamKind, ParamSpec, ParamValue, StrategyKind, strategies};
use config::{BacktestSpec, ConfigFile, Params, StrategySpec, backtests_yaml, strategies_yaml};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use types::{Interval, Timestamp};

use crate::check_one;

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9_-]{0,20}"
}

fn symbols() -> impl Strategy<Value = Vec<types::Symbol>> {
    vec("[A-Z0-9][A-Z0-9_.-]{0,12}", 1..4).prop_map(|mut names| {
        names.sort();
        names.dedup();
        names.iter().map(|name| name.parse().unwrap()).collect()
    })
}

fn interval() -> impl Strategy<Value = Interval> {
    proptest::sample::select(Interval::ALL.to_vec())
}

fn param(spec: ParamSpec) -> BoxedStrategy<ParamValue> {
    match spec.kind {
        ParamKind::Integer { min, max } => (min..=max).prop_map(ParamValue::Integer).boxed(),
        ParamKind::Number { min, max } => (min..=max).prop_map(ParamValue::Number).boxed(),
        ParamKind::Bool => any::<bool>().prop_map(ParamValue::Bool).boxed(),
        ParamKind::Choice { options } => proptest::sample::select(options.to_vec())
            .prop_map(|word| ParamValue::Text(word.to_owned()))
            .boxed(),
    }
}

fn params(kind: &'static StrategyKind) -> impl Strategy<Value = Params> {
    let values: Vec<_> =
        kind.params.iter().map(|spec| param(*spec).prop_map(|value| (spec.name.to_owned(), value))).collect();
    values.prop_map(|values| values.into_iter().collect::<Params>()).prop_filter("ordered", |params| {
        kind.orderings.iter().all(|(lesser, greater)| params.number(lesser) < params.number(greater))
    })
}

fn strategy_spec() -> impl Strategy<Value = StrategySpec> {
    proptest::sample::select(strategies().iter().collect::<Vec<_>>()).prop_flat_map(|kind| {
        (name(), params(kind), "[a-z][a-z0-9_-]{0,20}", symbols(), interval()).prop_map(
            |(name, params, exchange, symbols, interval)| StrategySpec {
                name,
                kind: kind.name.to_owned(),
                params,
                exchange: exchange.parse().unwrap(),
                symbols,
                interval,
            },
        )
    })
}

fn backtest_spec() -> impl Strategy<Value = BacktestSpec> {
    let text = option::of("\\PC{0,40}\\S");
    let dates = (0_i64..3_000_000_000_000, 1_i64..3_000_000_000_000);
    let numbers = (1_u64..1_000_000_000_000, 0_u32..1_000_000, 0_u32..1_000_000);
    (
        name(),
        text,
        option::of("[a-z][a-z0-9_-]{0,20}"),
        symbols(),
        option::of(interval()),
        dates,
        any::<(bool, bool)>(),
        numbers,
    )
        .prop_map(
            |(name, title, exchange, symbols, interval, (start, length), (has_start, has_end), numbers)| {
                BacktestSpec {
                    name,
                    title,
                    exchange: exchange.map(|name| name.parse().unwrap()),
                    strategies: vec!["a-1".to_owned(), "10".to_owned(), "null".to_owned()],
                    symbols,
                    interval,
                    start: has_start.then(|| Timestamp::from_ms(start)),
                    end: has_end.then(|| Timestamp::from_ms(start + length)),
                    initial_capital: format!("{}.{:04}", numbers.0, numbers.0 % 10_000).parse().unwrap(),
                    commission: format!("0.{:06}", numbers.1).parse().unwrap(),
                    slippage: format!("0.{:06}", numbers.2).parse().unwrap(),
                }
            },
        )
}

proptest! {
    #[test]
    fn strategies_are_read_back_as_written(spec in strategy_spec()) {
        let text = strategies_yaml([&spec]);
        let (config, diagnostics) = check_one(ConfigFile::Strategies, &text);
        prop_assert_eq!(&diagnostics, &[], "{}", text);
        let config = config.unwrap();
        prop_assert_eq!(config.strategies.values().collect::<Vec<_>>(), [&spec]);
        let json = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(serde_json::from_str::<StrategySpec>(&json).unwrap(), spec);
    }

    #[test]
    fn backtests_are_read_back_as_written(spec in backtest_spec()) {
        let text = backtests_yaml([&spec]);
        let (config, mut diagnostics) = check_one(ConfigFile::Backtests, &text);
        // Costs of any size are read back; large ones are questioned.
        diagnostics.retain(|found| found.code != "CFG050");
        prop_assert_eq!(&diagnostics, &[], "{}", text);
        let config = config.unwrap();
        prop_assert_eq!(config.backtests.values().collect::<Vec<_>>(), [&spec]);
        let json = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(serde_json::from_str::<BacktestSpec>(&json).unwrap(), spec);
    }
}
