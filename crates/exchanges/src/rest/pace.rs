//! How fast one endpoint may be asked: so many requests in any stretch of so many milliseconds.
//!
//! The budget bounds a minute and cannot see a burst inside it; exchanges that count in seconds want this as well. It holds for
//! one process. Several processes behind one address are slowed down by the exchange's own 429.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use types::Timestamp;

use crate::clock::Clock;

/// At most `most` requests in any `within_ms` milliseconds.
#[derive(Debug)]
pub struct Pace {
    most: usize,
    within_ms: i64,
    /// When the last `most` requests left, or will leave.
    leaving: Mutex<VecDeque<Timestamp>>,
}

impl Pace {
    /// A pace nobody has used yet. `most` is at least one.
    pub fn new(most: usize, within_ms: i64) -> Self {
        Self { most: most.max(1), within_ms, leaving: Mutex::new(VecDeque::new()) }
    }

    /// Waits for this request's turn. A turn that is dropped stays taken.
    pub async fn wait(&self, clock: &dyn Clock) {
        let turn = self.take(clock.now());
        clock.sleep_until(turn).await;
    }

    fn take(&self, now: Timestamp) -> Timestamp {
        let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        // The request that was `most` places before this one must have left long enough ago.
        let free = if leaving.len() < self.most { None } else { leaving.pop_front() };
        let turn = free.map_or(now, |before| now.max(before.plus_ms(self.within_ms)));
        leaving.push_back(turn);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_spread_and_no_stretch_holds_more_than_its_share() {
        let pace = Pace::new(3, 2000);
        let at = |ms| Timestamp::from_ms(ms);
        let turns: Vec<i64> =
            [0, 0, 0, 0, 500, 500, 500, 9000].into_iter().map(|now| pace.take(at(now)).as_ms()).collect();
        assert_eq!(turns, [0, 0, 0, 2000, 2000, 2000, 4000, 9000]);
        for (index, turn) in turns.iter().enumerate() {
            let within = turns[..=index].iter().filter(|&&earlier| earlier > turn - 2000).count();
            assert!(within <= 3, "{turns:?}");
        }
    }
}
