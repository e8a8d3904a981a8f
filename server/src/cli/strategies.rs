//! `crypto strategies list|show`: the kinds of strategies and their parameters.

use std::fmt::Write as _;

use clap::Subcommand;
use config::catalogue::{ParamValue, StrategyKind, strategies, strategy};
use serde_json::json;

use crate::output::{Failure, Output, table};
use crate::wiring::{Folders, read_configuration};

#[derive(Debug, Subcommand)]
pub(super) enum StrategiesVerb {
    /// List the kinds, and the strategies of strategies.yaml
    List,
    /// Explain one kind: what it does, its parameters and their ranges
    Show {
        /// Its name, as in `type:`
        kind: String,
    },
}

pub(super) fn run(verb: &StrategiesVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    match verb {
        StrategiesVerb::List => list(folders, output),
        StrategiesVerb::Show { kind } => show(kind, output),
    }
}

fn list(folders: &Folders, output: Output) -> Result<(), Failure> {
    let configuration = read_configuration(folders)?;
    let library = &configuration.config.strategies;
    if output.is_json() {
        return output.json(&json!({ "types": strategies(), "library": library }));
    }
    let kinds: Vec<Vec<String>> = strategies()
        .iter()
        .map(|kind| vec![kind.name.to_owned(), kind.category.title().to_owned(), kind.summary.to_owned()])
        .collect();
    let mut text = table(&["type", "family", "what it does"], &kinds);
    let rows: Vec<Vec<String>> = library
        .values()
        .map(|strategy| {
            let symbols: Vec<String> = strategy.symbols.iter().map(ToString::to_string).collect();
            vec![
                strategy.name.clone(),
                strategy.kind.clone(),
                strategy.params.to_string(),
                symbols.join(", "),
                strategy.interval.to_string(),
            ]
        })
        .collect();
    text.push('\n');
    text.push_str(&table(&["strategy", "type", "parameters", "symbols", "interval"], &rows));
    output.text(&text)
}

fn show(name: &str, output: Output) -> Result<(), Failure> {
    let kind = strategy(name).ok_or_else(|| {
        let known: Vec<&str> = strategies().iter().map(|kind| kind.name).collect();
        Failure::not_found(format!("there is no strategy type '{name}'; known are {}", known.join(", ")))
    })?;
    if output.is_json() {
        return output.json(kind);
    }
    output.text(&explain(kind))
}

fn explain(kind: &StrategyKind) -> String {
    let rows: Vec<Vec<String>> = kind
        .params
        .iter()
        .map(|param| {
            let default = ParamValue::from(param.default);
            vec![param.name.to_owned(), default.to_string(), param.kind.describe(), param.doc.to_owned()]
        })
        .collect();
    let mut text = format!("{} ({})\n{}\n\n{}\n", kind.title, kind.name, kind.summary, kind.description);
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(&table(&["parameter", "default", "allowed", "meaning"], &rows));
    }
    for (lesser, greater) in kind.orderings {
        let _ = writeln!(text, "\n{lesser} must be less than {greater}.");
    }
    text
}
