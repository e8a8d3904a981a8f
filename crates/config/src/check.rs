//! The checker: four texts in, a configuration and everything that is wrong with them out.
//!
//! Each file goes through the same stages: tree, placeholders, tables, and then what only makes sense across keys and files.

mod backtests;
mod exchanges;
mod names;
mod settings;
mod strategies;
mod value;
mod walk;

use crate::check::names::Known;
use crate::check::value::Table;
use crate::codes;
use crate::diagnostic::{Diagnostic, Sink, Span};
use crate::model::Config;
use crate::shape;
use crate::source::{ConfigFile, Source, Sources};
use crate::yaml;

/// Checks the four files.
///
/// Returns all problems, sorted by file, line and column, and the configuration when none of them is an error.
/// `environment` answers for `${NAME}`; hand in one that knows nothing when the text comes from someone who may not read yours.
pub fn check(
    sources: &Sources,
    environment: &dyn Fn(&str) -> Option<String>,
) -> (Option<Config>, Vec<Diagnostic>) {
    let defaults = ConfigFile::ALL.map(|file| Source::new(file.file_name(), shape::default_text(file)));
    let [mut settings, mut exchanges, mut strategies, mut backtests] = ConfigFile::ALL.map(|file| {
        let given = sources.get(file);
        read(file, given.unwrap_or(&defaults[file as usize]), given.is_some(), environment)
    });

    let all_settings = settings::build(&settings.table);
    let all_exchanges = exchanges::build(&exchanges.table);
    let all_strategies = strategies::build(&strategies.table, &exchanges.known, &mut strategies.sink);
    let trading = all_settings.as_ref().map(|settings| settings.trading);
    let all_backtests =
        backtests::build(&backtests.table, trading, &exchanges.known, &strategies.known, &mut backtests.sink);

    let config = match (all_settings, all_exchanges, all_strategies, all_backtests) {
        (Some(settings), Some(exchanges), Some(strategies), Some(backtests)) => {
            Some(Config { settings, exchanges, strategies, backtests })
        }
        _ => None,
    };
    let files = [&mut settings, &mut exchanges, &mut strategies, &mut backtests];
    let has_errors = files.iter().any(|file| file.sink.has_errors());
    if config.is_none() && !has_errors {
        // Nothing may be refused in silence, even if this very code is at fault.
        let message = "a value was lost although nothing is wrong with it".to_owned();
        let help = "this is a defect of the checker: please report it with the file".to_owned();
        files[0].sink.error(codes::LOST_VALUE, Span::START, message, help);
    }
    let config = config.filter(|_| !has_errors);
    let diagnostics = [settings, exchanges, strategies, backtests]
        .into_iter()
        .flat_map(|file| file.sink.into_sorted())
        .collect();
    (config, diagnostics)
}

/// A file after its own stages.
struct Checked<'a> {
    table: Table,
    /// The names it defines, for other files to refer to.
    known: Known,
    sink: Sink<'a>,
}

fn read<'a>(
    file: ConfigFile,
    source: &'a Source,
    is_given: bool,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Checked<'a> {
    let mut sink = Sink::new(&source.name);
    let mut root = yaml::parse(&source.text, &mut sink);
    if let Some(root) = root.as_mut() {
        yaml::interpolate(root, environment, &mut sink);
    }
    let known = match &root {
        Some(root) if is_given && !sink.is_cut_short() => Known::of(root, file),
        _ => Known::anything(),
    };
    let table = walk::file(root.as_ref(), shape::fields(file), &mut sink);
    Checked { table, known, sink }
}
