//! What the checker says from the outside: committed files, bad input and any input.
#![expect(clippy::unwrap_used, reason = "tests")]

mod committed;
mod diagnostics;
mod hostile;
mod placeholders;
mod round_trip;

use config::{Config, ConfigFile, Diagnostic, Source, Sources, check};

/// The committed text of a file.
fn committed(file: ConfigFile) -> &'static str {
    match file {
        ConfigFile::Settings => include_str!("../../../../config/settings.yaml"),
        ConfigFile::Exchanges => include_str!("../../../../config/exchanges.yaml"),
        ConfigFile::Strategies => include_str!("../../../../config/strategies.yaml"),
        ConfigFile::Backtests => include_str!("../../../../config/backtests.yaml"),
    }
}

/// The four committed files, under the names that the command line gives them.
fn all_committed() -> Sources {
    ConfigFile::ALL.into_iter().fold(Sources::default(), |sources, file| {
        sources.with(file, Source::new(format!("config/{file}"), committed(file)))
    })
}

/// Checks one file alone, in an environment where only `SET` is set.
fn check_one(file: ConfigFile, text: &str) -> (Option<Config>, Vec<Diagnostic>) {
    let sources = Sources::default().with(file, Source::new(file.file_name(), text));
    check(&sources, &|name| (name == "SET").then(|| "value-of-set".to_owned()))
}
