//! An indicator with its parameters, as a user writes it: `rsi`, `rsi(14)`, `macd(12, 26, signal=5)`.
//!
//! A spec that exists can be computed: names, ranges and the order of periods were checked when it was read.

use std::fmt;
use std::str::FromStr;

use types::Bars;

use crate::period::PeriodError;
use crate::registry::{IndicatorKind, Param, find, registry};
use crate::stream::Stream;

/// An indicator and a value for each of its parameters.
#[derive(Debug, Clone)]
pub struct IndicatorSpec {
    kind: &'static IndicatorKind,
    values: Vec<f64>,
}

/// Why a text is no indicator.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParseIndicatorError {
    /// A name that the registry does not have.
    #[error("there is no indicator '{found}'; known are {}", names())]
    Unknown {
        /// The name as it was given.
        found: String,
    },
    /// A text that is not a name with values in brackets.
    #[error("'{found}' is not written like an indicator; write 'rsi', 'rsi(14)' or 'macd(fast=12, slow=26)'")]
    Form {
        /// The text as it was given.
        found: String,
    },
    /// More values than parameters.
    #[error("{indicator} takes {} values, found {found}", .allowed)]
    TooMany {
        /// Which indicator.
        indicator: &'static str,
        /// How many it takes.
        allowed: usize,
        /// How many there are.
        found: usize,
    },
    /// A named value that the indicator does not have, or has already.
    #[error("{indicator} has no other parameter '{found}'; it takes {}", param_names(.indicator))]
    Parameter {
        /// Which indicator.
        indicator: &'static str,
        /// The name as it was given.
        found: String,
    },
    /// A value that is no number in the parameter's range.
    #[error("{indicator}: {param} is '{found}'; it must be {allowed}")]
    Value {
        /// Which indicator.
        indicator: &'static str,
        /// Which parameter.
        param: &'static str,
        /// The value as it was given.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// Values that are in range but do not fit together.
    #[error("{indicator}: {fault}")]
    Values {
        /// Which indicator.
        indicator: &'static str,
        /// Why.
        fault: PeriodError,
    },
}

/// One line of an indicator over a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name of the line: `upper`.
    pub name: &'static str,
    /// How many bars at the start have no value; all of them when the series is too short.
    pub warm_up: usize,
    /// One value per bar after those.
    pub values: Vec<f64>,
}

impl Column {
    /// Returns the value at a bar of the series, `None` while it is not defined and beyond the end.
    pub fn get(&self, bar: usize) -> Option<f64> {
        self.values.get(bar.checked_sub(self.warm_up)?).copied()
    }

    /// Returns one value per bar of a part of the series.
    pub fn part(&self, bars: std::ops::Range<usize>) -> impl Iterator<Item = Option<f64>> + '_ {
        bars.map(|bar| self.get(bar))
    }
}

fn names() -> String {
    registry().iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ")
}

fn param_names(indicator: &str) -> String {
    let params = find(indicator).map(|kind| kind.params).unwrap_or_default();
    if params.is_empty() {
        return "none".to_owned();
    }
    params.iter().map(|param| param.name).collect::<Vec<_>>().join(", ")
}

impl IndicatorSpec {
    /// Returns what the registry knows about it.
    pub fn kind(&self) -> &'static IndicatorKind {
        self.kind
    }

    /// Returns one value per parameter, in the registry's order.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Builds the indicator, ready for its first bar.
    pub fn build(&self) -> Result<Box<dyn Stream>, PeriodError> {
        (self.kind.build)(&self.values)
    }
}

/// Reads `rsi(14)`. The same as parsing the text.
pub fn parse(text: &str) -> Result<IndicatorSpec, ParseIndicatorError> {
    text.parse()
}

/// Computes every line of an indicator over a series, each value knowing only its own bar and the ones before. Holes in the series are
/// not filled: an indicator counts bars, not hours.
pub fn compute(spec: &IndicatorSpec, bars: &Bars) -> Result<Vec<Column>, PeriodError> {
    let mut stream = spec.build()?;
    let outputs = spec.kind.outputs;
    let mut values: Vec<Vec<f64>> = outputs.iter().map(|_| Vec::with_capacity(bars.len())).collect();
    let warm_up = stream.run(bars, &mut values);
    Ok(outputs.iter().zip(values).map(|(name, values)| Column { name, warm_up, values }).collect())
}

impl FromStr for IndicatorSpec {
    type Err = ParseIndicatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let form = || ParseIndicatorError::Form { found: text.to_owned() };
        let (name, arguments) = match text.split_once('(') {
            None => (text, ""),
            Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(form)?),
        };
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() || arguments.contains(['(', ')']) {
            return Err(form());
        }
        let kind = find(&name).ok_or(ParseIndicatorError::Unknown { found: name })?;
        let values = read_values(kind, arguments)?;
        let spec = Self { kind, values };
        spec.build().map_err(|fault| ParseIndicatorError::Values { indicator: kind.name, fault })?;
        Ok(spec)
    }
}

fn read_values(kind: &'static IndicatorKind, arguments: &str) -> Result<Vec<f64>, ParseIndicatorError> {
    let mut given: Vec<Option<f64>> = vec![None; kind.params.len()];
    let arguments: Vec<&str> =
        if arguments.trim().is_empty() { vec![] } else { arguments.split(',').collect() };
    if arguments.len() > given.len() {
        return Err(ParseIndicatorError::TooMany {
            indicator: kind.name,
            allowed: given.len(),
            found: arguments.len(),
        });
    }
    for (place, argument) in arguments.iter().enumerate() {
        let (index, text) = match argument.split_once('=') {
            None => (Some(place), *argument),
            Some((name, text)) => (kind.params.iter().position(|param| param.name == name.trim()), text),
        };
        let unknown =
            || ParseIndicatorError::Parameter { indicator: kind.name, found: argument.trim().to_owned() };
        let index =
            index.filter(|index| given.get(*index).is_some_and(Option::is_none)).ok_or_else(unknown)?;
        given[index] = Some(read_value(kind.name, &kind.params[index], text.trim())?);
    }
    Ok(given.iter().zip(kind.params).map(|(value, param)| value.unwrap_or(param.default)).collect())
}

fn read_value(indicator: &'static str, param: &Param, text: &str) -> Result<f64, ParseIndicatorError> {
    let value = text.parse::<f64>().ok();
    let whole = |value: f64| !param.integer || value.trunc().to_bits() == value.to_bits();
    value.filter(|value| (param.min..=param.max).contains(value) && whole(*value)).ok_or_else(|| {
        let kind = if param.integer { "a whole number" } else { "a number" };
        let allowed = format!("{kind} from {} to {}", param.min, param.max);
        ParseIndicatorError::Value { indicator, param: param.name, found: text.to_owned(), allowed }
    })
}

/// `macd(12, 26, 9)`: the name and every value, in the registry's order; reads back as the same spec.
impl fmt::Display for IndicatorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name)?;
        if self.values.is_empty() {
            return Ok(());
        }
        let values: Vec<String> = self.values.iter().map(f64::to_string).collect();
        write!(f, "({})", values.join(", "))
    }
}

#[cfg(test)]
mod tests;
