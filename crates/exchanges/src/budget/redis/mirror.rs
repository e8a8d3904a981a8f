//! What one process knows of a shared budget: enough to tell a Redis that forgot, and to go on alone, with less, when it is gone.
//!
//! Alone, a process keeps to a part of the allowance: a quarter, or less when more processes shared it; of the minute in which the
//! sharing broke, to that part of what was left. It does so until the minute ends in which Redis is back, because the others may
//! not have told it yet what they took alone. What the exchange reports still counts, so even processes beyond that number exceed
//! the allowance at most by what is under way.

use types::Timestamp;

use super::Caller;
use super::wire::{Answer, Known};
use crate::budget::minute::Minute;
use crate::budget::snapshot::{BudgetSnapshot, ByUrgency, Sharing};
use crate::budget::{Hold, Pause, share_of};
use crate::protocol::Priority;

/// With how many others a process at least reckons that it cannot see.
const FEWEST_PARTS: u32 = 4;
/// How late a clock is at most that was measured: far less than a minute, more than any answer takes.
const LATE_MS: i64 = 30_000;

/// This process's own minute, with everything it was told about the others'.
#[derive(Debug)]
pub(super) struct Mirror {
    minute: Minute,
    /// How often Redis was called: in the order in which the clock was read.
    turn: u64,
    unreported: ByUrgency,
    sharers: u32,
    /// The smallest limit of those who share, as far as it was told.
    allowed: Option<u32>,
    seen: Option<BudgetSnapshot>,
    alone: Option<Alone>,
    is_told: bool,
}

/// That this process was on its own, and when.
#[derive(Debug, Clone, Copy)]
struct Alone {
    /// The minute in which the sharing broke.
    index: i64,
    /// Up to what we may bring our own part of that minute.
    rest: u32,
    /// The last minute of which it was on its own at any moment.
    last: i64,
}

impl Mirror {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            minute: Minute::new(now),
            turn: 0,
            unreported: ByUrgency::default(),
            sharers: 0,
            allowed: None,
            seen: None,
            alone: None,
            is_told: true,
        }
    }

    /// Returns what Redis should know. What was not reported counts as reported unless [`Mirror::keep`] takes it back.
    pub(super) fn tell(&mut self, now: Timestamp) -> Known {
        self.advance(now);
        self.turn += 1;
        Known {
            turn: self.turn,
            used: self.minute.used(),
            unreported: std::mem::take(&mut self.unreported),
            pause: self.minute.pause(),
        }
    }

    /// Takes back what Redis may not have been told.
    pub(super) fn keep(&mut self, known: &Known) {
        for priority in Priority::ALL {
            self.unreported.add(known.unreported.of(priority), priority);
        }
    }

    /// Redis could not be told: from here on alone.
    pub(super) fn not_told(&mut self, caller: Caller) {
        self.advance(caller.now);
        self.is_told = false;
        let index = self.minute.index();
        if let Some(alone) = &mut self.alone {
            alone.last = index;
        } else {
            let left = self.allowed(caller).saturating_sub(self.minute.used());
            let rest = self.minute.taken().saturating_add(left / self.parts());
            self.alone = Some(Alone { index, rest, last: index });
        }
    }

    /// Takes over what Redis answered.
    pub(super) fn absorb(&mut self, answer: &Answer, now: Timestamp) {
        self.advance(now);
        self.is_told = true;
        self.alone = self.alone.filter(|alone| alone.last == self.minute.index());
        (self.sharers, self.allowed, self.seen) =
            (answer.sharers, Some(answer.seen.allowed), Some(answer.seen));
        // An answer whose minute is not ours tells nothing about ours. Its end is off by as much as our clock is late.
        if answer.seen.resets_at.ms_since(self.minute.end()).abs() < LATE_MS {
            self.minute.observe(answer.seen.used, now, now);
        }
        if let Some(pause) = answer.pause {
            self.minute.set_pause(pause, now);
        }
    }

    /// A request that Redis granted is under way.
    pub(super) fn start(&mut self, weight: u32, priority: Priority) {
        self.minute.start(weight, priority);
    }

    /// Takes weight without asking anybody, within our part.
    pub(super) fn take_alone(&mut self, weight: u32, priority: Priority, caller: Caller) -> Result<(), Hold> {
        self.check_part(weight, priority, caller)?;
        self.minute.take(weight, priority, self.allowed(caller), caller.now)?;
        self.unreported.add(weight, priority);
        Ok(())
    }

    /// Says why a request is more than our part has room for, where we must keep to one.
    pub(super) fn check_part(&mut self, weight: u32, priority: Priority, caller: Caller) -> Result<(), Hold> {
        self.advance(caller.now);
        let index = self.minute.index();
        let Some(alone) = self.alone.filter(|alone| !self.is_told || alone.last == index) else {
            return Ok(());
        };
        let allowed = self.allowed(caller);
        if weight > allowed {
            return Err(Hold::NeverFits { weight, allowed });
        }
        if let Some(pause) = self.minute.pause() {
            return Err(pause.hold());
        }
        let whole = allowed / self.parts();
        let part = if alone.index == index { alone.rest } else { whole };
        if weight > part.max(whole) && !self.is_told {
            return Err(Hold::NotShared { weight, allowed: whole });
        }
        let (own, share) = (self.minute.taken(), share_of(part, priority).max(weight.min(part)));
        if own.saturating_add(weight) > share {
            return Err(Hold::Spent { used: own, allowed: share, until: self.minute.end() });
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, weight: u32, priority: Priority, now: Timestamp) {
        self.advance(now);
        self.minute.settle(weight, priority, now);
    }

    pub(super) fn observe(&mut self, used: u32, sent: Timestamp, now: Timestamp) {
        self.advance(now);
        self.minute.observe(used, sent, now);
    }

    pub(super) fn pause(&mut self, pause: Pause, now: Timestamp) {
        self.advance(now);
        self.minute.set_pause(pause, now);
    }

    /// Returns the last answer as long as its minute lasts, and what this process knows by itself after that.
    pub(super) fn snapshot(&mut self, caller: Caller, is_broken: bool) -> BudgetSnapshot {
        self.advance(caller.now);
        let sharing = if is_broken || !self.is_told { Sharing::Broken } else { Sharing::Shared };
        let own = self.minute.snapshot(self.allowed(caller), sharing);
        match self.seen {
            Some(seen) if sharing == Sharing::Shared && seen.resets_at > caller.now => {
                BudgetSnapshot { paused_until: own.paused_until, is_banned: own.is_banned, ..seen }
            }
            _ => own,
        }
    }

    fn advance(&mut self, now: Timestamp) {
        if self.minute.advance(now) {
            self.unreported = ByUrgency::default();
        }
    }

    fn allowed(&self, caller: Caller) -> u32 {
        self.allowed.map_or(caller.allowed, |shared| shared.min(caller.allowed))
    }

    fn parts(&self) -> u32 {
        self.sharers.max(FEWEST_PARTS)
    }
}
