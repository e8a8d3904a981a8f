//! The last `n` values in a ring that is allocated once.

/// A ring of fixed length.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    values: Vec<f64>,
    length: usize,
    /// Where the next value goes, which is where the oldest one is once the ring is full.
    next: usize,
}

/// What a new value did to the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pushed {
    /// There was room.
    Filling,
    /// There was room, for this last one.
    Filled,
    /// It took the place of the oldest value.
    Replaced(f64),
}

impl Window {
    pub(crate) fn new(length: usize) -> Self {
        Self { values: Vec::with_capacity(length), length, next: 0 }
    }

    pub(crate) fn push(&mut self, value: f64) -> Pushed {
        let pushed = if self.values.len() < self.length {
            self.values.push(value);
            if self.values.len() == self.length { Pushed::Filled } else { Pushed::Filling }
        } else {
            Pushed::Replaced(std::mem::replace(&mut self.values[self.next], value))
        };
        self.next = if self.next + 1 == self.length { 0 } else { self.next + 1 };
        pushed
    }

    /// Returns whether the ring has just come round: [`Self::oldest_first`] is then a plain slice.
    pub(crate) fn is_at_seam(&self) -> bool {
        self.next == 0
    }

    /// Returns the values in the order they came, when the ring is at its seam.
    pub(crate) fn oldest_first(&self) -> &[f64] {
        &self.values
    }
}
