//! The arithmetic of a budget: one calendar minute, what is used of it, what is under way, and a pause.
//!
//! Pure: time comes in with every call. It keeps the invariants of the module above as long as its callers agree on the time;
//! `redis/*.lua` does the same for callers that may not.

use types::Timestamp;

use super::snapshot::{BudgetSnapshot, ByUrgency, Sharing};
use super::{Hold, Pause, share_of};
use crate::protocol::Priority;

const MINUTE_MS: i64 = 60_000;

/// The current minute.
#[derive(Debug)]
pub(super) struct Minute {
    index: i64,
    used: u32,
    taken: ByUrgency,
    under_way: ByUrgency,
    pause: Option<Pause>,
}

impl Minute {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            index: minute_of(now),
            used: 0,
            taken: ByUrgency::default(),
            under_way: ByUrgency::default(),
            pause: None,
        }
    }

    /// Brings it up to the current minute. Returns whether a new one has begun.
    pub(super) fn advance(&mut self, now: Timestamp) -> bool {
        let index = minute_of(now);
        let is_new = index > self.index;
        if is_new {
            // The exchange may count what is still under way in the new minute.
            self.used = self.under_way.total();
            self.taken = self.under_way;
        }
        // When the exchange's clock turns out to be behind, the weight already taken stays taken.
        self.index = index;
        self.pause = self.pause.filter(|pause| pause.until > now);
        is_new
    }

    /// Takes `weight`, or says what it has to wait for.
    pub(super) fn take(
        &mut self,
        weight: u32,
        priority: Priority,
        allowed: u32,
        now: Timestamp,
    ) -> Result<(), Hold> {
        if weight > allowed {
            return Err(Hold::NeverFits { weight, allowed });
        }
        self.advance(now);
        if let Some(pause) = self.pause {
            return Err(pause.hold());
        }
        // What the minute grants to this urgency, but never less than one request where the whole minute has room for it.
        let share = share_of(allowed, priority).max(weight);
        let used = self.used.saturating_add(weight);
        if used > share {
            return Err(Hold::Spent { used: self.used, allowed: share, until: self.end() });
        }
        self.used = used;
        self.start(weight, priority);
        Ok(())
    }

    /// Notes weight that was taken elsewhere and is under way.
    pub(super) fn start(&mut self, weight: u32, priority: Priority) {
        self.taken.add(weight, priority);
        self.under_way.add(weight, priority);
    }

    /// Notes that a request is no longer under way.
    pub(super) fn settle(&mut self, weight: u32, priority: Priority, now: Timestamp) {
        // Bringing it up to date first counts this request in the minute in which it ends.
        self.advance(now);
        self.under_way.subtract(weight, priority);
    }

    /// Notes what the exchange says is used up, in the answer to a request sent at `sent`.
    pub(super) fn observe(&mut self, used: u32, sent: Timestamp, now: Timestamp) {
        self.advance(now);
        // An answer that crossed a minute's end may speak of either minute; the next answer will tell.
        if minute_of(sent) == self.index {
            self.used = self.used.max(used);
        }
    }

    pub(super) fn set_pause(&mut self, pause: Pause, now: Timestamp) {
        self.advance(now);
        // A longer pause stands: a late answer to an older request must not shorten it.
        if self.pause.is_none_or(|standing| standing.until < pause.until) {
            self.pause = Some(pause).filter(|pause| pause.until > now);
        }
    }

    pub(super) const fn pause(&self) -> Option<Pause> {
        self.pause
    }

    pub(super) const fn index(&self) -> i64 {
        self.index
    }

    pub(super) const fn used(&self) -> u32 {
        self.used
    }

    /// What we took of it.
    pub(super) fn taken(&self) -> u32 {
        self.taken.total()
    }

    pub(super) const fn end(&self) -> Timestamp {
        end_of(self.index)
    }

    pub(super) fn snapshot(&self, allowed: u32, sharing: Sharing) -> BudgetSnapshot {
        let used_by_us = self.taken.total().min(self.used);
        BudgetSnapshot {
            used: self.used,
            used_by_us,
            used_by_others: self.used - used_by_us,
            by_urgency: self.taken,
            allowed,
            resets_at: self.end(),
            paused_until: self.pause.map(|pause| pause.until),
            is_banned: self.pause.is_some_and(|pause| pause.is_ban),
            sharing,
        }
    }
}

impl Pause {
    pub(super) const fn hold(self) -> Hold {
        let Self { until, is_ban } = self;
        if is_ban { Hold::Banned { until } } else { Hold::RateLimited { until } }
    }
}

pub(super) const fn minute_of(at: Timestamp) -> i64 {
    at.as_ms().div_euclid(MINUTE_MS)
}

pub(super) const fn end_of(index: i64) -> Timestamp {
    Timestamp::from_ms(index.saturating_add(1).saturating_mul(MINUTE_MS))
}
