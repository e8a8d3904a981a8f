//! The login throttle: how long to wait after failures, as a pure function of how many there were and when.

use store::{Attempts, LoginFailures};
use types::Timestamp;

/// Failures older than this are forgotten.
pub(crate) const WINDOW_MS: i64 = 15 * 60_000;

/// Failures that cost nothing: anybody mistypes.
const FREE_FAILURES: u32 = 5;

/// The longest wait.
const LONGEST_WAIT_MS: i64 = WINDOW_MS;

/// Returns how many milliseconds are left before an attempt at this name from this address is looked at; zero when it may be now.
///
/// An address may hold several people, so it may fail more often than a name.
pub(crate) fn wait_after(attempts: &Attempts, now: Timestamp) -> i64 {
    let wait = |failures: LoginFailures, for_one: u64| {
        let count = u32::try_from(failures.count / for_one).unwrap_or(u32::MAX);
        failures.latest.map_or(0, |latest| wait_before_next_attempt(count, latest, now))
    };
    wait(attempts.at_name, 1).max(wait(attempts.from_address, 4))
}

/// Returns how many milliseconds are left before the next attempt is looked at; zero when it may be now.
///
/// After five failures within the window each further one doubles the wait, from one second to fifteen minutes.
fn wait_before_next_attempt(failures: u32, last_failure: Timestamp, now: Timestamp) -> i64 {
    if failures < FREE_FAILURES {
        return 0;
    }
    let doublings = (failures - FREE_FAILURES).min(20);
    let wait = (1000_i64 << doublings).min(LONGEST_WAIT_MS);
    (wait - now.ms_since(last_failure)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_after_five_failures_and_end() {
        let at = Timestamp::from_ms(1_000_000);
        let wait = |failures| wait_before_next_attempt(failures, at, at);
        assert_eq!([wait(0), wait(4), wait(5), wait(6), wait(9)], [0, 0, 1000, 2000, 16_000]);
        assert_eq!(wait(60), LONGEST_WAIT_MS);
        assert_eq!(wait_before_next_attempt(5, at, at.plus_ms(1000)), 0);
        assert_eq!(wait_before_next_attempt(6, at, at.plus_ms(500)), 1500);
    }

    #[test]
    fn an_address_may_fail_four_times_as_often_as_a_name() {
        let at = Timestamp::from_ms(1_000_000);
        let failures = |count| LoginFailures { count, latest: Some(at) };
        let wait = |name, address| {
            wait_after(&Attempts { at_name: failures(name), from_address: failures(address) }, at)
        };
        assert_eq!([wait(4, 19), wait(5, 19), wait(4, 20), wait(5, 24)], [0, 1000, 1000, 2000]);
        assert_eq!(wait_after(&Attempts::default(), at), 0);
    }
}
