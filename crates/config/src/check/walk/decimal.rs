//! Rates and money, read digit by digit from the text: a float is never in between.

use std::str::FromStr;

use rust_decimal::Decimal;
use types::limits::{check_initial_capital, check_share};
use types::{FixedError, Money, Rate};

use crate::check::value::Value;
use crate::check::walk::scalar::{Fault, wrong_type};
use crate::codes;
use crate::shape::Shape;
use crate::yaml::Scalar;

/// Returns a share of one.
pub(super) fn rate(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    let rate: Rate = exact(scalar, shape)?;
    if check_share(rate).is_ok() {
        return Ok(Value::Rate(rate));
    }
    let help = percent(&rate.to_string()).filter(|_| scalar.template.is_none());
    Err((codes::OUT_OF_RANGE, format!("found {}, expected {}", scalar.described(), shape.expected()), help))
}

/// Returns an amount above nothing.
pub(super) fn money(scalar: &Scalar, shape: Shape) -> Result<Value, Fault> {
    let money: Money = exact(scalar, shape)?;
    if check_initial_capital(money).is_ok() {
        return Ok(Value::Money(money));
    }
    Err((codes::OUT_OF_RANGE, format!("found {}, expected {}", scalar.described(), shape.expected()), None))
}

fn exact<T: FromStr<Err = FixedError>>(scalar: &Scalar, shape: Shape) -> Result<T, Fault> {
    let text = scalar.text.trim();
    let plain = without_exponent(text);
    plain.as_deref().unwrap_or(text).parse().map_err(|error| match error {
        FixedError::NotANumber { .. } => {
            let (code, message, _) = wrong_type(scalar, shape);
            let help = if let Some(number) = text.strip_suffix('%') {
                percent(number.trim()).filter(|_| scalar.template.is_none())
            } else if text.contains(['_', ',', '\'']) {
                Some("write the digits without separators, with a point before decimals".to_owned())
            } else {
                None
            };
            (code, message, help)
        }
        FixedError::TooPrecise { scale, .. } => {
            let message = format!("found {}, expected at most {scale} decimals", scalar.described());
            (codes::BAD_NUMBER, message, Some("round it".to_owned()))
        }
        FixedError::Overflow | FixedError::Negative => {
            let message = format!("found {}, expected {}", scalar.described(), shape.expected());
            (codes::OUT_OF_RANGE, message, None)
        }
    })
}

/// Returns help for a number that was meant as a percentage.
fn percent(number: &str) -> Option<String> {
    let percent: Decimal = number.parse().ok()?;
    let share = percent.checked_div(Decimal::ONE_HUNDRED)?.normalize();
    let is_share = share > Decimal::ZERO && share <= Decimal::ONE;
    is_share.then(|| format!("{} % is written {share}", percent.normalize()))
}

/// Returns `1.5e-3` as `0.0015`; `None` when there is no exponent or it is absurd.
fn without_exponent(text: &str) -> Option<String> {
    const LARGEST: i32 = 40;
    let at = text.find(['e', 'E'])?;
    let exponent: i32 = text[at + 1..].parse().ok()?;
    if exponent.abs() > LARGEST || text.len() > 64 {
        return None;
    }
    let (sign, digits) = match text[..at].strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text[..at].strip_prefix('+').unwrap_or(&text[..at])),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let length = i32::try_from(digits.len()).ok()?;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    Some(if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else if point >= length {
        format!("{sign}{digits}{}", zeros(point - length))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).ok()?);
        format!("{sign}{whole}.{fraction}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_written_out_exactly() {
        for (text, expected) in [
            ("1e-3", Some("0.001")),
            ("1.5E3", Some("1500")),
            ("-1.25e1", Some("-12.5")),
            ("+12.5e-1", Some("1.25")),
            (".5e1", Some("5")),
            ("1e99", None),
            ("e5", None),
            ("xe5", None),
            ("1e", None),
            ("0.001", None),
        ] {
            assert_eq!(without_exponent(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn percentages_are_explained() {
        assert_eq!(percent("0.10").as_deref(), Some("0.1 % is written 0.001"));
        assert_eq!(percent("5").as_deref(), Some("5 % is written 0.05"));
        assert_eq!(percent("500"), None);
        assert_eq!(percent("-5"), None);
    }
}
