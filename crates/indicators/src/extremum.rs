//! The largest of the last `n` values in amortised constant time, without allocation per bar.

use std::collections::VecDeque;

/// The maximum over a sliding window. For the minimum feed negated values.
#[derive(Debug, Clone)]
pub(crate) struct SlidingMaximum {
    /// Candidates, values falling from front to back: (bar, value).
    candidates: VecDeque<(usize, f64)>,
    length: usize,
    bar: usize,
}

impl SlidingMaximum {
    pub(crate) fn new(length: usize) -> Self {
        Self { candidates: VecDeque::with_capacity(length + 1), length, bar: 0 }
    }

    /// Takes the next value and returns the largest of the last `length`, `None` while there are fewer.
    pub(crate) fn next(&mut self, value: f64) -> Option<f64> {
        // A value that is no larger than a later one can never be the maximum again.
        while self.candidates.back().is_some_and(|(_, last)| *last <= value) {
            self.candidates.pop_back();
        }
        self.candidates.push_back((self.bar, value));
        self.bar += 1;
        while self.candidates.front().is_some_and(|(bar, _)| bar + self.length < self.bar) {
            self.candidates.pop_front();
        }
        (self.bar >= self.length).then(|| self.candidates.front().map_or(value, |(_, largest)| *largest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_the_maximum_of_each_window(values in prop::collection::vec(-5..5_i32, 1..60), length in 1..12_usize) {
            let mut sliding = SlidingMaximum::new(length);
            for end in 0..values.len() {
                let found = sliding.next(f64::from(values[end]));
                let expected = (end + 1 >= length).then(|| *values[end + 1 - length..=end].iter().max().expect("some"));
                prop_assert_eq!(found, expected.map(f64::from));
            }
            prop_assert!(sliding.candidates.capacity() <= 2 * (length + 1));
        }
    }
}
