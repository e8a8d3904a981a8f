//! What can go wrong as a page's reader sees it; the only error that crosses from the server to the browser.
//!
//! It carries no source and no internal text: whatever the server did not foresee is an [`AppError::Internal`] with the id under
//! which the log has the rest.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form: `fast_period`. Empty when it is about the form as a whole.
    pub field: String,
    /// What is wrong and what would be right, as a sentence.
    pub message: String,
}

/// Why a request of the page was not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("Sign in to continue.")]
    Unauthenticated,
    /// Somebody is, and may not.
    #[error("Only an administrator can do this.")]
    Forbidden,
    /// There is none, or it is another user's.
    #[error("{}", missing(.what))]
    NotFound {
        /// The noun that was looked for: `backtest`.
        what: String,
    },
    /// The form has faults; all of them at once.
    #[error("{}", summary(.fields))]
    Invalid {
        /// Each fault with its field.
        fields: Vec<FieldError>,
    },
    /// The present state does not allow it.
    #[error("{message}")]
    Conflict {
        /// What stands in the way, as a sentence.
        message: String,
    },
    /// The door is closed for a while.
    #[error("Too many attempts. Try again in {}.", wait(*.retry_after_secs))]
    TooManyAttempts {
        /// When it opens again.
        retry_after_secs: u64,
    },
    /// There is more to do than can be done at once.
    #[error("The server is busy. Try again in {}.", wait(*.retry_after_secs))]
    Busy {
        /// When it may be better.
        retry_after_secs: u64,
    },
    /// Something that we depend on does not answer: the server itself, an exchange, the disk.
    #[error("{message}")]
    Unavailable {
        /// What does not answer and what to do, as a sentence.
        message: String,
    },
    /// A fault of ours.
    #[error("Something went wrong on the server. Its log has the details under {id}.")]
    Internal {
        /// Where to find it in the log.
        id: String,
    },
}

impl AppError {
    /// Returns the fault of one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError { field: field.to_owned(), message: message.into() }] }
    }

    /// Returns the absence of a thing.
    pub fn not_found(what: &str) -> Self {
        Self::NotFound { what: what.to_owned() }
    }

    /// Returns what is wrong with one field of the form.
    pub fn of_field(&self, field: &str) -> Option<&str> {
        let Self::Invalid { fields } = self else { return None };
        fields.iter().find(|fault| fault.field == field).map(|fault| fault.message.as_str())
    }

    /// Returns the message for the form as a whole: everything that no field shows itself. A name such as `params[` stands for all
    /// fields that begin with it.
    pub fn of_form(&self, shown: &[&str]) -> Option<String> {
        let Self::Invalid { fields } = self else { return Some(self.to_string()) };
        let rest: Vec<&str> = fields
            .iter()
            .filter(|fault| !shown.iter().any(|name| shows(name, &fault.field)))
            .map(|fault| fault.message.as_str())
            .collect();
        if rest.is_empty() { None } else { Some(rest.join(" ")) }
    }

    /// Returns after how many seconds it is worth trying again, where that is known.
    pub const fn retry_after_secs(&self) -> Option<u64> {
        match self {
            Self::TooManyAttempts { retry_after_secs } | Self::Busy { retry_after_secs } => {
                Some(*retry_after_secs)
            }
            _ => None,
        }
    }

    /// Returns the HTTP status that says the same.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound { .. } => 404,
            Self::Invalid { .. } => 422,
            Self::Conflict { .. } => 409,
            Self::TooManyAttempts { .. } => 429,
            Self::Busy { .. } | Self::Unavailable { .. } => 503,
            Self::Internal { .. } => 500,
        }
    }
}

fn shows(name: &str, field: &str) -> bool {
    if name.ends_with('[') { field.starts_with(name) } else { name == field }
}

fn summary(fields: &[FieldError]) -> String {
    match fields {
        [] => "Check the form.".to_owned(),
        [one] => one.message.clone(),
        many => format!("{} fields need attention.", many.len()),
    }
}

fn missing(what: &str) -> String {
    match what {
        // Candles are shared, so nobody else has it either.
        "series" => "This series is not stored.".to_owned(),
        "strategy" => "This strategy is not in the library.".to_owned(),
        what => format!("This {what} does not exist or is not yours."),
    }
}

fn wait(secs: u64) -> String {
    match secs {
        0..=1 => "1 second".to_owned(),
        2..=119 => format!("{secs} seconds"),
        _ => format!("{} minutes", secs.div_ceil(60)),
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            // In the browser an answer that cannot be read, on the server a request.
            ServerFnErrorErr::Deserialization(text) if cfg!(feature = "ssr") => {
                Self::invalid("", format!("The request could not be read: {text}."))
            }
            ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Response(_)
            | ServerFnErrorErr::Deserialization(_) => Self::Unavailable {
                message: "The server does not answer. Check that it is running and try again.".to_owned(),
            },
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                Self::invalid("", format!("The request could not be read: {text}."))
            }
            other => Self::Internal { id: format!("'{other}'") },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_to_the_browser() {
        let errors = [
            AppError::Unauthenticated,
            AppError::not_found("backtest"),
            AppError::invalid("start", "Start must be before end."),
            AppError::TooManyAttempts { retry_after_secs: 61 },
            AppError::Internal { id: "018f".into() },
        ];
        for error in errors {
            assert_eq!(AppError::de(error.ser()), error);
        }
    }

    #[test]
    fn a_fault_is_shown_at_its_field_or_else_at_the_form() {
        let error = AppError::Invalid {
            fields: vec![
                FieldError { field: "start".into(), message: "No date.".into() },
                FieldError { field: "series".into(), message: "No candles.".into() },
            ],
        };
        assert_eq!(error.of_field("start"), Some("No date."));
        assert_eq!(error.of_form(&["start"]), Some("No candles.".into()));
        assert_eq!(error.of_form(&["start", "series"]), None);
        let error = AppError::invalid("params[fast_period]", "Too many.");
        assert_eq!(
            (error.of_form(&["params["]), error.of_form(&["params"])),
            (None, Some("Too many.".into()))
        );
        assert_eq!(
            AppError::Forbidden.of_form(&["start"]),
            Some("Only an administrator can do this.".into())
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let text = |what| AppError::not_found(what).to_string();
        assert_eq!(text("backtest"), "This backtest does not exist or is not yours.");
        assert_eq!(text("series"), "This series is not stored.");
    }

    #[test]
    fn waits_are_rounded_up() {
        let text = |secs| AppError::TooManyAttempts { retry_after_secs: secs }.to_string();
        assert_eq!(text(1), "Too many attempts. Try again in 1 second.");
        assert_eq!(text(61), "Too many attempts. Try again in 61 seconds.");
        assert_eq!(text(121), "Too many attempts. Try again in 3 minutes.");
    }
}
