//! How often and how long to try again: exponential back-off with full jitter, bounded.
//!
//! It only computes; who waits and what counts as worth a retry is the caller's.

/// How often and how long to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Most requests for one answer, the first included; at least one is always made.
    pub attempts: u32,
    /// Longest wait before the second attempt in milliseconds; it doubles with every further one.
    pub base_ms: u32,
    /// Longest wait between two attempts in milliseconds.
    pub cap_ms: u32,
    /// Longest wait that the exchange may impose (Retry-After) in milliseconds; a longer one is an error at once.
    pub patience_ms: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 6, base_ms: 500, cap_ms: 30_000, patience_ms: 5 * 60_000 }
    }
}

impl RetryPolicy {
    /// Returns the longest wait after so many failures in a row (from 1), in milliseconds.
    pub fn wait_ms(self, failures: u32) -> i64 {
        self.delay_ms(failures, 1.0)
    }

    /// Returns the wait after the failed attempt number `attempt` (from 1), in milliseconds.
    ///
    /// `draw` is a random number in 0..=1: full jitter spreads clients that failed together over the whole wait.
    pub(crate) fn delay_ms(self, attempt: u32, draw: f64) -> i64 {
        let doublings = attempt.saturating_sub(1).min(20);
        let ceiling = (u64::from(self.base_ms) << doublings).min(u64::from(self.cap_ms));
        // The ceiling is a u32, so the product is exact enough and fits.
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "0..=cap_ms")]
        let delay = (ceiling as f64 * draw.clamp(0.0, 1.0)) as i64;
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_jitter_covers_all_of_them() {
        let policy = RetryPolicy { base_ms: 100, cap_ms: 1000, ..RetryPolicy::default() };
        let longest: Vec<i64> = (1..=6).map(|attempt| policy.delay_ms(attempt, 1.0)).collect();
        assert_eq!(longest, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(policy.delay_ms(3, 0.0), 0);
        assert_eq!(policy.delay_ms(3, 0.5), 200);
        assert_eq!(policy.delay_ms(u32::MAX, 1.0), 1000);
    }
}
