//! Binance's request-weight limit: calendar minutes, 429 when the weight is used up, 418 for those who go on.
//!
//! It counts all clients together: on localhost they share one address, and the limit is per address.

use types::Timestamp;

use crate::config::Limits;

const MINUTE_MS: i64 = 60_000;

/// The state of the limit.
#[derive(Debug)]
pub(crate) struct RateLimit {
    limits: Limits,
    minute: i64,
    used: u32,
    warnings: u32,
    banned_until: Option<Timestamp>,
}

/// Whether a request is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Served,
    /// 429: wait this long.
    TooMany {
        retry_after_secs: i64,
    },
    /// 418: banned.
    Banned {
        retry_after_secs: i64,
        until: Timestamp,
    },
    /// 503: nobody is.
    Down,
}

impl RateLimit {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self { limits, minute: i64::MIN, used: 0, warnings: 0, banned_until: None }
    }

    /// Counts a request; refused requests count as well.
    pub(crate) fn admit(&mut self, weight: u32, now: Timestamp) -> Verdict {
        self.roll(now);
        self.used = self.used.saturating_add(weight);
        if let Some(until) = self.banned_until {
            return Verdict::Banned { retry_after_secs: seconds_until(until, now), until };
        }
        if self.used <= self.limits.weight_per_minute {
            return Verdict::Served;
        }
        self.warnings += 1;
        if self.warnings > self.limits.warnings_before_ban {
            let until = now.plus_ms(i64::from(self.limits.ban_secs) * 1000);
            self.banned_until = Some(until);
            return Verdict::Banned { retry_after_secs: seconds_until(until, now), until };
        }
        let next_minute = Timestamp::from_ms((self.minute + 1) * MINUTE_MS);
        Verdict::TooMany { retry_after_secs: seconds_until(next_minute, now) }
    }

    /// Bans the client until a time, or for longer if it was banned for longer.
    pub(crate) fn ban(&mut self, until: Timestamp) {
        self.banned_until = self.banned_until.max(Some(until));
    }

    /// Returns whether the client is banned already.
    pub(crate) fn is_banned(&mut self, now: Timestamp) -> bool {
        self.roll(now);
        self.banned_until.is_some()
    }

    /// Returns the weight used in the current minute.
    pub(crate) fn used(&mut self, now: Timestamp) -> u32 {
        self.roll(now);
        self.used
    }

    fn roll(&mut self, now: Timestamp) {
        let minute = now.as_ms().div_euclid(MINUTE_MS);
        if minute != self.minute {
            self.minute = minute;
            self.used = 0;
            self.warnings = 0;
        }
        if self.banned_until.is_some_and(|until| until <= now) {
            self.banned_until = None;
        }
    }
}

/// Returns whole seconds, rounded up, so that a client that waits exactly that long is served.
fn seconds_until(until: Timestamp, now: Timestamp) -> i64 {
    (until.ms_since(now) + 999) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit() -> RateLimit {
        RateLimit::new(Limits { weight_per_minute: 10, warnings_before_ban: 1, ban_secs: 120 })
    }

    #[test]
    fn the_window_is_a_calendar_minute() {
        let mut limit = limit();
        let at = Timestamp::from_ms;
        assert_eq!(limit.admit(10, at(59_000)), Verdict::Served);
        assert_eq!(limit.admit(1, at(59_001)), Verdict::TooMany { retry_after_secs: 1 });
        assert_eq!(limit.admit(10, at(60_000)), Verdict::Served);
        assert_eq!(limit.used(at(60_000)), 10);
    }

    #[test]
    fn going_on_after_429_is_banned_until_the_ban_ends() {
        let mut limit = limit();
        let at = Timestamp::from_ms;
        limit.admit(11, at(0));
        let until = at(121_000);
        assert_eq!(limit.admit(1, at(1_000)), Verdict::Banned { retry_after_secs: 120, until });
        assert_eq!(limit.admit(1, at(60_500)), Verdict::Banned { retry_after_secs: 61, until });
        assert_eq!(limit.admit(1, at(121_000)), Verdict::Served);
    }
}
