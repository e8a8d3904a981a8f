//! How a follower goes about its work.

use std::time::Duration;

use exchanges::{LinePolicy, RetryPolicy};

/// How a follower goes about its work. Times in ms are by the exchange's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowPolicy {
    /// How connections are kept.
    pub lines: LinePolicy,
    /// A candle that was not told so long after its close is asked for.
    pub grace_ms: i64,
    /// Every channel's recent past is compared with the exchange this often.
    pub audit_every_ms: i64,
    /// How far back it is compared.
    pub audit_span_ms: i64,
    /// Questions asked at once.
    pub questions_at_once: usize,
    /// Waits after an exchange that could not be reached.
    pub retry: RetryPolicy,
    /// Closed candles are gathered for so long before they are stored (real time).
    pub gather: Duration,
    /// At the end, what the store keeps aside is brought to where other programs read, for so long (real time); the rest stays
    /// aside, where nothing is lost.
    pub compact: Duration,
}

impl Default for FollowPolicy {
    fn default() -> Self {
        Self {
            lines: LinePolicy::default(),
            grace_ms: 10_000,
            audit_every_ms: 3_600_000,
            audit_span_ms: 25 * 3_600_000,
            questions_at_once: 4,
            retry: RetryPolicy { base_ms: 2_000, cap_ms: 60_000, ..RetryPolicy::default() },
            gather: Duration::from_millis(200),
            // A service manager waits ten seconds or so, and an installation may follow several exchanges.
            compact: Duration::from_secs(2),
        }
    }
}
