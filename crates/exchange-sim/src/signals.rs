//! What all stream connections are told at once: to end, to keep quiet, to say that they will end.
//!
//! Signals are states with counters, not messages: a connection that looks late still learns everything that was signalled
//! since it was opened, and one that is opened afterwards is not concerned.

use tokio::time::Instant;

/// The signals so far. A connection compares them with those it knew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Signals {
    /// How often all lines went dead.
    cuts: u64,
    /// The simulator stops and says goodbye.
    has_ended: bool,
    /// How often streams stalled, and until when they do.
    stalls: u64,
    stalled_until: Option<Instant>,
    /// How often connections were told to leave, and when the last such were cut.
    shutdowns: u64,
    cut_at: Option<Instant>,
}

/// What a connection has to do about new signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct News {
    /// Go dead without a word.
    pub(crate) is_cut: bool,
    /// Say goodbye.
    pub(crate) has_ended: bool,
    /// Send no data until then.
    pub(crate) stalled_until: Option<Instant>,
    /// Announce the end, and end then.
    pub(crate) cut_at: Option<Instant>,
}

impl Signals {
    pub(crate) fn cut(&mut self) {
        self.cuts += 1;
    }

    pub(crate) fn end(&mut self) {
        self.has_ended = true;
    }

    pub(crate) fn stall(&mut self, until: Instant) {
        self.stalls += 1;
        self.stalled_until = self.stalled_until.max(Some(until));
    }

    pub(crate) fn shut_down(&mut self, cut_at: Instant) {
        self.shutdowns += 1;
        self.cut_at = Some(cut_at);
    }

    /// Returns what happened since `known` was read.
    pub(crate) fn since(&self, known: &Self) -> News {
        News {
            is_cut: self.cuts != known.cuts,
            has_ended: self.has_ended && !known.has_ended,
            stalled_until: self.stalled_until.filter(|_| self.stalls != known.stalls),
            cut_at: self.cut_at.filter(|_| self.shutdowns != known.shutdowns),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_late_listener_misses_nothing_and_a_new_one_is_not_concerned() {
        let mut signals = Signals::default();
        let opened = signals;
        let soon = Instant::now() + Duration::from_secs(1);
        signals.stall(soon);
        signals.shut_down(soon);
        signals.cut();
        let news = signals.since(&opened);
        assert_eq!(
            news,
            News { is_cut: true, has_ended: false, stalled_until: Some(soon), cut_at: Some(soon) }
        );
        let fresh = signals.since(&signals);
        assert_eq!(fresh, News { is_cut: false, has_ended: false, stalled_until: None, cut_at: None });
    }

    #[test]
    fn a_shorter_stall_does_not_end_a_longer_one() {
        let mut signals = Signals::default();
        let now = Instant::now();
        signals.stall(now + Duration::from_secs(5));
        signals.stall(now + Duration::from_secs(1));
        assert_eq!(signals.since(&Signals::default()).stalled_until, Some(now + Duration::from_secs(5)));
    }
}
