//! The faults that wait for stream frames, and what becomes of the next frame.
//!
//! Invariants: a frame suffers one fault at most; a fault that concerns closing frames only waits for one. All connections
//! share these faults: "the next frame" is the next one of any.

use std::collections::VecDeque;
use std::time::Duration;

use crate::faults::Fault;

/// What becomes of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Sent,
    Dropped,
    Delayed(Duration),
    Duplicated,
    Reordered,
}

/// Faults that wait for frames.
#[derive(Debug, Default)]
pub(crate) struct FrameFaults(VecDeque<Fault>);

impl FrameFaults {
    pub(crate) fn push(&mut self, fault: Fault) {
        self.0.push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns what still waits; counts show what is left of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes the next frame's fate, and says whether a fault is used up by it.
    pub(crate) fn next(&mut self, is_closing: bool) -> (Fate, bool) {
        let fits = |fault: &Fault| {
            is_closing || !matches!(fault, Fault::SkipClosingFrame | Fault::ReorderFrames { .. })
        };
        let Some((at, fault)) = self.0.iter_mut().enumerate().find(|(_, fault)| fits(fault)) else {
            return (Fate::Sent, false);
        };
        let mut once = 1;
        let (fate, left) = match fault {
            Fault::DelayFrames { ms, count } => (Fate::Delayed(Duration::from_millis(u64::from(*ms))), count),
            Fault::DuplicateFrames { count } => (Fate::Duplicated, count),
            Fault::ReorderFrames { count } => (Fate::Reordered, count),
            _ => (Fate::Dropped, &mut once),
        };
        *left = left.saturating_sub(1);
        let is_used_up = *left == 0;
        if is_used_up {
            self.0.remove(at);
        }
        (fate, is_used_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frame_suffers_the_first_fault_that_fits_it() {
        let mut faults = FrameFaults::default();
        faults.push(Fault::ReorderFrames { count: 1 });
        faults.push(Fault::DuplicateFrames { count: 2 });
        faults.push(Fault::SkipClosingFrame);
        assert_eq!(faults.next(false), (Fate::Duplicated, false));
        assert_eq!(faults.next(true), (Fate::Reordered, true));
        assert_eq!(faults.iter().next(), Some(&Fault::DuplicateFrames { count: 1 }));
        assert_eq!(faults.next(false), (Fate::Duplicated, true));
        assert_eq!(faults.next(false), (Fate::Sent, false));
        assert_eq!(faults.next(true), (Fate::Dropped, true));
        assert_eq!((faults.next(true), faults.len()), ((Fate::Sent, false), 0));
    }
}
