//! What a plain scalar means: the core schema of YAML 1.2, so `yes` is a text, `010` is ten and `2024-01-01` is a text.

/// The meaning of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number with a fraction or exponent, or an integer beyond 64 bits.
    Number(f64),
    Text,
}

impl Resolved {
    /// Returns the word for its type in messages.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true/false",
            Self::Integer(_) => "integer",
            Self::Number(_) => "number",
            Self::Text => "text",
        }
    }
}

/// Returns what an unquoted scalar means.
pub(crate) fn resolve_plain(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Number(f64::NAN),
        _ => {}
    }
    let (is_negative, unsigned) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Resolved::Number(if is_negative { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        // The core schema knows these without a sign only; from_str_radix alone would read one after the prefix.
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|c| c.is_digit(radix))
        {
            return i64::from_str_radix(digits, radix)
                .map_or(Resolved::Number(f64::INFINITY), Resolved::Integer);
        }
    }
    if !is_decimal(unsigned) {
        return Resolved::Text;
    }
    match text.parse::<i64>() {
        Ok(integer) => Resolved::Integer(integer),
        Err(_) => text.parse().map_or(Resolved::Text, Resolved::Number),
    }
}

/// Returns whether a text is `digits[.digits][e[±]digits]` with at least one digit before the exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let has_digit = !(whole.is_empty() && fraction.is_empty());
    let is_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    has_digit && is_digits(whole) && is_digits(fraction) && is_exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_core_schema() {
        for (text, expected) in [
            ("", Resolved::Null),
            ("~", Resolved::Null),
            ("True", Resolved::Bool(true)),
            ("yes", Resolved::Text),
            ("10", Resolved::Integer(10)),
            ("-10", Resolved::Integer(-10)),
            ("+10", Resolved::Integer(10)),
            ("010", Resolved::Integer(10)),
            ("0o17", Resolved::Integer(15)),
            ("0x1F", Resolved::Integer(31)),
            ("0x+1", Resolved::Text),
            ("1.50", Resolved::Number(1.5)),
            (".5", Resolved::Number(0.5)),
            ("5.", Resolved::Number(5.0)),
            ("1e3", Resolved::Number(1000.0)),
            (".inf", Resolved::Number(f64::INFINITY)),
            ("100000000000000000000", Resolved::Number(1e20)),
            ("1_000", Resolved::Text),
            (".", Resolved::Text),
            ("-", Resolved::Text),
            ("1e", Resolved::Text),
            ("inf", Resolved::Text),
            ("2024-01-01", Resolved::Text),
            ("12:30", Resolved::Text),
            ("é", Resolved::Text),
        ] {
            assert_eq!(resolve_plain(text), expected, "{text}");
        }
        assert!(matches!(resolve_plain(".nan"), Resolved::Number(number) if number.is_nan()));
    }
}
