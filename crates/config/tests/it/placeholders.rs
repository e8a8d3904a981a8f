//! Placeholders: anywhere in a value, in flow style too, of every type, and without moving any place.

use config::{Config, ConfigFile, Diagnostic, Source, Sources, StrategySpec, check};
use types::{Interval, Rate, Timestamp};

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "FP" => "7",
        "LIST" => "[ETHUSDT, BTCUSDT]",
        "DAY" => "2024-02-29",
        "PADDED" => " 9 \n",
        "LONG" => "one line\nand a second one that is much longer than the placeholder that it came from\n",
        "EMPTY" => "",
        "YAML" => "{ a: 1 }, fast_period: 3",
        "HIGH" => "0.25",
        _ => return None,
    };
    Some(value.to_owned())
}

fn checked(file: ConfigFile, text: &str) -> (Option<Config>, Vec<Diagnostic>) {
    check(&Sources::default().with(file, Source::new(file.file_name(), text)), &environment)
}

/// Returns the one strategy of a flow map with these parameters, symbols and interval.
fn strategy(params: &str, symbols: &str, interval: &str) -> StrategySpec {
    let text = format!(
        "version: 1\nstrategies:\n  s: {{ type: sma_crossover, params: {params}, symbols: {symbols}, interval: {interval} }}\n"
    );
    let (config, diagnostics) = checked(ConfigFile::Strategies, &text);
    assert_eq!(diagnostics, [], "{text}");
    config.expect("a configuration").strategies["s"].clone()
}

#[test]
fn integers_in_a_flow_map_with_quotes_and_without() {
    for (written, expected) in [
        ("${FP:14}", 7),
        ("\"${FP:14}\"", 7),
        ("'${FP:14}'", 7),
        ("${NO:14}", 14),
        ("\"${NO:14}\"", 14),
        ("1${NO:4}", 14),
        ("${NO:1}${NO:4}", 14),
        ("\"${NO:1}${NO:4}\"", 14),
        ("${PADDED}", 9),
        ("${EMPTY:12}", 12),
        ("${EMPTY:}", 10),
        ("\"${EMPTY:}\"", 10),
    ] {
        let params = strategy(&format!("{{ fast_period: {written} }}"), "[BTCUSDT]", "1h").params;
        assert_eq!(params.integer("fast_period"), Some(expected), "{written}");
    }
}

#[test]
fn lists_intervals_and_words_in_flow_style() {
    for (symbols, expected) in [
        ("[${NO:BTCUSDT}, \"${NO:ETHUSDT}\"]", ["BTCUSDT", "ETHUSDT"]),
        ("[${NO:BTC}USDT,${NO:ETH}${NO:USDT}]", ["BTCUSDT", "ETHUSDT"]),
        ("${NO:[BTCUSDT, ETHUSDT]}", ["BTCUSDT", "ETHUSDT"]),
        ("${LIST}", ["ETHUSDT", "BTCUSDT"]),
        ("\"${LIST:[A]}\"", ["ETHUSDT", "BTCUSDT"]),
    ] {
        let spec = strategy("{ }", symbols, "${NO:4h}");
        assert_eq!(spec.symbols.iter().map(types::Symbol::as_str).collect::<Vec<_>>(), expected, "{symbols}");
        assert_eq!(spec.interval, Interval::H4);
    }
}

#[test]
fn booleans_decimals_and_dates_in_flow_style() {
    for (off, rate) in
        [("${NO:true}", "${NO:0.0025}"), ("\"${NO:true}\"", "\"${NO:2.5e-3}\""), ("true", "0.00${NO:25}")]
    {
        let text = format!("version: 1\nexchanges: {{ binance: {{ adapter: binance, testnet: {off} }} }}\n");
        let (config, diagnostics) = checked(ConfigFile::Exchanges, &text);
        assert_eq!(diagnostics, [], "{text}");
        assert!(config.expect("a configuration").exchanges["binance"].testnet);
        let text = format!(
            "version: 1\nbacktests: {{ b: {{ strategies: [s], symbol: ${{NO:A}}, commission: {rate}, start: ${{DAY}}, end: \"${{NO:2024-03-01}}\" }} }}\n"
        );
        let (config, diagnostics) = checked(ConfigFile::Backtests, &text);
        assert_eq!(diagnostics, [], "{text}");
        let backtest = &config.expect("a configuration").backtests["b"];
        assert_eq!(backtest.commission, "0.0025".parse::<Rate>().expect("a rate"));
        assert_eq!(
            (backtest.start, backtest.end),
            (Timestamp::from_ymd(2024, 2, 29), Timestamp::from_ymd(2024, 3, 1))
        );
    }
}

#[test]
fn a_default_may_hold_what_yaml_reads_as_its_own() {
    for (written, expected) in [
        ("${NO:a, b: c}", "a, b: c"),
        ("${NO:{x: [1, 2]}}", "{x: [1, 2]}"),
        ("${NO:a # b}", "a # b"),
        ("${NO:-x}", "-x"),
        ("${NO:http://h:1/p?q={id}}", "http://h:1/p?q={id}"),
        ("${NO:it's \"so\"}", "it's \"so\""),
        ("${NO:&a *b !c | > %d}", "&a *b !c | > %d"),
        ("\"${NO:tab\\there}\"", "tab\there"),
        ("'${NO:it''s}'", "it's"),
        ("x ${NO:1} y ${NO:2} z", "x 1 y 2 z"),
        ("$${NO:literal}", "${NO:literal}"),
        ("${YAML}", "{ a: 1 }, fast_period: 3"),
        ("\u{F0000}\u{E000}\u{E000} ${NO:own}", "\u{F0000}\u{E000}\u{E000} own"),
    ] {
        let text =
            format!("version: 1\nbacktests: {{ b: {{ name: {written}, strategies: [s], symbol: A }} }}\n");
        let (config, diagnostics) = checked(ConfigFile::Backtests, &text);
        assert_eq!(diagnostics, [], "{text}");
        assert_eq!(config.expect("a configuration").backtests["b"].display_title(), expected, "{text}");
    }
}

#[test]
fn what_follows_a_placeholder_keeps_its_line_and_column() {
    let text = "version: 1\n# ${UNCLOSED in a remark, and ${LONG}\nbacktests:\n  \
                b: { name: \"${LONG}\", strategies: [${NO:s}], symbol: ${NO:A}, commission: 7, é: ${NO:1} }\n  \
                c: { name: ${EMPTY:}, strategies: ${LIST}, symbol: A, slippage: ${NO:nonsense} }\n";
    let (_, diagnostics) = checked(ConfigFile::Backtests, text);
    let places: Vec<(u32, String)> = diagnostics
        .iter()
        .map(|found| {
            let line: Vec<char> =
                text.lines().nth(found.line as usize - 1).expect("a line").chars().collect();
            let range = found.column as usize - 1..found.end_column as usize - 1;
            (found.line, line[range].iter().collect())
        })
        .collect();
    let expected = [(4, "7"), (4, "é"), (5, "${NO:nonsense}")].map(|(line, text)| (line, text.to_owned()));
    assert_eq!(places, expected, "{diagnostics:#?}");
}

#[test]
fn faults_in_a_flow_map_are_named_as_those_of_the_placeholder() {
    for (written, code) in
        [("${NO}", "CFG030"), ("${1X}", "CFG031"), ("${A:${B}}", "CFG031"), ("${FP", "CFG031")]
    {
        let text = format!(
            "version: 1\nstrategies:\n  s: {{ type: sma_crossover, params: {{ fast_period: \"{written}\" }}, symbols: [A], interval: 1h }}\n"
        );
        let codes: Vec<&str> =
            checked(ConfigFile::Strategies, &text).1.iter().map(|found| found.code).collect();
        assert_eq!(codes, [code], "{written}");
    }
    let unquoted = "version: 1\nstrategies: { s: { type: sma_crossover, params: { fast_period: ${NO} }, symbols: [A], interval: 1h } }\n";
    assert_eq!(
        checked(ConfigFile::Strategies, unquoted).1.iter().map(|found| found.code).collect::<Vec<_>>(),
        ["CFG030"]
    );
}

#[test]
fn a_key_keeps_its_placeholder() {
    let (_, diagnostics) = checked(
        ConfigFile::Backtests,
        "version: 1\nbacktests: { b: { ${FP}: 1, strategies: [s], symbol: A } }\n",
    );
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    assert!(diagnostics[0].message.contains("unknown key '${FP}'"), "{diagnostics:#?}");
}

#[test]
fn a_cost_that_looks_like_a_percentage_is_questioned_and_used() {
    let text =
        "version: 1\nbacktests:\n  b: { strategies: [s], symbol: A, commission: 0.1, slippage: ${HIGH} }\n";
    let (config, diagnostics) = checked(ConfigFile::Backtests, text);
    let said: Vec<(&str, bool, &str, Option<&str>)> = diagnostics
        .iter()
        .map(|found| (found.code, found.is_error(), found.message.as_str(), found.suggestion.as_deref()))
        .collect();
    assert_eq!(
        said,
        [
            ("CFG050", false, "commission: 0.1 is 10 %", Some("did you mean 0.001 (0.1 %)?")),
            ("CFG050", false, "slippage: ${HIGH} is 2 % or more", Some("costs are shares: 0.001 is 0.1 %")),
        ]
    );
    assert_eq!(config.expect("usable").backtests["b"].commission, "0.1".parse::<Rate>().expect("a rate"));
}
