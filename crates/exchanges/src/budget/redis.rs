//! A budget that all processes share through Redis.
//!
//! The count lies in Redis; every operation is one script, so processes interleave as jobs behind a lock would. Invariants beyond
//! those of the port: a process that dies takes nothing with it for longer than a request lasts; a Redis that forgot everything
//! is told what each process knows; without Redis a process goes on within its part of the allowance (`mirror`) and comes back by
//! itself. What the scripts do with clocks that differ is written in `prelude.lua`.

mod link;
mod mirror;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use types::Timestamp;

use self::link::{Link, Unreachable};
use self::mirror::Mirror;
use self::wire::{Answer, Keys, Known, Operation, Scripts, Verdict};
use super::pool::BudgetsError;
use super::snapshot::BudgetSnapshot;
use super::{Hold, Ledger, Pause, Slip, share_of};
use crate::clock::Clock;
use crate::protocol::Priority;

pub use self::link::RedisTimings;

/// The line to one Redis, and who we are to it.
#[derive(Debug)]
pub(super) struct Redis {
    link: Link,
    scripts: Scripts,
    who: String,
}

impl Redis {
    pub(super) fn new(url: &str, timings: RedisTimings) -> Result<Self, BudgetsError> {
        // New for every process: a ticket must never be taken for that of a predecessor.
        let who = format!("{:016x}", rand::random::<u64>());
        Ok(Self { link: Link::new(url, timings)?, scripts: Scripts::new(), who })
    }
}

/// From where somebody looks at a shared budget.
#[derive(Debug, Clone, Copy)]
struct Caller {
    /// The exchange's time, as far as the caller knows it.
    now: Timestamp,
    /// Whether that was measured; our own time otherwise.
    is_known: bool,
    /// Weight per minute that the settings of this process allow.
    allowed: u32,
}

/// One address's budget in Redis.
#[derive(Debug)]
pub(super) struct RedisLedger {
    redis: Arc<Redis>,
    clock: Arc<dyn Clock>,
    keys: Keys,
    lease_ms: u64,
    last_id: AtomicU64,
    mirror: Mutex<Mirror>,
}

impl RedisLedger {
    /// `longest_request` bounds how long a request is under way.
    pub(super) fn new(
        redis: Arc<Redis>,
        address: &str,
        longest_request: Duration,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let lease = longest_request.saturating_add(redis.link.timings().grace);
        let mirror = Mutex::new(Mirror::new(clock.now()));
        Self {
            redis,
            clock,
            keys: Keys::new(address),
            lease_ms: u64::try_from(lease.as_millis()).unwrap_or(u64::MAX),
            last_id: AtomicU64::new(0),
            mirror,
        }
    }

    /// Carries out an operation; an answer is already in the mirror.
    async fn call(&self, operation: Operation<'_>, allowed: u32) -> Result<Answer, Unreachable> {
        let (caller, known) = self.with(allowed, |mirror, caller| (caller, mirror.tell(caller.now)));
        let mut telling = Telling { mirror: &self.mirror, known, is_done: false };
        let Redis { link, scripts, who } = &*self.redis;
        let script = scripts.invocation(operation, &self.keys, who, caller, &telling.known);
        let answer = link.call(&script, |numbers| Answer::read(numbers, caller)).await;
        telling.is_done = answer.is_ok();
        drop(telling);
        self.with(allowed, |mirror, caller| match &answer {
            Ok(answer) => mirror.absorb(answer, caller.now),
            Err(Unreachable) => mirror.not_told(caller),
        });
        answer
    }

    fn with<T>(&self, allowed: u32, act: impl FnOnce(&mut Mirror, Caller) -> T) -> T {
        let mut mirror = self.mirror.lock().unwrap_or_else(PoisonError::into_inner);
        // Read behind the lock: whoever read it before a minute's end and came after would turn the minute back.
        let caller = Caller { now: self.clock.now(), is_known: self.clock.is_known(), allowed };
        act(&mut mirror, caller)
    }

    fn settle_here(&self, slip: Slip, allowed: u32) {
        self.with(allowed, |mirror, caller| mirror.settle(slip.weight, slip.priority, caller.now));
    }

    fn ticket(&self, id: u64) -> String {
        format!("{}:{id}", self.redis.who)
    }
}

/// What is being told to Redis. Dropped half way, it is still to be told: too much is better than too little.
#[derive(Debug)]
struct Telling<'a> {
    mirror: &'a Mutex<Mirror>,
    known: Known,
    is_done: bool,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            self.mirror.lock().unwrap_or_else(PoisonError::into_inner).keep(&self.known);
        }
    }
}

#[async_trait]
impl Ledger for RedisLedger {
    async fn take(&self, weight: u32, priority: Priority, allowed: u32) -> Result<Slip, Hold> {
        let within_part = || self.with(allowed, |mirror, caller| mirror.check_part(weight, priority, caller));
        if let Err(hold) = within_part() {
            // Tells the others what we took, and finds out whether Redis is back: from the next minute on all is as ever.
            self.call(Operation::Look, allowed).await.map_err(|Unreachable| hold)?;
            within_part()?;
        }
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let slip = Slip { id, weight, priority, is_shared: true };
        let ticket = self.ticket(id);
        let take = Operation::Take { ticket: &ticket, weight, priority, lease_ms: self.lease_ms };
        let Ok(answer) = self.call(take, allowed).await else {
            self.with(allowed, |mirror, caller| mirror.take_alone(weight, priority, caller))?;
            return Ok(Slip { is_shared: false, ..slip });
        };
        let BudgetSnapshot { used, allowed: smallest, resets_at, .. } = answer.seen;
        match (answer.verdict, answer.pause) {
            (Verdict::Done, _) => {
                self.with(allowed, |mirror, _| mirror.start(weight, priority));
                Ok(slip)
            }
            (Verdict::Paused, Some(pause)) => Err(pause.hold()),
            (Verdict::NeverFits, _) => Err(Hold::NeverFits { weight, allowed: smallest }),
            (Verdict::Spent | Verdict::Paused, _) => {
                let share = share_of(smallest, priority).max(weight);
                Err(Hold::Spent { used, allowed: share, until: resets_at })
            }
        }
    }

    async fn settle(&self, slip: Slip, allowed: u32) {
        self.settle_here(slip, allowed);
        if slip.is_shared {
            // Where Redis cannot be told, the ticket expires.
            let _ = self.call(Operation::Settle { ticket: &self.ticket(slip.id) }, allowed).await;
        }
    }

    fn abandon(self: Arc<Self>, slip: Slip, allowed: u32) {
        // Outside a runtime nothing can be sent, and the ticket expires.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move { self.settle(slip, allowed).await })),
            Err(_) => self.settle_here(slip, allowed),
        }
    }

    async fn observe(&self, used: u32, sent: Timestamp, allowed: u32) {
        self.with(allowed, |mirror, caller| mirror.observe(used, sent, caller.now));
        // Where Redis cannot be told, the mirror tells it later.
        let _ = self.call(Operation::Observe { used, sent }, allowed).await;
    }

    async fn pause(&self, pause: Pause, allowed: u32) {
        self.with(allowed, |mirror, caller| mirror.pause(pause, caller.now));
        let _ = self.call(Operation::Pause(pause), allowed).await;
    }

    async fn snapshot(&self, allowed: u32) -> BudgetSnapshot {
        let _ = self.call(Operation::Look, allowed).await;
        self.last_seen(allowed)
    }

    fn last_seen(&self, allowed: u32) -> BudgetSnapshot {
        let is_broken = self.redis.link.is_broken();
        self.with(allowed, |mirror, caller| mirror.snapshot(caller, is_broken))
    }
}
