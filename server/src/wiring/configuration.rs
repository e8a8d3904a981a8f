//! Reads the four YAML files and the environment, and hands them to the checker.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use config::{Config, Diagnostic, Source, Sources, check, render};

use super::Folders;
use crate::output::{Failure, Kind};

/// The checked configuration and the texts it came from.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// What the files say, defaults filled in.
    pub(crate) config: Config,
    /// The files as they are.
    pub(crate) sources: Sources,
}

impl Configuration {
    /// Returns the database's address; a relative `SQLite` path that starts with `data/` lies in the data folder.
    pub(crate) fn database_url(&self, folders: &Folders) -> String {
        let url = &self.config.settings.database_url;
        match url.strip_prefix("sqlite://").and_then(|path| path.strip_prefix("data/")) {
            Some(rest) => format!("sqlite://{}", folders.data.join(rest).display()),
            None => url.clone(),
        }
    }

    /// Returns the lake's folder; a relative path that starts with `data/` lies in the data folder.
    pub(crate) fn lake_path(&self, folders: &Folders) -> std::path::PathBuf {
        let path = Path::new(&self.config.settings.market_data.path);
        path.strip_prefix("data").map_or_else(|_| path.to_owned(), |rest| folders.data.join(rest))
    }
}

/// Reads the files of a configuration folder; a file that is not there counts as empty.
pub(crate) fn read_sources(folder: &Path) -> Result<Sources, Failure> {
    if !folder.is_dir() {
        let message =
            format!("there is no configuration folder {}; name it with --config-dir", folder.display());
        return Err(Failure::not_found(message).at(folder.display()));
    }
    let read = |name: &str| -> Result<Option<Source>, Failure> {
        let path = folder.join(name);
        if path.exists() { read_source(&path).map(Some) } else { Ok(None) }
    };
    // Without its file the library is empty, and a backtest that names a strategy of it is a mistake worth telling.
    let empty = || Source {
        name: folder.join("strategies.yaml").display().to_string(),
        text: "version: 1\nstrategies: {}\n".to_owned(),
    };
    Ok(Sources {
        settings: read("settings.yaml")?,
        exchanges: read("exchanges.yaml")?,
        strategies: Some(read("strategies.yaml")?.unwrap_or_else(empty)),
        backtests: read("backtests.yaml")?,
    })
}

/// Reads one file of the configuration.
pub(crate) fn read_source(path: &Path) -> Result<Source, Failure> {
    let place = path.display();
    let failure =
        |kind: Kind, what: &str| Failure::new(kind, format!("cannot read {place}: {what}")).at(&place);
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => failure(Kind::NotFound, "it is not there; check the path"),
        _ => failure(Kind::InvalidConfiguration, &error.to_string()),
    })?;
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.contains(&0);
    let text = String::from_utf8(bytes).ok().filter(|_| !is_utf16).ok_or_else(|| {
        let what = if is_utf16 { "it is UTF-16 text" } else { "it is not UTF-8 text" };
        failure(Kind::InvalidConfiguration, &format!("{what}; save it as UTF-8"))
    })?;
    Ok(Source { name: place.to_string(), text })
}

/// Returns the checked configuration, or every problem in it.
pub(crate) fn read_configuration(folders: &Folders) -> Result<Configuration, Failure> {
    read_configuration_with(folders, &BTreeMap::new())
}

/// Does the same with variables that the environment may override.
pub(crate) fn read_configuration_with(
    folders: &Folders,
    defaults: &BTreeMap<&str, String>,
) -> Result<Configuration, Failure> {
    let sources = read_sources(&folders.config)?;
    let (config, diagnostics) =
        check(&sources, &|name| std::env::var(name).ok().or_else(|| defaults.get(name).cloned()));
    if let Some(config) = config {
        return Ok(Configuration { config, sources });
    }
    let failure = Failure::new(Kind::InvalidConfiguration, render_all(&sources, &diagnostics));
    Err(match diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        Some(first) => failure.at(format!("{}:{}:{}", first.file, first.line, first.column)),
        None => failure,
    })
}

/// Checks the files against the process's environment.
pub(crate) fn check_sources(sources: &Sources) -> (Option<Config>, Vec<Diagnostic>) {
    check(sources, &|name| std::env::var(name).ok())
}

/// Writes every problem with its line, one after the other.
pub(crate) fn render_each(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let text_of = |file: &str| sources.named(file).map_or("", |source| &source.text);
    diagnostics.iter().map(|diagnostic| render(diagnostic, text_of(&diagnostic.file)) + "\n").collect()
}

/// Does the same and adds the number of errors.
pub(crate) fn render_all(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let noun = if errors == 1 { "error" } else { "errors" };
    let mut text = render_each(sources, diagnostics);
    let _ = write!(text, "the configuration has {errors} {noun}");
    text
}
