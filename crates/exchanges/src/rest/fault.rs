//! Why one attempt came to nothing, whatever exchange was asked.

use types::Timestamp;

use crate::protocol::ExchangeError;

/// As much of a foreign answer as a message carries.
const EXCERPT_CHARS: usize = 160;

/// Why one attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It may well succeed in a moment.
    Transient(String),
    /// An answer that is none: a proxy's page, a half row. Sometimes it is whole the next time.
    Malformed(String),
    /// Nobody may ask anything before this time.
    Limited {
        /// When requests may go on, by the exchange's clock.
        until: Timestamp,
        /// Whether the address was shut out, rather than asked to slow down.
        is_ban: bool,
    },
    /// Asking again is no use.
    Fatal(ExchangeError),
}

/// Returns the beginning of a foreign answer on one line.
pub fn excerpt(body: &[u8]) -> String {
    let head = body.get(..4 * EXCERPT_CHARS).unwrap_or(body);
    let text = String::from_utf8_lossy(head);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_answer_is_cut_to_a_line() {
        assert_eq!(excerpt("ä".repeat(2000).as_bytes()).chars().count(), EXCERPT_CHARS);
        assert_eq!(excerpt(b""), "");
    }
}
