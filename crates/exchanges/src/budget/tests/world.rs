//! What the tests of budgets share: processes that lead to one address, and a clock that jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use testkit::redis_url;
use types::Timestamp;

use super::super::{Budget, Budgets, Hold, RedisTimings, Ticket};
use crate::clock::{Clock, ManualClock};
use crate::protocol::Priority;
use crate::rest::ServerClock;
use crate::transport::Transport;

pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

/// Where the processes of a test keep their budgets.
#[derive(Debug, Clone)]
enum Place {
    /// Jobs of one process.
    Memory(Budgets),
    /// Processes on one Redis.
    Redis { url: String, timings: RedisTimings, longest_request: Duration },
}

/// An address that several processes send requests to, and the true time there.
#[derive(Debug, Clone)]
pub(super) struct World {
    place: Place,
    base_url: String,
    pub(super) clock: Arc<ManualClock>,
}

/// One of the processes.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) clock: Arc<ServerClock>,
    pub(super) budget: Budget,
}

/// Without rest after a failure, so that tests need not wait for it.
pub(super) fn impatient() -> RedisTimings {
    RedisTimings { call: Duration::from_secs(5), rest: Duration::ZERO, ..RedisTimings::default() }
}

impl World {
    fn new(place: Place) -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let base_url = format!("http://host-{}-{number}", std::process::id());
        Self { place, base_url, clock: Arc::new(ManualClock::new(at(0))) }
    }

    pub(super) fn in_memory() -> Self {
        Self::new(Place::Memory(Budgets::default()))
    }

    pub(super) fn on_redis() -> Self {
        Self::on(redis_url())
    }

    pub(super) fn on(url: &str) -> Self {
        let longest_request = Duration::from_secs(30);
        Self::new(Place::Redis { url: url.to_owned(), timings: impatient(), longest_request })
    }

    /// Nobody waits for those who died.
    pub(super) fn without_leases(mut self) -> Self {
        if let Place::Redis { timings, longest_request, .. } = &mut self.place {
            (timings.grace, *longest_request) = (Duration::ZERO, Duration::ZERO);
        }
        self
    }

    /// Processes that give Redis this long.
    pub(super) fn with_patience(mut self, call: Duration) -> Self {
        if let Place::Redis { timings, .. } = &mut self.place {
            (timings.call, timings.rest) = (call, Duration::from_hours(1));
        }
        self
    }

    pub(super) fn starting_at(mut self, ms: i64) -> Self {
        self.clock = Arc::new(ManualClock::new(at(ms)));
        self
    }

    /// The same place at another address, at the time `ms` there.
    pub(super) fn elsewhere(&self, ms: i64) -> Self {
        Self::new(self.place.clone()).starting_at(ms)
    }

    /// What the names of its keys in Redis begin with.
    pub(super) fn key(&self) -> String {
        let host = self.base_url.trim_start_matches("http://");
        format!("crypto:budget:{{binance@{host}:80}}")
    }

    /// A process that has measured the exchange's clock.
    pub(super) fn process(&self, allowed: u32) -> Process {
        let clock = Arc::clone(&self.clock);
        let process = self.newcomer(allowed, clock);
        process.measures(self.clock.now());
        process
    }

    /// A process whose own clock is `local` and that knows no other yet.
    pub(super) fn newcomer(&self, allowed: u32, local: Arc<ManualClock>) -> Process {
        let (budgets, request_timeout) = match &self.place {
            Place::Memory(budgets) => (budgets.clone(), Duration::from_secs(30)),
            Place::Redis { url, timings, longest_request } => {
                (Budgets::on_redis(url, *timings).unwrap(), *longest_request)
            }
        };
        let transport = Transport { clock: local, request_timeout, ..Transport::default() };
        let (clock, budget) = budgets.open("binance", &self.base_url, allowed, &transport);
        Process { clock, budget }
    }
}

impl Process {
    /// Learns what the time is at the exchange.
    pub(super) fn measures(&self, now: Timestamp) {
        self.clock.measure(now, self.clock.local().now());
    }

    pub(super) async fn take(&self, weight: u32, priority: Priority) -> Result<Ticket, Hold> {
        self.budget.try_take(weight, priority).await
    }

    /// Makes a request of this weight that is answered at once.
    pub(super) async fn takes(&self, weight: u32) -> bool {
        self.makes(weight, Priority::Order).await.is_ok()
    }

    /// Why a request of this weight has to wait, if it has to.
    pub(super) async fn hold(&self, weight: u32) -> Option<Hold> {
        self.makes(weight, Priority::Order).await.err()
    }

    pub(super) async fn makes(&self, weight: u32, priority: Priority) -> Result<(), Hold> {
        self.take(weight, priority).await?.settle().await;
        Ok(())
    }

    pub(super) async fn used(&self) -> u32 {
        self.budget.snapshot().await.used
    }
}
