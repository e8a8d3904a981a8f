//! Parameter values by name, in the order of the catalogue.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::catalogue::ParamDefault;

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A word.
    Text(String),
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

impl From<ParamDefault> for ParamValue {
    fn from(default: ParamDefault) -> Self {
        match default {
            ParamDefault::Integer(value) => Self::Integer(value),
            ParamDefault::Number(value) => Self::Number(value),
            ParamDefault::Bool(value) => Self::Bool(value),
            ParamDefault::Text(value) => Self::Text(value.to_owned()),
        }
    }
}

/// Parameters by name. Those from the checker hold every parameter of their strategy type, within its range.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Params(IndexMap<String, ParamValue>);

impl Params {
    /// Returns a value of any type.
    pub fn get(&self, name: &str) -> Option<&ParamValue> {
        self.0.get(name)
    }

    /// Returns a whole number; `None` when there is no such parameter or it is none.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            ParamValue::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns a whole number that counts something: a period in bars.
    pub fn count(&self, name: &str) -> Option<usize> {
        usize::try_from(self.integer(name)?).ok()
    }

    /// Returns a number; a whole one too.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.0.get(name)? {
            ParamValue::Number(value) => Some(*value),
            #[expect(clippy::cast_precision_loss, reason = "parameters are far below 2^53")]
            ParamValue::Integer(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// Returns a switch.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            ParamValue::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns a word.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            ParamValue::Text(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the parameters in the order of the catalogue.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParamValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, ParamValue)> for Params {
    fn from_iter<I: IntoIterator<Item = (String, ParamValue)>>(params: I) -> Self {
        Self(params.into_iter().collect())
    }
}

/// `fast_period 10, slow_period 30`: the one-line form of tables and titles.
impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{name} {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_type_through_json() {
        let params: Params = [
            ("period".to_owned(), ParamValue::Integer(14)),
            ("oversold".to_owned(), ParamValue::Number(30.0)),
            ("is_strict".to_owned(), ParamValue::Bool(true)),
            ("mode".to_owned(), ParamValue::Text("ema".to_owned())),
        ]
        .into_iter()
        .collect();
        let json = serde_json::to_string(&params).expect("serialises");
        assert_eq!(json, r#"{"period":14,"oversold":30.0,"is_strict":true,"mode":"ema"}"#);
        assert_eq!(serde_json::from_str::<Params>(&json).expect("reads back"), params);
        assert_eq!(params.to_string(), "period 14, oversold 30, is_strict true, mode ema");
        assert_eq!((params.count("period"), params.number("period")), (Some(14), Some(14.0)));
        assert_eq!((params.integer("oversold"), params.text("none")), (None, None));
    }
}
