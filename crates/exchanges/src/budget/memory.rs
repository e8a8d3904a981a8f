//! A budget that the jobs of one process share.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use types::Timestamp;

use super::minute::Minute;
use super::snapshot::{BudgetSnapshot, Sharing};
use super::{Hold, Ledger, Pause, Slip};
use crate::clock::Clock;
use crate::protocol::Priority;

/// The current minute behind a lock that is never held across an await.
#[derive(Debug)]
pub(super) struct MemoryLedger {
    clock: Arc<dyn Clock>,
    minute: Mutex<Minute>,
}

impl MemoryLedger {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let minute = Mutex::new(Minute::new(clock.now()));
        Self { clock, minute }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Minute, Timestamp) -> T) -> T {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        // Read behind the lock: whoever read it before a minute's end and came after would turn the minute back.
        act(&mut minute, self.clock.now())
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn take(&self, weight: u32, priority: Priority, allowed: u32) -> Result<Slip, Hold> {
        self.with(|minute, now| minute.take(weight, priority, allowed, now))?;
        Ok(Slip { id: 0, weight, priority, is_shared: false })
    }

    async fn settle(&self, slip: Slip, _allowed: u32) {
        self.with(|minute, now| minute.settle(slip.weight, slip.priority, now));
    }

    fn abandon(self: Arc<Self>, slip: Slip, _allowed: u32) {
        self.with(|minute, now| minute.settle(slip.weight, slip.priority, now));
    }

    async fn observe(&self, used: u32, sent: Timestamp, _allowed: u32) {
        self.with(|minute, now| minute.observe(used, sent, now));
    }

    async fn pause(&self, pause: Pause, _allowed: u32) {
        self.with(|minute, now| minute.set_pause(pause, now));
    }

    async fn snapshot(&self, allowed: u32) -> BudgetSnapshot {
        self.last_seen(allowed)
    }

    fn last_seen(&self, allowed: u32) -> BudgetSnapshot {
        self.with(|minute, now| {
            minute.advance(now);
            minute.snapshot(allowed, Sharing::InProcess)
        })
    }
}
