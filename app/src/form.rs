//! Reading typed text: every fault of a form at once, each at its field.

use std::fmt::Display;
use std::str::FromStr;

use types::{Timestamp, format};

use crate::error::{AppError, FieldError};

/// What is wrong with a form so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    /// Reads a field that must not be empty.
    pub fn read<T: FromStr<Err: Display>>(&mut self, field: &str, text: &str) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            self.add(field, "Enter a value.");
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

    /// Reads a number; `example` shows one. Thousands may be grouped as the pages write them: `10,000`.
    pub(crate) fn number<T: FromStr>(&mut self, field: &str, text: &str, example: &str) -> Option<T> {
        let number = ungrouped(text.trim()).parse().ok();
        if number.is_none() {
            self.add(field, format!("Enter a number, such as {example}."));
        }
        number
    }

    /// Reads a date that may be empty: `Some(None)` when it is, `None` when it is wrong.
    #[expect(clippy::option_option, reason = "empty and wrong are different answers")]
    pub(crate) fn date(&mut self, field: &str, text: &str) -> Option<Option<Timestamp>> {
        if text.trim().is_empty() {
            return Some(None);
        }
        let date = text.parse().ok();
        if date.is_none() {
            self.add(field, "Enter a date, such as 2024-01-31.");
        }
        date.map(Some)
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
    pub fn finish(self) -> Result<(), AppError> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::Invalid { fields: self.0 }) }
    }
}

/// Makes a library's lower-case message a sentence.
pub fn sentence(error: &impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Takes the commas out of a number whose thousands are grouped; any other comma stays and makes it no number.
pub(crate) fn ungrouped(text: &str) -> String {
    let plain = text.replace(',', "");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    // `0,075` is somebody's 0.075, not 75.
    let is_grouping = !digits.starts_with('0')
        && digits.parse::<u64>().is_ok_and(|digits| {
            let sign = if whole.starts_with('-') { "-" } else { "" };
            format!("{sign}{}{rest}", format::count(digits)) == text
        });
    if is_grouping { plain } else { text.to_owned() }
}

/// Returns the first moment after a typed end: a day typed as the last one belongs to the range.
pub(crate) fn end_of_day(at: Timestamp) -> Timestamp {
    if at.floor_day() == at { at.plus_ms(Timestamp::DAY_MS) } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_be_grouped_as_the_pages_write_them_and_no_other_way() {
        for (text, plain) in [
            ("10000", "10000"),
            ("10,000", "10000"),
            ("1,234,567.5", "1234567.5"),
            ("-10,000", "-10000"),
            ("10,0", "10,0"),
            ("0,075", "0,075"),
            ("1,0000", "1,0000"),
            ("1.5,000", "1.5,000"),
            ("", ""),
        ] {
            assert_eq!(ungrouped(text), plain, "{text}");
        }
        let mut faults = Faults::default();
        assert_eq!(faults.number::<f64>("capital", " 10,000 ", "10000"), Some(10_000.0));
        assert_eq!(faults.number::<f64>("capital", "ten", "10000"), None);
        assert_eq!((faults.date("start", " "), faults.date("end", "31.12.")), (Some(None), None));
        let error = faults.finish().unwrap_err();
        assert_eq!(error.of_field("capital"), Some("Enter a number, such as 10000."));
        assert_eq!(error.of_field("end"), Some("Enter a date, such as 2024-01-31."));
    }
}
