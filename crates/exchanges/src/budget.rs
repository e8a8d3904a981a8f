//! The request-weight budget of one exchange: how much a calendar minute may still cost, and who has to wait.
//!
//! Invariants: the weight of all requests under way at any moment of one calendar minute of the exchange's clock never exceeds
//! the allowance, so that it does not matter in which minute the exchange counts a request that crosses a minute's end; what
//! the exchange reports (other programs behind the same address included) counts as taken; a pause imposed by the exchange
//! holds for everyone who shares the budget. It remembers nothing beyond the current minute and hands out nothing in advance.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use types::Timestamp;

use crate::clock::Clock;
use crate::protocol::Priority;

const MINUTE_MS: i64 = 60_000;

/// The shared budget. Its clock is the exchange's: windows are the exchange's minutes.
#[derive(Debug)]
pub(crate) struct Budget {
    allowed: u32,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    minute: i64,
    used: u32,
    under_way: u32,
    pause: Option<Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    until: Timestamp,
    is_ban: bool,
}

/// Weight that was paid for a request under way. Drop it when the answer is here.
#[derive(Debug)]
#[must_use = "the request counts as under way only as long as its ticket lives"]
pub(crate) struct Ticket<'a> {
    budget: &'a Budget,
    weight: u32,
}

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Our own allowance for this minute is spent.
    Spent { used: u32, allowed: u32, until: Timestamp },
    /// The exchange asked us to pause (429).
    RateLimited { until: Timestamp },
    /// The exchange shut us out (418).
    Banned { until: Timestamp },
    /// The request alone costs more than a minute's allowance: it can never be made.
    NeverFits { weight: u32, allowed: u32 },
}

/// The state of the budget, for a meter on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BudgetSnapshot {
    /// Weight used in the current minute, by us and by others behind the same address.
    pub used: u32,
    /// Weight per minute that the settings allow.
    pub allowed: u32,
    /// When the current minute ends, by the exchange's clock.
    pub resets_at: Timestamp,
    /// Until when the exchange wants no requests at all, when it said so.
    pub paused_until: Option<Timestamp>,
}

impl Budget {
    pub(crate) fn new(allowed: u32, clock: Arc<dyn Clock>) -> Self {
        let minute = minute_of(clock.now());
        Self { allowed, clock, state: Mutex::new(State { minute, used: 0, under_way: 0, pause: None }) }
    }

    /// Takes `weight` from the current minute, or says what it has to wait for.
    pub(crate) fn try_take(&self, weight: u32, priority: Priority) -> Result<Ticket<'_>, Hold> {
        // What the minute grants to this urgency, but never less than one request where the whole minute has room for it.
        let share = share_of(self.allowed, priority).max(weight);
        if weight > self.allowed {
            return Err(Hold::NeverFits { weight, allowed: self.allowed });
        }
        let mut state = self.current();
        if let Some(Pause { until, is_ban }) = state.pause {
            return Err(if is_ban { Hold::Banned { until } } else { Hold::RateLimited { until } });
        }
        let used = state.used.saturating_add(weight);
        if used > share {
            let until = end_of(state.minute);
            return Err(Hold::Spent { used: state.used, allowed: share, until });
        }
        state.used = used;
        state.under_way += weight;
        Ok(Ticket { budget: self, weight })
    }

    /// Notes what the exchange says is used up, in the answer to a request sent at `sent` by the exchange's clock.
    pub(crate) fn observe(&self, used: u32, sent: Timestamp) {
        let mut state = self.current();
        // An answer that crossed a minute's end may speak of either minute; the next answer will tell.
        if minute_of(sent) == state.minute {
            state.used = state.used.max(used);
        }
    }

    /// Holds everyone back until `until`.
    pub(crate) fn pause(&self, until: Timestamp, is_ban: bool) {
        let mut state = self.current();
        // A longer pause stands: a late answer to an older request must not shorten it.
        if state.pause.is_none_or(|pause| pause.until < until) {
            state.pause = Some(Pause { until, is_ban });
        }
    }

    pub(crate) fn snapshot(&self) -> BudgetSnapshot {
        let state = self.current();
        BudgetSnapshot {
            used: state.used,
            allowed: self.allowed,
            resets_at: end_of(state.minute),
            paused_until: state.pause.map(|pause| pause.until),
        }
    }

    /// Locks the state and brings it up to the current minute.
    fn current(&self) -> MutexGuard<'_, State> {
        let now = self.clock.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = minute_of(now);
        if minute > state.minute {
            // The exchange may count what is still under way in the new minute.
            state.used = state.under_way;
        }
        // When the exchange's clock turns out to be behind, the weight already taken stays taken.
        state.minute = minute;
        state.pause = state.pause.filter(|pause| pause.until > now);
        state
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        // Bringing the state up to date first counts this request in the minute in which it ends.
        let mut state = self.budget.current();
        state.under_way = state.under_way.saturating_sub(self.weight);
    }
}

/// Returns how much of a minute's allowance requests of this urgency may bring it to: the rest is kept for more urgent ones.
fn share_of(allowed: u32, priority: Priority) -> u32 {
    let percent = match priority {
        Priority::Order => 100,
        Priority::Live => 95,
        Priority::Repair => 85,
        Priority::Backfill => 75,
    };
    u32::try_from(u64::from(allowed) * percent / 100).unwrap_or(allowed)
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_ms().div_euclid(MINUTE_MS)
}

fn end_of(minute: i64) -> Timestamp {
    Timestamp::from_ms(minute.saturating_add(1).saturating_mul(MINUTE_MS))
}

#[cfg(test)]
mod tests;
