//! Strategies as a page shows them.

use serde::{Deserialize, Serialize};
use types::{ExchangeId, Interval, Symbol};

/// A parameter of a strategy with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParamView {
    /// Its name in the YAML.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The value that this strategy uses.
    pub value: String,
    /// What it is when it is not given.
    pub default: String,
    /// What it does, in a sentence or two.
    pub doc: String,
    /// Its unit: `bars`.
    pub unit: Option<String>,
    /// What it may be: `2 to 500`.
    pub range: String,
}

/// A strategy of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyView {
    /// Its name in the library: `sma_crossover_btc`.
    pub name: String,
    /// Its kind: `sma_crossover`.
    pub kind: String,
    /// The kind's title: `SMA crossover`.
    pub title: String,
    /// The title with its parameters: `SMA crossover, fast 10, slow 30`.
    pub described: String,
    /// The kind's category: `trend`.
    pub category: String,
    /// One sentence: what it does.
    pub summary: String,
    /// How it trades, in plain words; paragraphs separated by an empty line.
    pub description: String,
    /// Its parameters.
    pub params: Vec<ParamView>,
    /// The exchange whose candles it was written for.
    pub exchange: ExchangeId,
    /// The symbols it was written for.
    pub symbols: Vec<Symbol>,
    /// The interval it was written for.
    pub interval: Interval,
    /// Its entry as YAML, ready to be copied.
    pub yaml: String,
    /// The file it stands in: `config/strategies.yaml`.
    pub source: String,
}
