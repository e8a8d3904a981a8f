//! Limits on stored texts: what a user typed is checked and refused, what the program reports is clipped and kept.

use crate::error::StoreError;

/// Refuses a text that is empty, longer than `max` characters, padded with blanks or has control characters.
pub(crate) fn check_line(what: &'static str, text: &str, max: usize) -> Result<(), StoreError> {
    let reason = if text.is_empty() {
        "is empty".to_owned()
    } else if text.chars().count() > max {
        format!("has {} characters; at most {max} are allowed", text.chars().count())
    } else if text.trim() != text {
        "begins or ends with a blank".to_owned()
    } else if let Some(bad) = text.chars().find(|c| c.is_control()) {
        format!("has the control character U+{:04X}", u32::from(bad))
    } else {
        return Ok(());
    };
    Err(StoreError::invalid(what, reason))
}

/// Returns the text cut to `max` characters, and without the NUL that PostgreSQL cannot hold: a report of what
/// happened must never be lost for its form.
pub(crate) fn clip(text: &str, max: usize) -> String {
    let mut clipped: String = text.chars().take(max).collect();
    if clipped.len() < text.len() {
        clipped.pop();
        clipped.push('…');
    }
    if clipped.contains('\0') { clipped.replace('\0', "\u{fffd}") } else { clipped }
}

/// Returns the form in which names are compared: 'Ann' and 'ann' are one account.
pub(crate) fn fold(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_checked_with_the_reason_told() {
        let check = |text: &str| check_line("name", text, 5).map_err(|error| error.to_string());
        assert_eq!(check("häuse"), Ok(()));
        assert_eq!(check(""), Err("name is empty".to_owned()));
        assert_eq!(check("abcdef"), Err("name has 6 characters; at most 5 are allowed".to_owned()));
        assert_eq!(check(" a"), Err("name begins or ends with a blank".to_owned()));
        assert_eq!(check("a\0b"), Err("name has the control character U+0000".to_owned()));
    }

    #[test]
    fn reports_are_cut_by_characters_and_keep_no_nul() {
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüß", 3), "äö…");
        assert_eq!(clip("a\0b", 9), "a\u{fffd}b");
    }
}
