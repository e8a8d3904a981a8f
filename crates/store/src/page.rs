//! Pages of a list, newest first, and the cursor that continues it.
//!
//! A cursor names a place by time and id, not by row number: what is added or deleted meanwhile shifts nothing.

use std::fmt;
use std::str::FromStr;

use types::Timestamp;
use uuid::Uuid;

/// The longest page that can be asked for; longer wishes are cut to it.
pub const MAX_PAGE: u32 = 500;

/// A place in a list that is sorted by time and id, newest first. Its text form fits into a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The time the list is sorted by.
    pub at: Timestamp,
    /// The id that decides within one millisecond.
    pub id: Uuid,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, newest first.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no place in this list; start again from its first page")]
pub struct ParseCursorError {
    /// The text as it was given.
    pub found: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.at.as_ms(), self.id.hyphenated())
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (at, id) = text.split_once('_')?;
            Some(Self { at: Timestamp::from_ms(at.parse().ok()?), id: Uuid::try_parse(id).ok()? })
        };
        read().ok_or_else(|| ParseCursorError { found: text.chars().take(64).collect() })
    }
}

impl<T> Page<T> {
    /// Makes a page of at most `limit` entries from rows of which one more was fetched than wanted.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, place: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(place) } else { None };
        Self { items, next }
    }
}

/// Returns the page length to use for a wish.
pub(crate) fn page_length(limit: u32) -> u32 {
    limit.clamp(1, MAX_PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_form() {
        let cursor = Cursor { at: Timestamp::from_ms(-5), id: Uuid::from_u128(7) };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert!("12".parse::<Cursor>().is_err());
        assert!("x_00000000-0000-0000-0000-000000000007".parse::<Cursor>().is_err());
    }

    #[test]
    fn only_a_page_with_more_behind_it_has_a_next() {
        let place = |id: &u128| Cursor { at: Timestamp::EPOCH, id: Uuid::from_u128(*id) };
        assert_eq!(Page::cut(vec![3, 2], 2, place).next, None);
        let page = Page::cut(vec![3, 2, 1], 2, place);
        assert_eq!((page.items.as_slice(), page.next), ([3, 2].as_slice(), Some(place(&2))));
    }
}
