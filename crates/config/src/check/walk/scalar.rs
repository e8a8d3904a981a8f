//! A scalar read into the type of its shape.

use types::{ExchangeId, Interval, Symbol, Timestamp};

use crate::catalogue;
use crate::check::value::Value;
use crate::check::walk::{Slot, decimal};
use crate::codes::{self, Code};
use crate::diagnostic::{Sink, Span};
use crate::secret::{Secret, redact_url};
use crate::shape::{Shape, VERSION, strategy_types};
use crate::suggest::nearest;
use crate::yaml::{Resolved, Scalar, quoted, resolve_plain};

/// What is wrong with a value: its code, the message after the key, and help.
pub(super) type Fault = (Code, String, Option<String>);

/// The longest text that any key takes, in characters.
const MAX_TEXT: usize = 500;

/// Returns the value, or reports what is wrong with it.
pub(super) fn read(
    scalar: &Scalar,
    span: Span,
    shape: Shape,
    slot: Slot,
    sink: &mut Sink<'_>,
) -> Option<Value> {
    let result = match shape {
        Shape::Version => version(scalar),
        Shape::Text | Shape::StrategyName => text(scalar, shape).map(|text| Value::Text(text.to_owned())),
        Shape::Integer { min, max } => integer(scalar, shape, min, max),
        Shape::Bool => boolean(scalar, shape),
        Shape::Rate => decimal::rate(scalar, shape),
        Shape::Money => decimal::money(scalar, shape),
        Shape::Date => date(scalar),
        Shape::Symbol => symbol(scalar, shape),
        Shape::Interval => interval(scalar, shape),
        Shape::Exchange => exchange(scalar, shape),
        Shape::StrategyType => strategy_type(scalar, shape),
        Shape::Choice(options) => choice(scalar, shape, &options()),
        Shape::Url { schemes, words } => url(scalar, shape, schemes, words),
        Shape::Secret => secret(scalar),
        Shape::Params | Shape::List(_) | Shape::Table(_) | Shape::Named { .. } => {
            Err(wrong_type(scalar, shape))
        }
    };
    match result {
        Ok(value) => {
            question(scalar, &value, span, slot, sink);
            Some(value)
        }
        Err((code, message, help)) => {
            let help = help.unwrap_or_else(|| slot.help(shape));
            sink.error(code, span, format!("{}: {message}", slot.key), help);
            None
        }
    }
}

/// Warns of a cost that was probably written in percent.
fn question(scalar: &Scalar, value: &Value, span: Span, slot: Slot, sink: &mut Sink<'_>) {
    let Value::Rate(rate) = value else { return };
    let Some(question) = types::limits::question_share(*rate) else { return };
    let (found, meant) = match question.split_once("; ") {
        // What the environment holds is not repeated.
        Some((found, meant)) if scalar.template.is_none() => (found.to_owned(), meant.to_owned()),
        _ => (format!("{} is 2 % or more", scalar.shown()), "costs are shares: 0.001 is 0.1 %".to_owned()),
    };
    sink.warning(codes::LARGE_COST, span, format!("{}: {found}", slot.key), meant);
}

/// Returns the fault of a value of another type.
pub(super) fn wrong_type(scalar: &Scalar, shape: Shape) -> Fault {
    let resolved = scalar.resolve();
    let wants_text = shape.is_text();
    let help = if wants_text && !matches!(resolved, Resolved::Text | Resolved::Null) {
        Some(format!("put it in quotes: {}", quoted(&scalar.shown())))
    } else if !wants_text
        && !scalar.is_plain
        && !matches!(resolve_plain(&scalar.text), Resolved::Text | Resolved::Null)
    {
        Some("write it without quotes".to_owned())
    } else {
        None
    };
    (codes::WRONG_TYPE, format!("found {}, expected {}", scalar.described(), shape.expected()), help)
}

fn version(scalar: &Scalar) -> Result<Value, Fault> {
    match scalar.resolve() {
        Resolved::Integer(VERSION) => Ok(Value::Integer(VERSION)),
        Resolved::Integer(newer) if newer > VERSION => Err((
            codes::VERSION_UNKNOWN,
            format!("found {newer}, but this program reads version {VERSION} only"),
            Some(format!("update the program, or write the file as version {VERSION}")),
        )),
        _ => Err((
            codes::VERSION_UNKNOWN,
            format!("found {}, expected {VERSION}", scalar.described()),
            Some(format!("write version: {VERSION}")),
        )),
    }
}

/// Returns a text that is not empty. What a placeholder gave is a text whatever it looks like.
fn text(scalar: &Scalar, shape: Shape) -> Result<&str, Fault> {
    if scalar.template.is_none() && scalar.resolve() != Resolved::Text {
        return Err(wrong_type(scalar, shape));
    }
    // What stands in quotes is meant; what the environment holds often ends in a space or newline by accident.
    let text = if scalar.template.is_some() { scalar.text.trim() } else { &scalar.text };
    if text.trim().is_empty() {
        return Err((
            codes::EMPTY,
            format!("found {}, expected {}", scalar.described(), shape.expected()),
            None,
        ));
    }
    let length = text.chars().count();
    if length > MAX_TEXT {
        let message = format!("found {length} characters, expected at most {MAX_TEXT}");
        return Err((codes::OUT_OF_RANGE, message, None));
    }
    Ok(text)
}

fn integer(scalar: &Scalar, shape: Shape, min: i64, max: i64) -> Result<Value, Fault> {
    match scalar.resolve() {
        Resolved::Integer(value) if (min..=max).contains(&value) => Ok(Value::Integer(value)),
        Resolved::Integer(_) => {
            let message = format!("found {}, expected {}", scalar.described(), shape.expected());
            Err((codes::OUT_OF_RANGE, message, None))
        }
        _ => Err(wrong_type(scalar, shape)),
    }
}

fn boolean(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    if let Resolved::Bool(value) = scalar.resolve() {
        return Ok(Value::Bool(value));
    }
    let (code, message, help) = wrong_type(scalar, shape);
    let help = match scalar.text.to_lowercase().as_str() {
        // The word itself may be from the environment and is not repeated.
        "yes" | "on" | "y" | "1" => Some("write true".to_owned()),
        "no" | "off" | "n" | "0" => Some("write false".to_owned()),
        _ => help,
    };
    Err((code, message, help))
}

fn date(scalar: &Scalar) -> Result<Value, Fault> {
    /// 2200-01-01: beyond it lies a typing slip, not a candle.
    const LAST: Timestamp = Timestamp::from_ms(7_258_118_400_000);
    let shown = scalar.shown();
    match scalar.text.trim().parse::<Timestamp>() {
        Ok(date) if (Timestamp::EPOCH..LAST).contains(&date) => Ok(Value::Date(date)),
        Ok(_) => {
            let message = format!("found {shown}, expected a date from 1970 to 2199");
            Err((codes::OUT_OF_RANGE, message, None))
        }
        Err(_) => {
            let text = scalar.text.trim();
            let repaired = [text.replace(['/', '.'], "-"), format!("{text}-01"), format!("{text}-01-01")];
            let near = repaired.into_iter().find(|candidate| {
                scalar.template.is_none() && candidate.len() < 24 && candidate.parse::<Timestamp>().is_ok()
            });
            let help = near.unwrap_or_else(|| "2024-01-31 or 2024-01-31T10:00:00Z".to_owned());
            Err((codes::BAD_DATE, format!("'{shown}' is no date"), Some(format!("write {help}"))))
        }
    }
}

fn symbol(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    text(scalar, shape)?.parse::<Symbol>().map(Value::Symbol).map_err(|mut error| {
        error.found = scalar.shown();
        (codes::BAD_SYMBOL, error.to_string(), Some("write it as the exchange does: BTCUSDT".to_owned()))
    })
}

fn exchange(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    text(scalar, shape)?.parse::<ExchangeId>().map(Value::Exchange).map_err(|mut error| {
        error.found = scalar.shown();
        let lower = scalar.shown().to_lowercase();
        let help = lower.parse::<ExchangeId>().is_ok().then(|| format!("write {lower}"));
        (codes::BAD_NAME, error.to_string(), help)
    })
}

fn interval(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    let text = text(scalar, shape)?;
    text.parse::<Interval>().map(Value::Interval).map_err(|mut error| {
        error.found = scalar.shown();
        let lower = text.to_lowercase();
        let near = match lower.as_str() {
            "1min" | "minute" => Some("1m"),
            "60m" | "60min" | "hour" => Some("1h"),
            "24h" | "day" | "daily" => Some("1d"),
            "7d" | "week" | "weekly" => Some("1w"),
            "30d" | "1month" | "month" => Some("1M"),
            // `1H` is an hour; only the month is told apart by case, and it reads as it is.
            other => other.parse::<Interval>().ok().map(Interval::as_str),
        };
        (codes::BAD_INTERVAL, error.to_string(), near.map(|near| format!("write {near}")))
    })
}

fn strategy_type(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    let text = text(scalar, shape)?;
    if catalogue::strategy(text).is_some() {
        return Ok(Value::Text(text.to_owned()));
    }
    let help = match nearest(text, strategy_types()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("the types are {}", strategy_types().join(", ")),
    };
    Err((codes::UNKNOWN_STRATEGY_TYPE, format!("unknown strategy type '{}'", scalar.shown()), Some(help)))
}

fn choice(scalar: &Scalar, shape: Shape, options: &[&'static str]) -> Result<Value, Fault> {
    let text = text(scalar, shape)?;
    if options.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let help = nearest(text, options.iter().copied()).map(|near| format!("did you mean '{near}'?"));
    Err((codes::NOT_A_CHOICE, format!("found {}, expected {}", scalar.described(), shape.expected()), help))
}

fn url(scalar: &Scalar, shape: Shape, schemes: &[&str], words: &[&str]) -> Result<Value, Fault> {
    let text = text(scalar, shape)?;
    let is_url = text.split_once("://").is_some_and(|(scheme, rest)| {
        schemes.contains(&scheme) && !rest.is_empty() && !rest.contains(char::is_whitespace)
    });
    let redacted = redact_url(text);
    if scalar.template.is_none() && redacted != text {
        let message = format!("'{redacted}' holds a password");
        let help = "take the whole address from the environment: ${NAME}".to_owned();
        return Err((codes::LITERAL_SECRET, message, Some(help)));
    }
    if is_url || words.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let message = format!("found {}, expected {}", scalar.described(), shape.expected());
    Err((codes::BAD_URL, message, None))
}

fn secret(scalar: &Scalar) -> Result<Value, Fault> {
    let is_written_out = match scalar.template.as_deref() {
        None => !scalar.text.is_empty(),
        Some(template) => {
            let body = template.trim().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            body.is_none_or(|body| {
                body.contains('}') || body.split_once(':').is_some_and(|(_, default)| !default.is_empty())
            })
        }
    };
    if is_written_out {
        let help = "take it from the environment with a placeholder without default: ${NAME:}".to_owned();
        return Err((codes::LITERAL_SECRET, "a secret is written in the file".to_owned(), Some(help)));
    }
    Ok(Value::Secret(Secret::new(scalar.text.trim())))
}
