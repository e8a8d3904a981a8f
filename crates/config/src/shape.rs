//! The tables of the four files: every key, what its value must be, its default and its meaning.
//!
//! Checking, defaults, JSON Schema and the reference page all read these tables, so they cannot disagree.

mod backtests;
mod exchanges;
mod settings;
mod strategies;
mod words;

use crate::catalogue;
use crate::source::ConfigFile;

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// The format's version: 1.
    Version,
    /// A text that is not empty.
    Text,
    /// A whole number in a range, both ends included.
    Integer { min: i64, max: i64 },
    /// `true` or `false`.
    Bool,
    /// A share of one, read exactly.
    Rate,
    /// An amount of money above nothing, read exactly.
    Money,
    /// A day or instant, UTC.
    Date,
    /// A symbol.
    Symbol,
    /// A candle interval.
    Interval,
    /// The name of an exchange.
    Exchange,
    /// The name of a strategy of `strategies.yaml`.
    StrategyName,
    /// A strategy type of the catalogue.
    StrategyType,
    /// The parameters of the strategy type beside it.
    Params,
    /// One of a few words.
    Choice(fn() -> Vec<&'static str>),
    /// An address with one of these schemes, or one of these words.
    Url { schemes: &'static [&'static str], words: &'static [&'static str] },
    /// A text that must come from the environment.
    Secret,
    /// A list with at least one entry and none twice.
    List(&'static Shape),
    /// A map with these keys and no others.
    Table(&'static [Field]),
    /// A map from names that the user chooses to tables.
    Named { what: &'static str, names: Names, of: &'static [Field] },
}

/// Which names the user may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Those of exchanges, lower case.
    Exchanges,
    /// Those of strategies and backtests: safe in an address and as a file name.
    Library,
}

impl Shape {
    /// Returns whether its value is a single scalar.
    pub(crate) const fn is_scalar(self) -> bool {
        !matches!(self, Self::Params | Self::List(_) | Self::Table(_) | Self::Named { .. })
    }

    /// Returns whether its value is a text, so that `2024` needs quotes.
    pub(crate) const fn is_text(self) -> bool {
        !matches!(
            self,
            Self::Version | Self::Integer { .. } | Self::Bool | Self::Rate | Self::Money | Self::Date
        ) && self.is_scalar()
    }
}

/// Returns the names of the strategy types.
pub(crate) fn strategy_types() -> Vec<&'static str> {
    catalogue::strategies().iter().map(|kind| kind.name).collect()
}

/// Whether a key must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It must.
    Required,
    /// Its absence means something, which its documentation says.
    Optional,
    /// Its absence means this text.
    Default(&'static str),
    /// Its absence means the value of another file, which its documentation says.
    Inherited(&'static str),
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) shape: Shape,
    pub(crate) presence: Presence,
    /// What it means, for the schema and the reference page.
    pub(crate) doc: &'static str,
}

impl Field {
    pub(crate) const fn required(key: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { key, shape, presence: Presence::Required, doc }
    }

    pub(crate) const fn optional(key: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { key, shape, presence: Presence::Optional, doc }
    }

    pub(crate) const fn with_default(
        key: &'static str,
        shape: Shape,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { key, shape, presence: Presence::Default(default), doc }
    }

    pub(crate) const fn inherited(
        key: &'static str,
        shape: Shape,
        from: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { key, shape, presence: Presence::Inherited(from), doc }
    }
}

/// The only version of the format so far.
pub(crate) const VERSION: i64 = 1;

/// The first key of every file.
pub(crate) const VERSION_FIELD: Field =
    Field::required("version", Shape::Version, "Version of the file's format; always 1 so far.");

/// Returns the keys of a file.
pub(crate) const fn fields(file: ConfigFile) -> &'static [Field] {
    match file {
        ConfigFile::Settings => settings::FIELDS,
        ConfigFile::Exchanges => exchanges::FIELDS,
        ConfigFile::Strategies => strategies::FIELDS,
        ConfigFile::Backtests => backtests::FIELDS,
    }
}

/// Returns what an absent file stands for.
pub(crate) const fn default_text(file: ConfigFile) -> &'static str {
    match file {
        ConfigFile::Exchanges => "version: 1\nexchanges: { binance: { adapter: binance } }\n",
        ConfigFile::Settings | ConfigFile::Strategies | ConfigFile::Backtests => "version: 1\n",
    }
}

impl Names {
    /// The rule as a regular expression of JSON Schema.
    pub(crate) const fn pattern(self) -> &'static str {
        match self {
            Self::Exchanges => "^[a-z][a-z0-9_-]{0,31}$",
            Self::Library => "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        }
    }

    /// The rule in words.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Exchanges => "1 to 32 of a-z, 0-9, '-' and '_', starting with a letter",
            Self::Library => "1 to 64 of A-Z, a-z, 0-9, '-' and '_', starting with a letter or digit",
        }
    }

    /// Returns the name that was probably meant: `My Strategy!` as `my_strategy`.
    pub(crate) fn repaired(self, name: &str) -> Option<String> {
        let folded: String = name
            .trim()
            .chars()
            .take(64)
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' })
            .collect();
        let repaired = folded.trim_matches('_').to_owned();
        self.allow(&repaired).then_some(repaired)
    }

    /// Returns whether a name follows the rule.
    pub(crate) fn allow(self, name: &str) -> bool {
        match self {
            Self::Exchanges => name.parse::<types::ExchangeId>().is_ok(),
            Self::Library => {
                (1..=64).contains(&name.len())
                    && name.starts_with(|c: char| c.is_ascii_alphanumeric())
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(fields: &'static [Field], visit: &mut dyn FnMut(&'static [Field])) {
        visit(fields);
        for field in fields {
            match field.shape {
                Shape::Table(inner) | Shape::Named { of: inner, .. } => walk(inner, visit),
                _ => {}
            }
        }
    }

    #[test]
    fn every_file_starts_with_its_version() {
        for file in ConfigFile::ALL {
            assert_eq!(fields(file)[0].key, "version");
        }
    }

    #[test]
    fn keys_are_unique_and_documented() {
        for file in ConfigFile::ALL {
            walk(fields(file), &mut |fields| {
                for (index, field) in fields.iter().enumerate() {
                    assert!(!fields[..index].iter().any(|other| other.key == field.key), "{}", field.key);
                    assert!(field.doc.ends_with('.'), "{}", field.key);
                }
            });
        }
    }
}
