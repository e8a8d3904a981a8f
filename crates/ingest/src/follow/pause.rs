//! When the whole exchange is left alone: it cannot be reached, or it said so.
//!
//! Invariant: a pause is told once, however many questions run into it.

use exchanges::{ExchangeError, RetryPolicy};
use types::Timestamp;

use super::event::FollowEvent;

/// Two ends of pauses that lie closer together than this are the same pause.
const SAME_MS: i64 = 2_000;

#[derive(Debug, Default)]
pub(super) struct Pause {
    until: Option<Timestamp>,
    failures: u32,
    is_told: bool,
    trouble: Option<Trouble>,
}

/// Why the exchange does not answer, until it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The last error.
    pub(super) reason: String,
    /// When the exchange is asked again.
    pub(super) until: Timestamp,
}

impl Pause {
    /// Whether the exchange may be asked.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    /// Returns why the exchange does not answer. An attempt under way does not end it, only an answer does.
    pub(super) const fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Notes that a request failed and is made again at `until`. Nobody is held back by that.
    pub(super) fn retrying(&mut self, reason: String, until: Timestamp) {
        self.trouble = Some(Trouble { reason, until });
    }

    /// Notes that the exchange answered. What was under way when a pause began says nothing about its end.
    pub(super) fn answered(&mut self, now: Timestamp) -> Option<FollowEvent> {
        if !self.is_over(now) {
            return None;
        }
        let was_told = std::mem::take(self).is_told;
        was_told.then_some(FollowEvent::Released)
    }

    /// Notes that the exchange asked to be left alone.
    pub(super) fn asked(&mut self, reason: String, until: Timestamp) -> Option<FollowEvent> {
        self.trouble = Some(Trouble { reason: reason.clone(), until });
        let is_longer = self.until.is_none_or(|old| until.ms_since(old) > SAME_MS);
        self.until = self.until.max(Some(until));
        let is_news = is_longer || !self.is_told;
        self.is_told = true;
        is_news.then_some(FollowEvent::Held { reason, until })
    }

    /// Takes an error that concerns the exchange as a whole; gives it back when it does not.
    pub(super) fn failed(
        &mut self,
        error: ExchangeError,
        now: Timestamp,
        retry: RetryPolicy,
    ) -> Result<Option<FollowEvent>, ExchangeError> {
        match error {
            ExchangeError::RateLimited { until, .. } | ExchangeError::Banned { until, .. } => {
                Ok(self.asked(error.to_string(), until))
            }
            ExchangeError::Unavailable { .. }
            | ExchangeError::Malformed { .. }
            | ExchangeError::Redirected { .. } => {
                // Several questions that were under way together are one failure.
                if !self.is_over(now) {
                    return Ok(None);
                }
                self.failures += 1;
                let until = now.plus_ms(retry.wait_ms(self.failures));
                self.until = Some(until);
                self.trouble = Some(Trouble { reason: error.to_string(), until });
                let is_news = !std::mem::replace(&mut self.is_told, true);
                Ok(is_news.then(|| FollowEvent::Held { reason: error.to_string(), until }))
            }
            other => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn unavailable() -> ExchangeError {
        ExchangeError::Unavailable { exchange: "demo".parse().unwrap(), attempts: 1, last: "no".into() }
    }

    #[test]
    fn one_pause_is_told_once() {
        let mut pause = Pause::default();
        let banned = |until| ExchangeError::Banned { exchange: "demo".parse().unwrap(), until: at(until) };
        let retry = RetryPolicy::default();
        assert!(pause.failed(banned(60_000), at(0), retry).unwrap().is_some());
        assert!(pause.failed(banned(60_500), at(0), retry).unwrap().is_none());
        assert!(pause.failed(banned(30_000), at(0), retry).unwrap().is_none());
        assert!(!pause.is_over(at(60_499)) && pause.is_over(at(60_500)));
        assert!(pause.failed(banned(90_000), at(0), retry).unwrap().is_some(), "it got longer");
        assert_eq!(pause.answered(at(89_999)), None, "an answer that was under way");
        assert_eq!(pause.answered(at(90_000)), Some(FollowEvent::Released));
        assert_eq!(pause.answered(at(90_000)), None);
    }

    #[test]
    fn an_exchange_that_is_away_is_tried_again_ever_later_and_told_once() {
        let mut pause = Pause::default();
        let retry = RetryPolicy { base_ms: 1000, cap_ms: 8000, ..RetryPolicy::default() };
        let mut now = at(0);
        let mut told = 0;
        let mut waits = Vec::new();
        for _ in 0..5 {
            told += usize::from(pause.failed(unavailable(), now, retry).unwrap().is_some());
            assert_eq!(pause.failed(unavailable(), now, retry), Ok(None));
            let until = pause.until.unwrap();
            waits.push(until.ms_since(now));
            now = until;
        }
        assert_eq!((told, waits), (1, vec![1000, 2000, 4000, 8000, 8000]));
    }

    #[test]
    fn the_last_error_stands_until_an_answer_comes() {
        let mut pause = Pause::default();
        pause.retrying("HTTP 502".into(), at(500));
        assert!(pause.is_over(at(0)), "others go on asking");
        assert_eq!(pause.trouble(), Some(&Trouble { reason: "HTTP 502".into(), until: at(500) }));
        let retry = RetryPolicy { base_ms: 1000, ..RetryPolicy::default() };
        assert!(pause.failed(unavailable(), at(600), retry).is_ok());
        let told = pause.trouble().map(|trouble| (trouble.reason.clone(), trouble.until));
        assert_eq!(told, Some((unavailable().to_string(), at(1600))));
        pause.answered(at(1600));
        assert_eq!(pause.trouble(), None);
    }

    #[test]
    fn what_concerns_one_pair_is_no_pause() {
        let mut pause = Pause::default();
        let unknown = ExchangeError::UnknownSymbol {
            exchange: "demo".parse().unwrap(),
            symbol: "NOPE".parse().unwrap(),
        };
        assert_eq!(pause.failed(unknown.clone(), at(0), RetryPolicy::default()), Err(unknown));
        assert!(pause.is_over(at(0)));
    }
}
