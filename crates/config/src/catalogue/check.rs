//! Parameters against the catalogue: the one check behind YAML, web forms and stored runs.

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::catalogue::{ParamKind, ParamSpec, ParamValue, Params, StrategyKind};
use crate::codes::{self, Code};
use crate::render::shown;
use crate::suggest::nearest;
use crate::yaml::{Resolved, resolve_plain};

/// What is wrong with one parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamProblem {
    /// The parameter, as it was given.
    pub param: String,
    /// Whether its name or its value is at fault.
    pub place: ParamPlace,
    /// The stable code of the diagnostic.
    pub code: &'static str,
    /// What was found and what was allowed.
    pub message: String,
    /// What to do about it.
    pub suggestion: String,
}

impl ParamProblem {
    /// Returns whether two parameters stand in the wrong order, each of them being allowed by itself.
    pub fn is_order(&self) -> bool {
        self.code == codes::PARAMETER_ORDER.id
    }
}

/// Where a problem of a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamPlace {
    /// There is no such parameter.
    Name,
    /// Its value is not allowed.
    Value,
}

/// A parameter as it was given, from whichever format.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) value: GivenValue,
    /// The value with its type for messages: `text 'ten'`.
    pub(crate) described: String,
}

/// The value of a parameter as it was given.
#[derive(Debug, Clone)]
pub(crate) enum GivenValue {
    /// Nothing: the default.
    Absent,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    /// A list or map, which no parameter is.
    Nested,
    /// Something that a diagnostic already speaks of.
    Broken,
}

/// Checks parameters from JSON; `null` stands for the default.
///
/// Returns them with defaults filled in, in the order of the catalogue, when there is no problem.
pub fn check_params(kind: &StrategyKind, given: &Map<String, Value>) -> (Option<Params>, Vec<ParamProblem>) {
    let given: Vec<Given> = given
        .iter()
        .map(|(name, value)| {
            let (value, described) = from_json(value);
            Given { name: name.clone(), value, described }
        })
        .collect();
    check_given(kind, &given)
}

/// Checks parameters as a form posts them: texts, read as YAML would; an empty one stands for the default.
pub fn check_texts<'a>(
    kind: &StrategyKind,
    given: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> (Option<Params>, Vec<ParamProblem>) {
    let given: Vec<Given> = given
        .into_iter()
        .map(|(name, text)| {
            let text = text.trim();
            let (value, described) = match resolve_plain(text) {
                Resolved::Null => (GivenValue::Absent, String::new()),
                Resolved::Bool(value) => (GivenValue::Bool(value), shown(text)),
                Resolved::Integer(value) => (GivenValue::Integer(value), format!("integer {value}")),
                Resolved::Number(value) => (GivenValue::Number(value), format!("number {}", shown(text))),
                Resolved::Text => (GivenValue::Text(text.to_owned()), format!("text '{}'", shown(text))),
            };
            Given { name: name.to_owned(), value, described }
        })
        .collect();
    check_given(kind, &given)
}

fn from_json(value: &Value) -> (GivenValue, String) {
    match value {
        Value::Null => (GivenValue::Absent, String::new()),
        Value::Bool(value) => (GivenValue::Bool(*value), value.to_string()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => (GivenValue::Integer(value), format!("integer {number}")),
            (None, Some(value)) => (GivenValue::Number(value), format!("number {number}")),
            (None, None) => (GivenValue::Nested, format!("number {number}")),
        },
        Value::String(text) => (GivenValue::Text(text.clone()), format!("text '{}'", shown(text))),
        Value::Array(_) => (GivenValue::Nested, "a list".to_owned()),
        Value::Object(_) => (GivenValue::Nested, "a map of keys".to_owned()),
    }
}

/// Checks parameters, whatever format they came from.
pub(crate) fn check_given(kind: &StrategyKind, given: &[Given]) -> (Option<Params>, Vec<ParamProblem>) {
    let mut problems = Vec::new();
    let mut is_complete = true;
    for stranger in given.iter().filter(|given| kind.param(&given.name).is_none()) {
        problems.push(unknown(kind, &stranger.name));
    }
    let mut params = Vec::with_capacity(kind.params.len());
    for spec in kind.params {
        let value = match given.iter().find(|given| given.name == spec.name) {
            None | Some(Given { value: GivenValue::Absent, .. }) => Some(spec.default.into()),
            Some(Given { value: GivenValue::Broken, .. }) => None,
            Some(given) => read(spec, given).map_err(|problem| problems.push(problem)).ok(),
        };
        match value {
            Some(value) => params.push((spec.name.to_owned(), value)),
            None => is_complete = false,
        }
    }
    let params: Params = params.into_iter().collect();
    for &(lesser, greater) in kind.orderings {
        problems.extend(disorder(&params, given, lesser, greater));
    }
    let is_good = is_complete && problems.is_empty();
    (is_good.then_some(params), problems)
}

fn unknown(kind: &StrategyKind, name: &str) -> ParamProblem {
    let known: Vec<&str> = kind.params.iter().map(|param| param.name).collect();
    let suggestion = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None if known.is_empty() => format!("{} has no parameters; remove it", kind.name),
        None => format!("{} has {}", kind.name, known.join(", ")),
    };
    ParamProblem {
        param: name.to_owned(),
        place: ParamPlace::Name,
        code: codes::UNKNOWN_PARAMETER.id,
        message: format!("unknown parameter '{}' of {}", shown(name), kind.name),
        suggestion,
    }
}

fn read(spec: &ParamSpec, given: &Given) -> Result<ParamValue, ParamProblem> {
    let expected = spec.kind.describe();
    let problem = |code: Code, suggestion: String| ParamProblem {
        param: spec.name.to_owned(),
        place: ParamPlace::Value,
        code: code.id,
        message: format!("{}: found {}, expected {expected}", spec.name, given.described),
        suggestion,
    };
    let default = || format!("leave it out for the default {}", ParamValue::from(spec.default));
    match (spec.kind, &given.value) {
        (ParamKind::Integer { min, max }, &GivenValue::Integer(value)) => {
            if (min..=max).contains(&value) {
                return Ok(ParamValue::Integer(value));
            }
            Err(problem(codes::OUT_OF_RANGE, default()))
        }
        (ParamKind::Number { min, max }, &(GivenValue::Integer(_) | GivenValue::Number(_))) => {
            let value = as_number(&given.value).filter(|value| (min..=max).contains(value));
            value.map(ParamValue::Number).ok_or_else(|| problem(codes::OUT_OF_RANGE, default()))
        }
        (ParamKind::Bool, &GivenValue::Bool(value)) => Ok(ParamValue::Bool(value)),
        (ParamKind::Choice { options }, GivenValue::Text(text)) => {
            if options.contains(&text.as_str()) {
                return Ok(ParamValue::Text(text.clone()));
            }
            let near = nearest(text, options.iter().copied()).map(|near| format!("did you mean '{near}'?"));
            Err(problem(codes::NOT_A_CHOICE, near.unwrap_or_else(default)))
        }
        (_, GivenValue::Text(text)) if !matches!(resolve_plain(text), Resolved::Text | Resolved::Null) => {
            Err(problem(codes::WRONG_TYPE, "write it without quotes".to_owned()))
        }
        _ => Err(problem(codes::WRONG_TYPE, default())),
    }
}

fn as_number(value: &GivenValue) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "what is beyond 2^53 is beyond every range too")]
        GivenValue::Integer(value) => Some(*value as f64),
        GivenValue::Number(value) => Some(*value),
        _ => None,
    }
}

/// Returns the problem that `lesser` is not less than `greater`, at the one of them that was given.
fn disorder(params: &Params, given: &[Given], lesser: &str, greater: &str) -> Option<ParamProblem> {
    let (low, high) = (params.number(lesser)?, params.number(greater)?);
    if low < high {
        return None;
    }
    let is_given = |name: &str| {
        given.iter().any(|given| given.name == name && !matches!(given.value, GivenValue::Absent))
    };
    let with_origin = |name: &str| {
        let value = params.get(name).map(ToString::to_string).unwrap_or_default();
        if is_given(name) { format!("{name} {value}") } else { format!("{name} {value} (the default)") }
    };
    let suggestion = if low > high && is_given(lesser) && is_given(greater) {
        "exchange the two values".to_owned()
    } else {
        format!("lower {lesser} or raise {greater}")
    };
    Some(ParamProblem {
        param: if is_given(greater) { greater } else { lesser }.to_owned(),
        place: ParamPlace::Value,
        code: codes::PARAMETER_ORDER.id,
        message: format!("{} must be less than {}", with_origin(lesser), with_origin(greater)),
        suggestion,
    })
}
