//! The login throttle: how long to wait after failures, as a pure function of how many there were and when.

use types::Timestamp;

/// Failures older than this are forgotten.
pub(crate) const WINDOW_MS: i64 = 15 * 60_000;

/// Failures that cost nothing: anybody mistypes.
const FREE_FAILURES: u32 = 5;

/// The longest wait.
const LONGEST_WAIT_MS: i64 = WINDOW_MS;

/// Returns how many milliseconds are left before the next attempt is looked at; zero when it may be now.
///
/// After five failures within the window each further one doubles the wait, from one second to fifteen minutes.
pub(crate) fn wait_before_next_attempt(failures: u32, last_failure: Timestamp, now: Timestamp) -> i64 {
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
}
