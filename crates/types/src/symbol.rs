//! Names of instruments and exchanges, safe to use as a folder name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The name of a traded pair as its exchange writes it, upper case: `BTCUSDT`. May hold letters of any script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Symbol(String);

/// The name of an exchange in `exchanges.yaml`, lower case: `binance`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ExchangeId(String);

/// A text that is no symbol or exchange name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no {what}: {rule}")]
pub struct ParseSymbolError {
    /// The text as it was given.
    pub found: String,
    /// `symbol` or `exchange name`.
    pub what: &'static str,
    /// The rule it breaks.
    pub rule: &'static str,
}

const SYMBOL_RULE: &str = "1 to 40 letters, digits, '-', '_' or '.', starting with a letter or digit";
const EXCHANGE_RULE: &str = "1 to 32 of a-z, 0-9, '-' and '_', starting with a letter";

impl Symbol {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ExchangeId {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Symbol {
    type Err = ParseSymbolError;

    /// Reads a symbol, folding it to upper case and dropping the `/` of `BTC/USDT`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name: String = text.trim().chars().filter(|&c| c != '/').flat_map(char::to_uppercase).collect();
        let is_valid = name.chars().count() <= 40
            && name.chars().next().is_some_and(char::is_alphanumeric)
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if is_valid {
            Ok(Self(name))
        } else {
            Err(ParseSymbolError { found: text.to_owned(), what: "symbol", rule: SYMBOL_RULE })
        }
    }
}

impl FromStr for ExchangeId {
    type Err = ParseSymbolError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_valid = text.len() <= 32
            && text.chars().next().is_some_and(|c| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        if is_valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseSymbolError { found: text.to_owned(), what: "exchange name", rule: EXCHANGE_RULE })
        }
    }
}

macro_rules! text_newtype {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        /// Maps by name can be asked with a plain text.
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

text_newtype!(Symbol);
text_newtype!(ExchangeId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_folded_and_cannot_leave_their_folder() {
        assert_eq!("btc/usdt".parse::<Symbol>().map(|s| s.to_string()), Ok("BTCUSDT".into()));
        assert!("币安人生USDT".parse::<Symbol>().is_ok());
        for text in ["", "..", "../x", "A B", "A=B", "-X", &"A".repeat(41)] {
            assert!(text.parse::<Symbol>().is_err(), "{text}");
        }
    }

    #[test]
    fn exchange_names_are_plain() {
        assert!("binance".parse::<ExchangeId>().is_ok());
        for text in ["", "Binance", "../x", "1x"] {
            assert!(text.parse::<ExchangeId>().is_err(), "{text}");
        }
    }
}
