//! YAML text to settings and diagnostics with file, line, column, a stable code and a suggestion.
//!
//! Invariants: [`check`] reports all problems of all files at once, never panics, and returns a [`Config`] only when no problem is
//! an error; the same tables check, fill in defaults, and make the JSON Schema and the reference page.
//! This crate deliberately reads no file, environment or database: the caller hands texts and variables in.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod check;
mod codes;
mod diagnostic;
mod export;
mod model;
mod reference;
mod render;
mod schema;
mod secret;
mod shape;
mod source;
mod suggest;
mod yaml;

pub mod catalogue;

pub use catalogue::{ParamValue, Params};
pub use check::check;
pub use codes::{CODES, Code};
pub use diagnostic::{Diagnostic, Severity};
pub use export::{backtests_yaml, strategies_yaml};
pub use model::{
    BacktestSpec, Config, ExchangeSettings, LogLevel, LoggingSettings, MarketDataSettings, Settings,
    StoreKind, StrategySpec, TradingSettings,
};
pub use reference::reference;
pub use render::render;
pub use schema::json_schema;
pub use secret::{Secret, redact_url};
pub use source::{ConfigFile, ParseConfigFileError, Source, Sources};
pub use suggest::nearest;
