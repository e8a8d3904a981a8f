//! Binance's limit of attempts to open a stream connection: so many in five calendar minutes, all clients together.
//!
//! Refused attempts count as well, so a client that hammers stays outside.

use types::Timestamp;

const WINDOW_MS: i64 = 5 * 60_000;

/// The state of the limit.
#[derive(Debug)]
pub(crate) struct ConnectionLimit {
    most: u32,
    window: i64,
    attempts: u32,
}

impl ConnectionLimit {
    pub(crate) const fn new(most: u32) -> Self {
        Self { most, window: i64::MIN, attempts: 0 }
    }

    /// Counts an attempt; an attempt too many is told after how many seconds the next one counts afresh.
    pub(crate) fn attempt(&mut self, now: Timestamp) -> Result<(), i64> {
        let window = now.as_ms().div_euclid(WINDOW_MS);
        if window != self.window {
            self.window = window;
            self.attempts = 0;
        }
        self.attempts = self.attempts.saturating_add(1);
        if self.attempts <= self.most {
            return Ok(());
        }
        let next = Timestamp::from_ms((window + 1) * WINDOW_MS);
        Err((next.ms_since(now) + 999) / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_count_in_calendar_windows_of_five_minutes() {
        let mut limit = ConnectionLimit::new(2);
        let at = Timestamp::from_ms;
        assert_eq!(limit.attempt(at(290_000)), Ok(()));
        assert_eq!(limit.attempt(at(290_001)), Ok(()));
        assert_eq!(limit.attempt(at(290_001)), Err(10));
        assert_eq!(limit.attempt(at(300_000)), Ok(()));
    }
}
