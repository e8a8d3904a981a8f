//! The last `n` values in a ring that is allocated once, as the integers they stand for.

use std::collections::VecDeque;

use crate::reading::{narrow, narrow_value, wide};

/// In the ring: the value is no narrow count and waits in the queue.
const STRANGER: i64 = i64::MIN;
/// 10^13 in wide units: squares of smaller values, summed over the longest window, fit 256 bits.
const WIDE_LIMIT: u128 = 10_u128.pow(33);

/// A ring of fixed length, at first full of zeros.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    counts: Vec<i64>,
    /// Where the next value goes, which is where the oldest one is.
    next: usize,
    /// Zeros that are no values yet.
    missing: usize,
    /// The values that are no narrow counts, in the order they came.
    strangers: VecDeque<f64>,
    /// How many of them have no exact count at all.
    outside: usize,
}

/// What a new value did to the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Change {
    /// A narrow count came and another left.
    Narrow { new: i64, old: i64 },
    /// One of the two was no narrow count.
    Strange { new: Reading, old: Reading },
}

/// What a value is to a sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    Narrow(i64),
    Wide(i128),
    /// No number, or one that is too large or has too many decimals: no part of the sum.
    Outside,
}

impl Reading {
    /// Reads a value that is no narrow count.
    fn stranger(value: f64) -> Self {
        wide(value).filter(|count| count.unsigned_abs() < WIDE_LIMIT).map_or(Self::Outside, Self::Wide)
    }
}

impl Window {
    pub(crate) fn new(length: usize) -> Self {
        let counts = vec![0; length];
        Self { counts, next: 0, missing: length, strangers: VecDeque::new(), outside: 0 }
    }

    /// Takes a value in; the oldest one leaves, or one of the zeros that the window began with.
    pub(crate) fn push(&mut self, value: f64) -> Change {
        self.push_read(value, narrow(value))
    }

    /// Does the same for a value whose narrow count is known.
    pub(crate) fn push_read(&mut self, value: f64, count: Option<i64>) -> Change {
        let new = count.unwrap_or(STRANGER);
        let old = std::mem::replace(&mut self.counts[self.next], new);
        self.next = if self.next + 1 == self.counts.len() { 0 } else { self.next + 1 };
        self.missing = self.missing.saturating_sub(1);
        if new != STRANGER && old != STRANGER {
            Change::Narrow { new, old }
        } else {
            self.strange(value, new, old)
        }
    }

    #[cold]
    fn strange(&mut self, value: f64, new: i64, old: i64) -> Change {
        let old = match old {
            STRANGER => self.strangers.pop_front().map_or(Reading::Narrow(0), Reading::stranger),
            count => Reading::Narrow(count),
        };
        let new = match new {
            STRANGER => {
                self.strangers.push_back(value);
                Reading::stranger(value)
            }
            count => Reading::Narrow(count),
        };
        self.outside += usize::from(new == Reading::Outside);
        self.outside -= usize::from(old == Reading::Outside);
        Change::Strange { new, old }
    }

    /// Returns whether as many values came as it holds.
    pub(crate) fn is_full(&self) -> bool {
        self.missing == 0
    }

    /// Returns whether every value in it is part of an exact sum.
    pub(crate) fn is_exact(&self) -> bool {
        self.outside == 0
    }

    /// Returns whether every value in it is a narrow count.
    pub(crate) fn is_narrow(&self) -> bool {
        self.strangers.is_empty()
    }

    /// Returns the values of a full window, the oldest first.
    pub(crate) fn values(&self) -> impl Iterator<Item = f64> + Clone + '_ {
        let mut strangers = self.strangers.iter();
        self.counts[self.next..].iter().chain(&self.counts[..self.next]).map(move |&count| match count {
            STRANGER => strangers.next().copied().unwrap_or(f64::NAN),
            count => narrow_value(count),
        })
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these must agree to the last bit")]
mod tests {
    use super::*;

    #[test]
    fn strangers_come_and_go_in_their_order() {
        let mut window = Window::new(3);
        assert_eq!(window.push(0.5), Change::Narrow { new: 50_000_000, old: 0 });
        assert_eq!(window.push(f64::NAN), Change::Strange { new: Reading::Outside, old: Reading::Narrow(0) });
        assert!(!window.is_full() && !window.is_exact());
        let tiny = Change::Strange { new: Reading::Wide(1), old: Reading::Narrow(0) };
        assert_eq!(window.push(1e-20), tiny);
        assert!(window.is_full());
        let values: Vec<f64> = window.values().collect();
        assert!(values[0] == 0.5 && values[1].is_nan() && values[2] == 1e-20, "{values:?}");
        window.push(2.0);
        assert_eq!(
            window.push(3.0),
            Change::Strange { new: Reading::Narrow(300_000_000), old: Reading::Outside }
        );
        assert!(window.is_exact() && !window.is_narrow());
        assert_eq!(
            window.push(4.0),
            Change::Strange { new: Reading::Narrow(400_000_000), old: Reading::Wide(1) }
        );
        assert!(window.is_narrow());
        assert_eq!(window.values().collect::<Vec<_>>(), [2.0, 3.0, 4.0]);
    }

    #[test]
    fn numbers_too_large_to_be_squared_are_outside() {
        let mut window = Window::new(1);
        window.push(9_999_999_999_999.0);
        assert!(window.is_exact());
        window.push(-1e13);
        assert!(!window.is_exact());
    }
}
