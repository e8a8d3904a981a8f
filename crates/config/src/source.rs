//! The texts that are checked: at most one per configuration file, handed in by the caller.
//!
//! This module deliberately opens no file; a name is only what diagnostics print.

use std::fmt;
use std::str::FromStr;

/// One of the four configuration files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfigFile {
    /// `settings.yaml`: where things are stored, logging, trading defaults.
    Settings,
    /// `exchanges.yaml`: where candles come from.
    Exchanges,
    /// `strategies.yaml`: strategies with their parameters.
    Strategies,
    /// `backtests.yaml`: which strategies are run over what.
    Backtests,
}

impl ConfigFile {
    /// Every file, in the order in which they build on each other.
    pub const ALL: [ConfigFile; 4] = [Self::Settings, Self::Exchanges, Self::Strategies, Self::Backtests];

    /// Returns `settings.yaml` and so on.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Settings => "settings.yaml",
            Self::Exchanges => "exchanges.yaml",
            Self::Strategies => "strategies.yaml",
            Self::Backtests => "backtests.yaml",
        }
    }

    /// Returns `settings` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Exchanges => "exchanges",
            Self::Strategies => "strategies",
            Self::Backtests => "backtests",
        }
    }
}

impl fmt::Display for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.file_name())
    }
}

/// A text that names no configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no configuration file; use settings, exchanges, strategies or backtests")]
pub struct ParseConfigFileError {
    /// The text as it was given.
    pub found: String,
}

/// Reads `strategies`, `strategies.yaml`, `strategies.yml` or a path that ends in one of them.
impl FromStr for ConfigFile {
    type Err = ParseConfigFileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name);
        Self::ALL
            .into_iter()
            .find(|file| file.as_str() == stem)
            .ok_or_else(|| ParseConfigFileError { found: text.to_owned() })
    }
}

/// A text and the name under which diagnostics refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What diagnostics print before the line: `config/strategies.yaml`.
    pub name: String,
    /// The YAML itself.
    pub text: String,
}

impl Source {
    /// Names a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// The four files, each of which may be absent.
///
/// An absent file means its defaults. What it would define is then unknown rather than empty: a backtest may name any strategy
/// when no `strategies.yaml` was handed in, because the browser checks one file at a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// `settings.yaml`.
    pub settings: Option<Source>,
    /// `exchanges.yaml`.
    pub exchanges: Option<Source>,
    /// `strategies.yaml`.
    pub strategies: Option<Source>,
    /// `backtests.yaml`.
    pub backtests: Option<Source>,
}

impl Sources {
    /// Returns the given text of one file.
    pub const fn get(&self, file: ConfigFile) -> Option<&Source> {
        match file {
            ConfigFile::Settings => self.settings.as_ref(),
            ConfigFile::Exchanges => self.exchanges.as_ref(),
            ConfigFile::Strategies => self.strategies.as_ref(),
            ConfigFile::Backtests => self.backtests.as_ref(),
        }
    }

    /// Hands in the text of one file, in place of an earlier one.
    pub fn set(&mut self, file: ConfigFile, source: Source) {
        let slot = match file {
            ConfigFile::Settings => &mut self.settings,
            ConfigFile::Exchanges => &mut self.exchanges,
            ConfigFile::Strategies => &mut self.strategies,
            ConfigFile::Backtests => &mut self.backtests,
        };
        *slot = Some(source);
    }

    /// Returns the same sources with one more file, for chaining.
    #[must_use]
    pub fn with(mut self, file: ConfigFile, source: Source) -> Self {
        self.set(file, source);
        self
    }

    /// Returns the source that diagnostics call `name`: what [`crate::render`] wants to quote from.
    pub fn named(&self, name: &str) -> Option<&Source> {
        ConfigFile::ALL.into_iter().filter_map(|file| self.get(file)).find(|source| source.name == name)
    }
}
