//! What the settings allow: several entries may lead to the same address, and the smallest of their limits counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The limits of all entries that lead to one address.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits(Arc<Mutex<Vec<u32>>>);

/// One entry's limit; it counts as long as it lives.
#[derive(Debug)]
pub(super) struct Limit {
    own: u32,
    limits: Limits,
}

impl Limits {
    pub(super) fn join(&self, own: u32) -> Limit {
        self.locked().push(own);
        Limit { own, limits: self.clone() }
    }

    fn locked(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Limit {
    /// Returns what counts for everyone.
    pub(super) fn allowed(&self) -> u32 {
        self.limits.locked().iter().copied().min().unwrap_or(self.own)
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        let mut limits = self.limits.locked();
        if let Some(place) = limits.iter().position(|limit| *limit == self.own) {
            limits.swap_remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_counts_as_long_as_its_entry_is_there() {
        let limits = Limits::default();
        let large = limits.join(1200);
        assert_eq!(large.allowed(), 1200);
        let small = limits.join(600);
        let same = limits.join(600);
        assert_eq!((large.allowed(), small.allowed()), (600, 600));
        drop(small);
        assert_eq!(large.allowed(), 600);
        drop(same);
        assert_eq!(large.allowed(), 1200);
    }
}
