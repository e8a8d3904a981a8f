//! The schemas against an independent validator and against the checker itself.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::diagnostic::Sink;
use crate::yaml::{self, Content, Node, Resolved};
use crate::{ConfigFile, Source, Sources, check, json_schema};

/// Returns a tree as an editor's validator sees it: placeholders are texts.
fn to_json(node: &Node) -> Value {
    match &node.content {
        Content::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => json!(value),
            Resolved::Integer(value) => json!(value),
            Resolved::Number(value) => json!(value),
            Resolved::Text => json!(scalar.text),
        },
        Content::List(items) => items.iter().map(to_json).collect(),
        Content::Map(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), to_json(&entry.value))).collect()
        }
        Content::Broken => Value::Null,
    }
}

fn parse(text: &str) -> Value {
    yaml::parse(text, &mut Sink::new("test")).as_ref().map_or(Value::Null, to_json)
}

fn validator(file: ConfigFile) -> Validator {
    jsonschema::draft202012::new(&json_schema(file)).unwrap()
}

/// Returns what the schema says about a text and what the checker says about it on its own.
fn verdicts(file: ConfigFile, text: &str) -> (bool, bool) {
    let sources = Sources::default().with(file, Source::new("test", text));
    let is_accepted = check(&sources, &|_| None).0.is_some();
    (validator(file).is_valid(&parse(text)), is_accepted)
}

fn committed(file: ConfigFile) -> &'static str {
    match file {
        ConfigFile::Settings => include_str!("../../../../config/settings.yaml"),
        ConfigFile::Exchanges => include_str!("../../../../config/exchanges.yaml"),
        ConfigFile::Strategies => include_str!("../../../../config/strategies.yaml"),
        ConfigFile::Backtests => include_str!("../../../../config/backtests.yaml"),
    }
}

#[test]
fn schemas_are_schemas() {
    for file in ConfigFile::ALL {
        jsonschema::draft202012::meta::validate(&json_schema(file)).unwrap();
        let text = serde_json::to_string_pretty(&json_schema(file)).unwrap();
        insta::assert_snapshot!(file.as_str(), text);
    }
}

#[test]
fn committed_files_are_valid() {
    for file in ConfigFile::ALL {
        let document = parse(committed(file));
        let errors: Vec<String> =
            validator(file).iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{file}: {errors:?}");
    }
}

#[test]
fn both_refuse_what_a_schema_can_see() {
    use ConfigFile::{Backtests, Exchanges, Settings, Strategies};
    for (file, text) in [
        (Settings, "database: { url: memory }"),
        (Settings, "version: 2"),
        (Settings, "version: 1\ncolour: blue"),
        (Settings, "version: 1\nlogging: { level: loud }"),
        (Settings, "version: 1\ndatabase: { url: mysql://x }"),
        (Settings, "version: 1\ntrading: { default_commission: 1.5 }"),
        (Settings, "version: 1\ntrading: { default_initial_capital: 0 }"),
        (Settings, "version: 1\ntrading: { default_commission: lots }"),
        (Settings, "version: 1\ntrading: []"),
        (Exchanges, "version: 1\nexchanges: { binance: { adapter: coinbase } }"),
        (Exchanges, "version: 1\nexchanges: { binance: {} }"),
        (Exchanges, "version: 1\nexchanges: { Binance: { adapter: binance } }"),
        (Exchanges, "version: 1\nexchanges: { binance: { adapter: binance, testnet: yes } }"),
        (Exchanges, "version: 1\nexchanges: { binance: { adapter: binance, rate_limit: 0 } }"),
        (Exchanges, "version: 1\nexchanges: { binance: { adapter: binance, api_key: abc } }"),
        (Strategies, "version: 1\nstrategies: { a: { type: nothing, symbols: [A], interval: 1h } }"),
        (Strategies, "version: 1\nstrategies: { a: { type: buy_and_hold, symbols: [], interval: 1h } }"),
        (Strategies, "version: 1\nstrategies: { a: { type: buy_and_hold, symbols: A, interval: 1h } }"),
        (Strategies, "version: 1\nstrategies: { a: { type: buy_and_hold, symbols: [A], interval: 1H } }"),
        (Strategies, "version: 1\nstrategies: { a: { type: buy_and_hold, symbols: [A] } }"),
        (
            Strategies,
            "version: 1\nstrategies: { a: { type: buy_and_hold, symbols: [A], interval: 1h, params: { x: 1 } } }",
        ),
        (
            Strategies,
            "version: 1\nstrategies: { a: { type: sma_crossover, symbols: [A], interval: 1h, params: { fast_period: 0 } } }",
        ),
        (
            Strategies,
            "version: 1\nstrategies: { a: { type: sma_crossover, symbols: [A], interval: 1h, params: { fast_period: a } } }",
        ),
        (Backtests, "version: 1\nbacktests: { a: { strategies: [x] } }"),
        (Backtests, "version: 1\nbacktests: { a: { symbol: BTCUSDT } }"),
        (Backtests, "version: 1\nbacktests: { a: { strategies: [x, x], symbol: BTCUSDT } }"),
        (Backtests, "version: 1\nbacktests: { a: { strategies: [x], symbol: BTCUSDT, start: today } }"),
        (Backtests, "version: 1\nbacktests: { a b: { strategies: [x], symbol: BTCUSDT } }"),
    ] {
        assert_eq!(verdicts(file, text), (false, false), "{file}: {text}");
    }
}

#[test]
fn the_schema_knows_placeholders_and_nothings() {
    for (file, text) in [
        (ConfigFile::Settings, "version: 1\ntrading:\nlogging: { level: \"${LEVEL:info}\" }"),
        (ConfigFile::Settings, "version: 1\ntrading: { default_commission: \"1e-3\", default_slippage: ~ }"),
        (
            ConfigFile::Exchanges,
            "version: 1\nexchanges: { a: { adapter: binance, api_key: \"\", testnet: \"${T:}\" } }",
        ),
        (
            ConfigFile::Backtests,
            "version: 1\nbacktests: { a: { strategies: [x], symbols: [A], start: 1706659200000, interval: 1D } }",
        ),
    ] {
        assert_eq!(verdicts(file, text), (true, true), "{file}: {text}");
    }
}

/// What is put in place of a value: right for some keys, wrong for most.
const VALUES: &[&str] = &[
    "",
    "~",
    "0",
    "1",
    "-1",
    "10",
    "0.5",
    "1e-3",
    "1.5",
    "1e30",
    ".inf",
    ".nan",
    "true",
    "yes",
    "text",
    "\"\"",
    "\"10\"",
    "\"0.5\"",
    "[]",
    "[A]",
    "[A, A]",
    "{}",
    "{ fast_period: 3 }",
    "{ period: 3 }",
    "1h",
    "1D",
    "1mo",
    "2024-01-01",
    "\"2024-01-01 10:00\"",
    "1706659200000",
    "parquet",
    "memory",
    "sqlite://x",
    "https://x",
    "wss://x",
    "binance",
    "sma_crossover",
    "buy_and_hold",
    "${SET}",
    "\"${NO:1}\"",
    "${NO}",
    "info",
    "\" 0.5 \"",
    "\" info \"",
    "0x10",
    "99999999999999999999",
    "\"1970-01-01T00:00:00Z\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// An editor must not underline what the checker accepts, whatever value stands at whichever key.
    #[test]
    fn what_the_checker_accepts_the_schema_accepts(
        file in proptest::sample::select(ConfigFile::ALL.to_vec()),
        line in any::<proptest::sample::Index>(),
        value in proptest::sample::select(VALUES.to_vec()),
    ) {
        let mut lines: Vec<String> = committed(file).lines().map(str::to_owned).collect();
        let keyed: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].contains(": ")).collect();
        let at = keyed[line.index(keyed.len())];
        let key = lines[at].split(": ").next().unwrap_or_default();
        lines[at] = format!("{key}: {value}");
        let text = lines.join("\n");
        let (is_valid, is_accepted) = verdicts(file, &text);
        prop_assert!(is_valid || !is_accepted, "{}", text);
    }
}
