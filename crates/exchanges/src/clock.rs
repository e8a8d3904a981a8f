//! The seam between this crate and time: what the hour is, and waiting.
//!
//! Invariants: a [`SystemClock`] never runs backwards and never jumps, whatever happens to the machine's wall clock.
//! Network time-outs deliberately do not go through here: they bound a real socket.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use types::Timestamp;

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// Returns the time.
    fn now(&self) -> Timestamp;

    /// Returns how far the machine's wall clock has moved against this one since this one began: the length of a sleep of the
    /// machine, or by how much somebody set its clock. Zero for clocks that do not follow the machine's.
    fn shift_ms(&self) -> i64 {
        0
    }

    /// Returns whether it shows what it stands for: not yet, for an exchange's clock that was never measured.
    fn is_known(&self) -> bool {
        true
    }

    /// Returns once [`Clock::now`] has reached `deadline`; at once when it already has.
    async fn sleep_until(&self, deadline: Timestamp);
}

/// The machine's clock: the wall clock read once, carried on by the monotonic one.
#[derive(Debug)]
pub struct SystemClock {
    read_at: Instant,
    wall: Timestamp,
}

impl SystemClock {
    /// Reads the wall clock.
    pub fn new() -> Self {
        Self { read_at: Instant::now(), wall: wall_clock() }
    }
}

fn wall_clock() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(to_ms(since_epoch))
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.wall.plus_ms(to_ms(self.read_at.elapsed()))
    }

    fn shift_ms(&self) -> i64 {
        wall_clock().ms_since(self.now())
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        // Sleeping in slices keeps a deadline true when the timer is coarser than the clock.
        while let Ok(left @ 1..) = u64::try_from(deadline.ms_since(self.now())) {
            tokio::time::sleep(Duration::from_millis(left)).await;
        }
    }
}

fn to_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A clock that stands still and jumps instead of sleeping: for tests and simulated time.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    pub const fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it forward to `now`; never backwards.
    pub fn advance_to(&self, now: Timestamp) {
        let mut shown = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *shown = now.max(*shown);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        self.advance_to(deadline);
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_jumps_forward_only() {
        let clock = ManualClock::new(Timestamp::from_ms(10));
        clock.sleep_until(Timestamp::from_ms(20)).await;
        assert_eq!(clock.now(), Timestamp::from_ms(20));
        clock.sleep_until(Timestamp::from_ms(5)).await;
        assert_eq!(clock.now(), Timestamp::from_ms(20));
    }

    #[tokio::test]
    async fn the_system_clock_does_not_wait_for_the_past() {
        let clock = SystemClock::new();
        clock.sleep_until(Timestamp::EPOCH).await;
        assert!(clock.now() > Timestamp::EPOCH);
    }
}
