//! The simulator's clock: the machine's own, one that a test moves by hand, or one that runs faster than life.
//!
//! Everything that the market shows depends on this clock only, so a manual clock makes every answer repeatable.
//! Cloning a clock shares it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use types::Timestamp;

/// Timers are asked for a year at most; who waits for more looks again then.
const LONGEST_WAIT_MS: u64 = 365 * 86_400_000;

/// Tells the simulator's time.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Manual { now_ms: Arc<AtomicI64>, moved: Arc<watch::Sender<()>> },
    Scaled { origin: Timestamp, started: Instant, speed: u32 },
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until [`Clock::set`] or [`Clock::advance_ms`] moves it.
    pub fn manual(now: Timestamp) -> Self {
        let (moved, _) = watch::channel(());
        Self(Kind::Manual { now_ms: Arc::new(AtomicI64::new(now.as_ms())), moved: Arc::new(moved) })
    }

    /// A clock that shows `origin` now and runs `speed` times as fast as the machine's.
    pub fn scaled(origin: Timestamp, speed: u32) -> Self {
        Self(Kind::Scaled { origin, started: Instant::now(), speed: speed.max(1) })
    }

    /// Returns the time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
            }
            Kind::Manual { now_ms, .. } => Timestamp::from_ms(now_ms.load(Ordering::SeqCst)),
            Kind::Scaled { origin, started, speed } => {
                // From microseconds: at 720 times life's speed a millisecond is most of a simulated second.
                let elapsed_us = started.elapsed().as_micros().saturating_mul(u128::from(*speed));
                origin.plus_ms(i64::try_from(elapsed_us / 1000).unwrap_or(i64::MAX))
            }
        }
    }

    /// Moves a manual clock and wakes the streams. Returns whether this clock can be moved.
    pub fn set(&self, now: Timestamp) -> bool {
        let Kind::Manual { now_ms, moved } = &self.0 else { return false };
        now_ms.store(now.as_ms(), Ordering::SeqCst);
        moved.send_replace(());
        true
    }

    /// Moves a manual clock forward. Returns whether this clock can be moved.
    pub fn advance_ms(&self, by_ms: i64) -> bool {
        let Kind::Manual { now_ms, moved } = &self.0 else { return false };
        // Two callers at once must not lose a step, so this is not `set(now() + by)`.
        now_ms.fetch_add(by_ms, Ordering::SeqCst);
        moved.send_replace(());
        true
    }

    /// Waits until the clock shows a time or a later one.
    pub async fn reached(&self, at: Timestamp) {
        let mut moves = self.moves();
        while self.now() < at {
            match (&mut moves, self.real_until(at)) {
                (Some(moves), _) => {
                    // This clock holds the sender, so the channel cannot close while we wait.
                    if moves.changed().await.is_err() {
                        return std::future::pending().await;
                    }
                }
                (None, Some(wait)) => tokio::time::sleep(wait).await,
                (None, None) => return std::future::pending().await,
            }
        }
    }

    /// Returns how long a clock that runs by itself takes to show a time; `None` for a manual one.
    pub(crate) fn real_until(&self, at: Timestamp) -> Option<Duration> {
        if matches!(self.0, Kind::Manual { .. }) {
            return None;
        }
        let wait_ms = u64::try_from(at.ms_since(self.now())).unwrap_or(0).min(LONGEST_WAIT_MS);
        // Rounded up, so that the time has been reached when the wait is over.
        Some(Duration::from_micros((wait_ms * 1000).div_ceil(u64::from(self.speed()))))
    }

    /// How many simulated seconds pass in a real one.
    pub(crate) const fn speed(&self) -> u32 {
        match self.0 {
            Kind::Scaled { speed, .. } => speed,
            Kind::System | Kind::Manual { .. } => 1,
        }
    }

    /// Notices every move of a manual clock; `None` for clocks that run by themselves.
    pub(crate) fn moves(&self) -> Option<watch::Receiver<()>> {
        match &self.0 {
            Kind::Manual { moved, .. } => Some(moved.subscribe()),
            Kind::System | Kind::Scaled { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_for_all_its_clones() {
        let clock = Clock::manual(Timestamp::from_ms(5));
        let twin = clock.clone();
        assert!(clock.advance_ms(10));
        assert_eq!(twin.now(), Timestamp::from_ms(15));
        assert!(twin.set(Timestamp::from_ms(3)));
        assert_eq!(clock.now(), Timestamp::from_ms(3));
    }

    #[tokio::test]
    async fn a_time_is_reached_by_moving_there_or_by_waiting() {
        let manual = Clock::manual(Timestamp::EPOCH);
        let waiting = manual.reached(Timestamp::from_ms(10));
        let moving = async {
            manual.advance_ms(9);
            tokio::task::yield_now().await;
            manual.advance_ms(1);
        };
        tokio::join!(waiting, moving);
        let fast = Clock::scaled(Timestamp::EPOCH, 100_000);
        fast.reached(Timestamp::from_ms(60_000)).await;
        assert!(fast.now() >= Timestamp::from_ms(60_000));
    }

    #[test]
    fn a_running_clock_cannot_be_moved() {
        assert!(!Clock::system().set(Timestamp::EPOCH));
        assert!(!Clock::scaled(Timestamp::EPOCH, 60).advance_ms(1));
    }
}
