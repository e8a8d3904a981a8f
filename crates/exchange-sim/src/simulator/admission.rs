//! Who is served: requests and stream connections pass here, are counted, and meet limits, bans and outages.

use axum::http::StatusCode;
use types::Timestamp;

use crate::rate_limit::Verdict;
use crate::simulator::Simulator;

/// How many requests [`Simulator::requests`] remembers.
const REMEMBERED_REQUESTS: usize = 1000;

/// Why a stream connection is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoConnection {
    /// The exchange is down.
    Down,
    /// Too many attempts.
    TooMany { retry_after_secs: i64 },
}

impl Simulator {
    /// Counts a request and says whether it is served, together with the weight used in this minute.
    pub(crate) fn admit(&self, path: &str, query: &str, weight: u32) -> (Verdict, u32) {
        let now = self.0.rate_clock.now();
        let mut state = self.state();
        state.stats.requests += 1;
        *state.stats.by_path.entry(path.to_owned()).or_default() += 1;
        if now < state.wait_until {
            state.stats.hasty_requests += 1;
        }
        if state.requests.len() >= REMEMBERED_REQUESTS {
            state.requests.pop_front();
        }
        let separator = if query.is_empty() { "" } else { "?" };
        state.requests.push_back(format!("{path}{separator}{query}"));
        if now < state.down_until {
            state.stats.requests_during_outage += 1;
            return (Verdict::Down, state.limit.used(now));
        }
        state.stats.requests_during_ban += u64::from(state.limit.is_banned(now));
        let verdict = state.limit.admit(weight, now);
        let used = state.limit.used(now);
        state.stats.weight += u64::from(weight);
        state.stats.peak_weight = state.stats.peak_weight.max(used);
        drop(state);
        (verdict, used)
    }

    /// Counts an answer; one that carries Retry-After starts a time in which clients should keep quiet.
    pub(crate) fn answered(&self, status: StatusCode, retry_after_secs: Option<i64>) {
        let now = self.0.rate_clock.now();
        let mut state = self.state();
        *state.stats.by_status.entry(status.as_u16()).or_default() += 1;
        if let Some(seconds) = retry_after_secs {
            state.wait_until = state.wait_until.max(now.plus_ms(seconds.saturating_mul(1000)));
        }
    }

    /// Counts an attempt to open a stream connection and says whether it is opened.
    pub(crate) fn admit_connection(&self) -> Result<(), NoConnection> {
        let now = self.0.rate_clock.now();
        let mut state = self.state();
        state.stats.stream_attempts += 1;
        let attempt = state.connections.attempt(now);
        if now < state.down_until {
            state.stats.stream_attempts_during_outage += 1;
            return Err(NoConnection::Down);
        }
        state.stats.stream_attempts_refused += u64::from(attempt.is_err());
        attempt.map_err(|retry_after_secs| NoConnection::TooMany { retry_after_secs })
    }

    /// Returns when the rate clock will have advanced by some seconds: the end of a ban.
    pub(crate) fn rate_clock_in(&self, seconds: u32) -> Timestamp {
        self.0.rate_clock.now().plus_ms(i64::from(seconds) * 1000)
    }
}
