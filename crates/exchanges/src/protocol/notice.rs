//! What happened on the way to an answer, in words a user understands.
//!
//! A notice is not an error: the work goes on. Times are the exchange's, in UTC.

use std::fmt::{self, Debug};

use serde::Serialize;
use types::Timestamp;

use super::candles::Refusal;

/// Something a user should know happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// A request failed and will be made again.
    Retrying {
        /// The attempt that failed, from 1.
        attempt: u32,
        /// How many there may be.
        attempts: u32,
        /// The wait before the next one.
        wait_ms: i64,
        /// Why it failed.
        cause: String,
    },
    /// Our own allowance for this minute is spent, as far as requests of this urgency may spend it.
    BudgetSpent {
        /// Weight used this minute.
        used: u32,
        /// Up to what this work may bring a minute.
        allowed: u32,
        /// When requests go on.
        until: Timestamp,
    },
    /// The exchange asked for a pause (HTTP 429).
    RateLimited {
        /// When requests go on.
        until: Timestamp,
    },
    /// The exchange shut this address out for a while (HTTP 418).
    Banned {
        /// When requests go on.
        until: Timestamp,
    },
    /// The newest candle had not closed and was left out.
    UnfinishedDropped {
        /// Its open time.
        open_time: Timestamp,
    },
    /// The exchange cut a page short although more candles followed.
    ShortPage {
        /// Rows it held.
        rows: usize,
        /// Rows a full page holds.
        limit: usize,
        /// Where the next request went on.
        resumed_at: Timestamp,
    },
    /// The exchange answered an empty page although candles followed; asking again brought them.
    EmptyPage {
        /// The start that was asked for.
        start: Timestamp,
    },
    /// Rows were left out.
    RowsRefused {
        /// How many for this reason on one page.
        rows: usize,
        /// The open time of the first.
        first: Timestamp,
        /// Why.
        reason: Refusal,
    },
    /// The rows of a page were out of order and were put in order.
    Reordered {
        /// The start that was asked for.
        start: Timestamp,
    },
    /// The exchange's first candle opens later than the start asked for.
    StartsLater {
        /// The start asked for.
        asked: Timestamp,
        /// The first candle's open time.
        first: Timestamp,
    },
    /// The exchange has no candles up to the end asked for.
    EndsEarlier {
        /// The end asked for.
        asked: Timestamp,
        /// The last candle's open time.
        last: Timestamp,
    },
    /// The exchange has no candles at all in the stretch asked for.
    NothingThere {
        /// First open time asked for.
        start: Timestamp,
        /// First open time no longer asked for.
        end: Timestamp,
    },
    /// Candles are missing between the first and the last.
    Missing {
        /// How many.
        candles: u64,
        /// In how many stretches.
        gaps: u64,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retrying { attempt, attempts, wait_ms, cause } => {
                let (seconds, tenths) = (wait_ms / 1000, wait_ms % 1000 / 100);
                write!(
                    f,
                    "Attempt {attempt} of {attempts} failed: {cause}. Trying again in {seconds}.{tenths} s."
                )
            }
            Self::BudgetSpent { used, allowed, until } => write!(
                f,
                "This minute's request budget is spent ({used} used, {allowed} for this work). Going on at {until} UTC."
            ),
            Self::RateLimited { until } => {
                write!(f, "The exchange asked for a pause (HTTP 429). Going on at {until} UTC.")
            }
            Self::Banned { until } => write!(
                f,
                "The exchange banned this address for too many requests (HTTP 418). Going on at {until} UTC."
            ),
            Self::UnfinishedDropped { open_time } => {
                write!(f, "The candle of {open_time} UTC has not closed yet and was left out.")
            }
            Self::ShortPage { rows, limit, resumed_at } => write!(
                f,
                "The exchange sent only {rows} of {limit} candles although more followed. Went on at {resumed_at} UTC."
            ),
            Self::EmptyPage { start } => write!(
                f,
                "The exchange sent no candles from {start} UTC although there are some. Asking again brought them."
            ),
            Self::RowsRefused { rows: 1, first, reason } => {
                write!(f, "The row of {first} UTC was left out: {reason}.")
            }
            Self::RowsRefused { rows, first, reason } => {
                write!(f, "{rows} rows, the first of {first} UTC, were left out: {reason}.")
            }
            Self::Reordered { start } => {
                write!(f, "The candles from {start} UTC arrived out of order and were put in order.")
            }
            Self::StartsLater { asked, first } => {
                write!(
                    f,
                    "The exchange has nothing from {asked} UTC on; its first candle opens at {first} UTC."
                )
            }
            Self::EndsEarlier { asked, last } => {
                write!(f, "The exchange has nothing up to {asked} UTC; its last candle opens at {last} UTC.")
            }
            Self::NothingThere { start, end } => {
                write!(f, "The exchange has no candles between {start} and {end} UTC.")
            }
            Self::Missing { candles, gaps } => write!(
                f,
                "The exchange has holes: missing candles {candles}, in gaps {gaps}. 'crypto data gaps' lists them."
            ),
        }
    }
}

/// Is told what happens.
pub trait Watch: Debug + Send + Sync {
    /// Takes a notice. Must not block.
    fn notice(&self, notice: Notice);
}

/// Writes notices to the log: the watch of an exchange that nobody else watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogWatch;

impl Watch for LogWatch {
    fn notice(&self, notice: Notice) {
        tracing::warn!("{notice}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_read_as_sentences() {
        let at = Timestamp::from_ms(1_706_695_200_000);
        for (notice, text) in [
            (
                Notice::Retrying { attempt: 2, attempts: 6, wait_ms: 1250, cause: "HTTP 500".into() },
                "Attempt 2 of 6 failed: HTTP 500. Trying again in 1.2 s.",
            ),
            (
                Notice::Banned { until: at },
                "The exchange banned this address for too many requests (HTTP 418). Going on at 2024-01-31 10:00:00 UTC.",
            ),
            (
                Notice::RowsRefused { rows: 1, first: at, reason: Refusal::Duplicate },
                "The row of 2024-01-31 10:00:00 UTC was left out: the same candle was served twice.",
            ),
        ] {
            assert_eq!(notice.to_string(), text);
        }
        let json = serde_json::to_string(&Notice::RateLimited { until: at }).unwrap();
        assert_eq!(json, r#"{"notice":"rate_limited","until":"2024-01-31T10:00:00Z"}"#);
    }
}
