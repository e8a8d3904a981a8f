//! The state of a budget, for a meter on screen.

use serde::Serialize;
use types::Timestamp;

use crate::protocol::Priority;

/// The state of the budget in the current minute of the exchange's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BudgetSnapshot {
    /// Weight used in the current minute, by us and by others behind the same address.
    pub used: u32,
    /// The part of it that we used: every process that shares the budget.
    pub used_by_us: u32,
    /// The part of it that somebody else used, as far as the exchange told.
    pub used_by_others: u32,
    /// What we used it for.
    pub by_urgency: ByUrgency,
    /// Weight per minute that the settings allow; the smallest, where settings differ.
    pub allowed: u32,
    /// When the current minute ends, by the exchange's clock.
    pub resets_at: Timestamp,
    /// Until when the exchange wants no requests at all, when it said so.
    pub paused_until: Option<Timestamp>,
    /// Whether that pause is a ban (418) rather than a wait (429).
    pub is_banned: bool,
    /// Who shares the budget.
    pub sharing: Sharing,
}

/// Weight by the urgency of the requests it was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ByUrgency {
    /// Orders and what decides about them.
    pub order: u32,
    /// Keeping followed candles current.
    pub live: u32,
    /// Filling holes.
    pub repair: u32,
    /// Loading history.
    pub backfill: u32,
}

/// Who shares a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// The jobs of this process only (`cache.url: memory`).
    InProcess,
    /// All processes that name the same Redis.
    Shared,
    /// All processes should, but Redis cannot be used just now: this one keeps to a part of the allowance.
    Broken,
}

impl ByUrgency {
    /// Returns the weight of all urgencies.
    pub fn total(&self) -> u32 {
        Priority::ALL.into_iter().fold(0, |total, priority| total.saturating_add(self.of(priority)))
    }

    /// Returns the weight of one urgency.
    pub const fn of(&self, priority: Priority) -> u32 {
        match priority {
            Priority::Order => self.order,
            Priority::Live => self.live,
            Priority::Repair => self.repair,
            Priority::Backfill => self.backfill,
        }
    }

    pub(super) const fn of_mut(&mut self, priority: Priority) -> &mut u32 {
        match priority {
            Priority::Order => &mut self.order,
            Priority::Live => &mut self.live,
            Priority::Repair => &mut self.repair,
            Priority::Backfill => &mut self.backfill,
        }
    }

    pub(super) const fn add(&mut self, weight: u32, priority: Priority) {
        let slot = self.of_mut(priority);
        *slot = slot.saturating_add(weight);
    }

    pub(super) const fn subtract(&mut self, weight: u32, priority: Priority) {
        let slot = self.of_mut(priority);
        *slot = slot.saturating_sub(weight);
    }
}
