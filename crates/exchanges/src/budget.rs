//! The request-weight budget of one exchange and address: how much a calendar minute may still cost, and who has to wait.
//!
//! This module is the port: [`Budget`] is what an adapter holds, [`Ledger`] what keeps the count, in this process
//! (`memory`) or for all processes (`redis`). Invariants, wherever it is kept: the weight of all requests under way at any
//! moment of one calendar minute of the exchange's clock never exceeds the allowance, so that it does not matter in which
//! minute the exchange counts a request that crosses a minute's end; what the exchange reports (other programs behind the
//! same address included) counts as taken; a pause imposed by the exchange holds for everyone who shares the budget.
//! It remembers nothing beyond the current minute and hands out nothing in advance; it never waits for a minute to end
//! itself, and says until when whoever asked should wait: the more urgent a request, the earlier in the new minute it goes on.

mod forecast;
mod limits;
mod memory;
mod minute;
mod pool;
mod redis;
mod snapshot;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use types::Timestamp;

use crate::protocol::Priority;

pub use forecast::{Forecast, forecast};
use limits::Limit;
pub use pool::{Budgets, BudgetsError};
pub use redis::RedisTimings;
pub use snapshot::{BudgetSnapshot, ByUrgency, Sharing};

/// The budget as one adapter holds it.
#[derive(Debug)]
pub(crate) struct Budget {
    ledger: Arc<dyn Ledger>,
    limit: Limit,
}

/// Weight that was paid for a request under way. Settle it when the answer is here; dropping it does the same in its own time.
#[derive(Debug)]
#[must_use = "the request counts as under way only as long as its ticket lives"]
pub(crate) struct Ticket {
    ledger: Arc<dyn Ledger>,
    allowed: u32,
    slip: Option<Slip>,
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
    /// The budget cannot be shared just now, and the part of it that this process may use alone is less than the request costs.
    NotShared { weight: u32, allowed: u32 },
}

/// What a ticket is to the ledger that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slip {
    id: u64,
    weight: u32,
    priority: Priority,
    /// Whether those who share the budget know of it.
    is_shared: bool,
}

/// A time during which the exchange wants no requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pause {
    until: Timestamp,
    is_ban: bool,
}

/// What keeps the count. Its clock is the exchange's: windows are the exchange's minutes. `allowed` is what the settings of this
/// process say. One suite of tests runs against every implementation.
#[async_trait]
trait Ledger: Debug + Send + Sync {
    /// Takes `weight` from the current minute, or says what it has to wait for.
    async fn take(&self, weight: u32, priority: Priority, allowed: u32) -> Result<Slip, Hold>;

    /// Notes that a request is no longer under way.
    async fn settle(&self, slip: Slip, allowed: u32);

    /// The same from where nothing can be awaited.
    fn abandon(self: Arc<Self>, slip: Slip, allowed: u32);

    /// Notes what the exchange says is used up, in the answer to a request sent at `sent` by the exchange's clock.
    async fn observe(&self, used: u32, sent: Timestamp, allowed: u32);

    /// Holds everyone back.
    async fn pause(&self, pause: Pause, allowed: u32);

    /// Returns the state as everyone who shares it sees it.
    async fn snapshot(&self, allowed: u32) -> BudgetSnapshot;

    /// Returns the state as this process saw it last.
    fn last_seen(&self, allowed: u32) -> BudgetSnapshot;
}

impl Budget {
    /// Takes `weight` from the current minute, or says what it has to wait for.
    pub(crate) async fn try_take(&self, weight: u32, priority: Priority) -> Result<Ticket, Hold> {
        let allowed = self.limit.allowed();
        let taken = self.ledger.take(weight, priority, allowed).await;
        let slip = taken.map_err(|hold| hold.behind_the_more_urgent(priority))?;
        Ok(Ticket { ledger: Arc::clone(&self.ledger), allowed, slip: Some(slip) })
    }

    /// Notes what the exchange says is used up, in the answer to a request sent at `sent` by the exchange's clock.
    pub(crate) async fn observe(&self, used: u32, sent: Timestamp) {
        self.ledger.observe(used, sent, self.limit.allowed()).await;
    }

    /// Holds everyone back until `until`.
    pub(crate) async fn pause(&self, until: Timestamp, is_ban: bool) {
        self.ledger.pause(Pause { until, is_ban }, self.limit.allowed()).await;
    }

    /// Asks for the state as everyone who shares the budget sees it.
    pub(crate) async fn snapshot(&self) -> BudgetSnapshot {
        self.ledger.snapshot(self.limit.allowed()).await
    }

    /// Returns the state as this process saw it last, asking nobody.
    pub(crate) fn last_seen(&self) -> BudgetSnapshot {
        self.ledger.last_seen(self.limit.allowed())
    }
}

impl Hold {
    /// Who waits for a minute to begin lets the more urgent who wait for it too go first.
    fn behind_the_more_urgent(self, priority: Priority) -> Self {
        match self {
            Self::Spent { used, allowed, until } => {
                Self::Spent { used, allowed, until: until.plus_ms(priority.head_start_ms()) }
            }
            other => other,
        }
    }
}

impl Ticket {
    /// The answer is here.
    pub(crate) async fn settle(mut self) {
        if let Some(slip) = self.slip {
            self.ledger.settle(slip, self.allowed).await;
            // Only now: when this future is dropped half way, dropping the ticket settles it.
            self.slip = None;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(slip) = self.slip.take() {
            Arc::clone(&self.ledger).abandon(slip, self.allowed);
        }
    }
}

/// Returns up to how much of an allowance requests of this urgency may bring a minute: the rest is kept for more urgent ones.
fn share_of(allowed: u32, priority: Priority) -> u32 {
    let share = u64::from(allowed) * u64::from(priority.share_percent()) / 100;
    u32::try_from(share).unwrap_or(allowed)
}

#[cfg(test)]
mod tests;
