//! The exchange's clock, as far as we can know it.
//!
//! Invariant: it never runs ahead of the exchange's. An answer that says `S` arrived after the exchange read `S`, so
//! `S + time since arrival` is at or behind the truth, by at most the way back. That is what deciding whether a candle has
//! closed needs; being late by the length of a way only means that the newest candle is fetched a moment later.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use types::Timestamp;

use crate::clock::Clock;

/// Two quartz clocks drift apart by far less than a candle in this time.
const FRESH_MS: i64 = 10 * 60_000;

/// A clock that follows the exchange's.
#[derive(Debug)]
pub struct ServerClock {
    local: Arc<dyn Clock>,
    measured: Mutex<Option<Measurement>>,
}

#[derive(Debug, Clone, Copy)]
struct Measurement {
    /// The exchange's time less ours.
    offset_ms: i64,
    /// When it was measured, by our clock.
    at: Timestamp,
}

impl ServerClock {
    pub(crate) fn new(local: Arc<dyn Clock>) -> Self {
        Self { local, measured: Mutex::new(None) }
    }

    /// Returns our own clock, by which the exchange's is measured.
    pub(crate) fn local(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.local)
    }

    /// Notes that the exchange said `server` in an answer that arrived at `arrived` by our clock.
    pub fn measure(&self, server: Timestamp, arrived: Timestamp) {
        let measurement = Measurement { offset_ms: server.ms_since(arrived), at: arrived };
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = Some(measurement);
    }

    /// Returns whether the measurement is recent enough to decide whether a candle has closed.
    pub fn is_fresh(&self) -> bool {
        self.measurement().is_some_and(|measured| self.local.now().ms_since(measured.at) < FRESH_MS)
    }

    fn offset_ms(&self) -> i64 {
        self.measurement().map_or(0, |measured| measured.offset_ms)
    }

    fn measurement(&self) -> Option<Measurement> {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Before the first measurement it shows our own time.
#[async_trait]
impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        self.local.now().plus_ms(self.offset_ms())
    }

    fn is_known(&self) -> bool {
        self.measurement().is_some()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        // A waiter may wake early or late when the offset is measured meanwhile; whoever waits looks again.
        self.local.sleep_until(deadline.plus_ms(self.offset_ms().saturating_neg())).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[tokio::test]
    async fn it_follows_the_exchange_and_goes_stale() {
        let local = Arc::new(ManualClock::new(Timestamp::from_ms(1000)));
        let clock = ServerClock::new(Arc::clone(&local) as Arc<dyn Clock>);
        assert_eq!((clock.now(), clock.is_fresh()), (Timestamp::from_ms(1000), false));

        clock.measure(Timestamp::from_ms(5000), local.now());
        assert_eq!((clock.now(), clock.is_fresh()), (Timestamp::from_ms(5000), true));

        clock.sleep_until(Timestamp::from_ms(7000)).await;
        assert_eq!((clock.now(), local.now()), (Timestamp::from_ms(7000), Timestamp::from_ms(3000)));

        local.advance_to(Timestamp::from_ms(1000 + FRESH_MS));
        assert!(!clock.is_fresh());
    }
}
