//! Query parameters as Binance reads them: its legal characters, its complaints, its codes.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use types::{Interval, Symbol, Timestamp};

use crate::http::error::ApiError;

/// Times from here on are microseconds: as milliseconds they would lie past the year 5000.
const FIRST_MICROSECONDS: i64 = 100_000_000_000_000;
const DIGITS: &str = "^[0-9]{1,20}$";
const SYMBOL_CHARACTERS: &str = "^[\\w\\-._&&[^a-z]]{1,50}$";

/// The parameters of one request, in the order sent.
#[derive(Debug)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    wants_microseconds: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) =
            query.map_err(|_| ApiError::bad(-1100, "Illegal characters found in a parameter."))?;
        let unit =
            parts.headers.get("x-mbx-time-unit").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match unit.to_ascii_uppercase().as_str() {
            "" | "MILLISECOND" => Ok(Self { pairs, wants_microseconds: false }),
            "MICROSECOND" => Ok(Self { pairs, wants_microseconds: true }),
            _ => Err(ApiError::bad(-1139, "Invalid value for time unit.")),
        }
    }
}

impl Params {
    /// Refuses parameters that the endpoint does not read, and parameters sent twice.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let sent = self.pairs.len();
        if known.is_empty() && sent > 0 {
            return Err(ApiError::bad(
                -1101,
                format!("Too many parameters; expected '0' and received '{sent}'."),
            ));
        }
        let read = self.pairs.iter().filter(|(name, _)| known.contains(&name.as_str())).count();
        if read < sent {
            let message = format!(
                "Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'."
            );
            return Err(ApiError::bad(-1104, message));
        }
        for (index, (name, _)) in self.pairs.iter().enumerate() {
            if self.pairs.iter().skip(index + 1).any(|(other, _)| other == name) {
                return Err(ApiError::bad(-1101, "Duplicate values for a parameter detected."));
            }
        }
        Ok(())
    }

    /// Returns a parameter, or `None` when it was not sent; an empty one is refused.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let value = self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if value.is_some_and(str::is_empty) {
            return Err(ApiError::bad(-1105, format!("Parameter '{name}' was empty.")));
        }
        Ok(value)
    }

    /// Returns a mandatory parameter.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)?.ok_or_else(|| ApiError::missing(name))
    }

    /// Returns the mandatory symbol; whether it is listed is for the market to say.
    pub(crate) fn symbol(&self) -> Result<Symbol, ApiError> {
        read_symbol("symbol", self.required("symbol")?)
    }

    /// Returns the mandatory interval, by Binance's own names only.
    pub(crate) fn interval(&self) -> Result<Interval, ApiError> {
        let name = self.required("interval")?;
        let interval = Interval::ALL.into_iter().find(|interval| interval.as_str() == name);
        interval.ok_or_else(ApiError::invalid_interval)
    }

    /// Returns a whole number of up to 20 digits.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if text.len() > 20 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ApiError::illegal(name, DIGITS));
        }
        // Twenty digits may exceed 64 bits; such a time is as good as the end of time.
        Ok(Some(i64::from_str(text).unwrap_or(i64::MAX)))
    }

    /// Returns a time given in milliseconds or microseconds.
    pub(crate) fn time(&self, name: &str, round: Round) -> Result<Option<Timestamp>, ApiError> {
        let to_ms = |value: i64| match (value < FIRST_MICROSECONDS, round) {
            (true, _) => value,
            (false, Round::Down) => value / 1000,
            (false, Round::Up) => value / 1000 + i64::from(value % 1000 > 0),
        };
        Ok(self.number(name)?.map(to_ms).map(Timestamp::from_ms))
    }

    /// By what milliseconds are to be multiplied in the answer.
    pub(crate) const fn time_scale(&self) -> i64 {
        if self.wants_microseconds { 1000 } else { 1 }
    }
}

/// Which way a time between two milliseconds goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Round {
    Down,
    Up,
}

/// Reads a symbol as Binance does: any script, no lower-case a to z, no slash.
pub(crate) fn read_symbol(name: &str, text: &str) -> Result<Symbol, ApiError> {
    let is_legal = |c: char| !c.is_ascii_lowercase() && (c.is_alphanumeric() || matches!(c, '-' | '.' | '_'));
    if text.chars().count() > 50 || !text.chars().all(is_legal) {
        return Err(ApiError::illegal(name, SYMBOL_CHARACTERS));
    }
    text.parse().map_err(|_| ApiError::invalid_symbol())
}
