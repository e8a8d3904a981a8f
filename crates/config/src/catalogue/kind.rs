//! What the catalogue says about a strategy type.

use serde::Serialize;

/// A strategy type.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StrategyKind {
    /// The name in `type:`.
    pub name: &'static str,
    /// The name on screen.
    pub title: &'static str,
    /// The family it belongs to.
    pub category: StrategyCategory,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// How it does it and what it cannot do, in a few sentences.
    pub description: &'static str,
    /// Its parameters, in the order of the form.
    pub params: &'static [ParamSpec],
    /// Pairs of numeric parameters of which the first must be less than the second.
    pub orderings: &'static [(&'static str, &'static str)],
}

impl StrategyKind {
    /// Returns the parameter of this name.
    pub fn param(&self, name: &str) -> Option<&'static ParamSpec> {
        self.params.iter().find(|param| param.name == name)
    }
}

/// The family a strategy belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyCategory {
    /// What others are measured against.
    Benchmark,
    /// Follows a move.
    Trend,
    /// Expects a move to come back.
    MeanReversion,
}

impl StrategyCategory {
    /// Returns the name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Benchmark => "Benchmark",
            Self::Trend => "Trend",
            Self::MeanReversion => "Mean reversion",
        }
    }
}

/// A parameter of a strategy type.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ParamSpec {
    /// The key under `params:`.
    pub name: &'static str,
    /// The label on screen.
    pub title: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// What it counts, in the plural: `bars`. Empty for a bare number.
    pub unit: &'static str,
    /// What its value must be.
    pub kind: ParamKind,
    /// Its value when it is left out.
    pub default: ParamDefault,
}

/// What the value of a parameter must be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ParamKind {
    /// A whole number, both ends included.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number, both ends included.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// `true` or `false`.
    Bool,
    /// One of a few words.
    Choice {
        /// The words.
        options: &'static [&'static str],
    },
}

impl ParamKind {
    /// Returns what is allowed, in words: `integer 1 to 1000`.
    pub fn describe(self) -> String {
        match self {
            Self::Integer { min, max } => format!("integer {min} to {max}"),
            Self::Number { min, max } => format!("number {min} to {max}"),
            Self::Bool => "true or false".to_owned(),
            Self::Choice { options } => format!("one of {}", options.join(", ")),
        }
    }
}

/// The default of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ParamDefault {
    /// Of an integer.
    Integer(i64),
    /// Of a number.
    Number(f64),
    /// Of a switch.
    Bool(bool),
    /// Of a choice.
    Text(&'static str),
}
