//! Reading typed text: every fault of a form at once, each at its field.

use std::fmt::Display;
use std::str::FromStr;

use types::Timestamp;

use crate::error::{AppError, FieldError};

/// What is wrong with a form so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes a fault.
    pub(crate) fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    /// Reads a field that must not be empty.
    pub(crate) fn read<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            self.add(field, "This is needed.");
            return None;
        }
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, sentence(&error));
                None
            }
        }
    }

    /// Reads a field that may be empty: `Some(None)` when it is, `None` when it is wrong.
    #[expect(clippy::option_option, reason = "empty and wrong are different answers")]
    pub(crate) fn read_optional<T: FromStr<Err: Display>>(
        &mut self,
        field: &str,
        text: &str,
    ) -> Option<Option<T>> {
        if text.trim().is_empty() { Some(None) } else { self.read(field, text).map(Some) }
    }

    /// Returns all faults as an error, if there are any.
    pub(crate) fn finish(self) -> Result<(), AppError> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::Invalid { fields: self.0 }) }
    }
}

/// Makes a library's lower-case message a sentence.
fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Returns the first moment after a typed end: a day typed as the last one belongs to the range.
pub(crate) fn end_of_day(at: Timestamp) -> Timestamp {
    if at.floor_day() == at { at.plus_ms(Timestamp::DAY_MS) } else { at }
}
