//! Input that nobody should write: it is refused quickly, with a place, and without a panic.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use config::{ConfigFile, Source, check, render};
use proptest::prelude::*;

use crate::{all_committed, check_one, committed};

/// Far above what any text takes in a debug build, far below what anything quadratic would take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Checks a text as each of the files; whatever is said about it must have a place and be printable.
fn survive(text: &str) -> Vec<&'static str> {
    ConfigFile::ALL.into_iter().flat_map(|file| survive_as(file, text)).collect()
}

fn survive_as(file: ConfigFile, text: &str) -> Vec<&'static str> {
    let mut codes = Vec::new();
    let started = Instant::now();
    let (config, diagnostics) = check_one(file, text);
    assert!(started.elapsed() < PATIENCE, "{file} took {:?}", started.elapsed());
    assert_eq!(config.is_some(), !diagnostics.iter().any(config::Diagnostic::is_error));
    assert!(diagnostics.len() <= 101, "{} problems", diagnostics.len());
    for diagnostic in &diagnostics {
        assert!(diagnostic.line > 0 && diagnostic.column > 0, "{diagnostic:?}");
        let is_forward = (diagnostic.end_line, diagnostic.end_column) > (diagnostic.line, diagnostic.column);
        assert!(is_forward, "{diagnostic:?}");
        assert!(diagnostic.suggestion.is_some(), "{diagnostic:?}");
        let rendered = render(diagnostic, text);
        assert!(!rendered.chars().any(|c| c.is_control() && c != '\n'), "{rendered:?}");
        codes.push(diagnostic.code);
    }
    codes
}

#[test]
fn alias_bombs_are_refused_without_expanding() {
    let mut bomb = "version: 1\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", [alias.as_str(); 9].join(", ")).unwrap();
    }
    assert!(survive(&bomb).contains(&"CFG004"));
    assert!(survive("version: 1\nstrategies: &self { a: *self }").contains(&"CFG004"));
    assert!(survive("version: 1\nstrategies: *nowhere").contains(&"CFG004"));
}

#[test]
fn environment_bombs_are_refused() {
    let long = "x".repeat(16 * 1024);
    let text = format!("version: 1\nstrategies:\n{}", "  - ${LONG}\n".repeat(10_000));
    let sources = config::Sources::default().with(ConfigFile::Strategies, Source::new("s", text));
    let (_, diagnostics) = check(&sources, &|_| Some(long.clone()));
    assert!(diagnostics.iter().any(|diagnostic| diagnostic.code == "CFG002"), "{diagnostics:?}");
}

#[test]
fn long_deep_and_repetitive_texts_are_refused_quickly() {
    let size = 250_000;
    for unit in [
        "[", "]", "{", "}", "{a: ", "- ", "? ", "a: ", "a: 1\n", "- a\n", "k", "# x\n", "\"", "'", "\n",
        "\t", "\r", "&a ", "*a ", "! ", "---\n", "${", "${SET}", "$${", "[a, ", ": ", "| \n", "é",
        "\u{feff}", "\0",
    ] {
        for prefix in [
            "",
            "version: 1\nstrategies:\n  ",
            "version: [",
            "version: \"",
            "version: 1\nstrategies: {a: {params: {",
        ] {
            let text = format!("{prefix}{}", unit.repeat(size / unit.len()));
            survive_as(ConfigFile::Strategies, &text);
        }
    }
    assert_eq!(survive(&"a".repeat(300 * 1024)), ["CFG002"; 4]);
    let deep = format!("version: 1\nstrategies: {}{}", "[".repeat(40), "]".repeat(40));
    assert!(survive(&deep).contains(&"CFG003"));
}

#[test]
fn many_distinct_keys_are_checked_in_reasonable_time() {
    let keys = (0..20_000).fold("version: 1\n".to_owned(), |text, index| text + &format!("key{index}: 1\n"));
    assert!(survive(&keys).contains(&"CFG009"));
    let strategies = (0..2_000).fold("version: 1\nstrategies:\n".to_owned(), |text, index| {
        text + &format!("  s{index}: {{ type: buy_and_hold, symbols: [BTCUSDT], interval: 1h }}\n")
    });
    let (config, diagnostics) = check_one(ConfigFile::Strategies, &strategies);
    assert_eq!(diagnostics, []);
    assert_eq!(config.unwrap().strategies.len(), 2_000);
}

/// Texts that look like YAML more often than random characters do.
fn yaml_like() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "version",
        "strategies",
        "backtests",
        "exchanges",
        "type",
        "params",
        "symbols",
        "interval",
        "1h",
        "BTCUSDT",
        "sma_crossover",
        "fast_period",
        ":",
        ": ",
        " ",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "?",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        "\"",
        "#",
        "&a",
        "*a",
        "!",
        "|",
        ">",
        "%",
        "\t",
        "\r",
        "é",
        "\u{feff}",
        "1",
        "-1",
        "1e9",
        ".inf",
        "\\",
        "---",
        "...",
        "<<",
        "~",
        "@",
        "${SET}",
        "${",
        "${NO}",
        "${NO:x}",
        "$${",
        "}",
        "\u{85}",
        "\u{2028}",
        "\0",
        "null",
        "true",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..60)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_survived(text in "(?s).{0,200}") {
        survive(&text);
    }

    #[test]
    fn any_text_that_looks_like_yaml_is_survived(text in yaml_like()) {
        survive(&text);
    }

    #[test]
    fn a_damaged_file_is_survived(
        file in proptest::sample::select(ConfigFile::ALL.to_vec()),
        at in any::<proptest::sample::Index>(),
        cut in 0_usize..20,
        piece in yaml_like(),
    ) {
        let characters: Vec<char> = committed(file).chars().collect();
        let at = at.index(characters.len());
        let end = (at + cut).min(characters.len());
        let text: String = characters[..at].iter().copied().chain(piece.chars()).chain(characters[end..].iter().copied()).collect();
        let (config, diagnostics) = check(&all_committed().with(file, Source::new("damaged.yaml", text.clone())), &|_| None);
        prop_assert_eq!(config.is_some(), !diagnostics.iter().any(config::Diagnostic::is_error));
        survive(&text);
    }

    #[test]
    fn values_of_the_environment_never_show(
        file in proptest::sample::select(ConfigFile::ALL.to_vec()),
        line in any::<proptest::sample::Index>(),
        value in "[q-z]{12}[^a-z]{0,3}",
    ) {
        let mut lines: Vec<String> = committed(file).lines().map(str::to_owned).collect();
        let at = line.index(lines.len());
        if let Some((key, _)) = lines[at].clone().split_once(": ") {
            lines[at] = format!("{key}: ${{HIDDEN}}");
        }
        let text = lines.join("\n");
        let sources = all_committed().with(file, Source::new("hidden.yaml", text.clone()));
        let (_, diagnostics) = check(&sources, &|name| (name == "HIDDEN").then(|| value.clone()));
        for diagnostic in &diagnostics {
            let shown = format!("{} {}", render(diagnostic, &text), serde_json::to_string(diagnostic).unwrap());
            prop_assert!(!shown.contains(&value[..12]), "{}", shown);
        }
    }
}
