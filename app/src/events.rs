//! What the server tells open pages while they look (`/api/live/jobs`): one message per change, each with its kind and an id.
//!
//! The first message of a connection, and the one after messages were lost, is [`Event::Jobs`]: the present state. What is told after
//! it happened after it, so that nothing falls between the two. A message says that something is new, changed or gone; the page asks
//! for what it shows.

use serde::{Deserialize, Serialize};
use types::{JobId, RunId};

use crate::jobs::model::JobNewsView;

/// A message of the stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// How the user's latest jobs stand now; a job that is not among them is older than these or gone.
    Jobs {
        /// The jobs, newest first, at most [`MOST_JOBS`].
        jobs: Vec<JobNewsView>,
    },
    /// A job of the user is new, further on or in another state.
    Job(JobNewsView),
    /// A job of the user was removed from the list.
    JobDeleted {
        /// The job.
        id: JobId,
    },
    /// A stored series is new, changed by a job, or gone. Candles are shared, so everybody hears it.
    Series {
        /// The series as text: `binance BTCUSDT 1h`.
        id: String,
    },
    /// A result of the user is new or gone.
    Result {
        /// The result.
        id: RunId,
    },
    /// The user's live subscriptions changed.
    Subscriptions {
        /// The series that was subscribed to or no longer is, as text.
        id: String,
    },
}

/// Jobs in a message about the present state: as many as a page lists at most.
pub const MOST_JOBS: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::model::{JobState, ProgressView};

    #[test]
    fn messages_carry_their_kind_and_their_id() {
        let id: JobId = "01900000-0000-7000-8000-000000000000".parse().expect("an id");
        let job = JobNewsView { id, state: JobState::Done, progress: ProgressView::default(), is_turn: true };
        let job = serde_json::to_value(Event::Job(job)).expect("a message");
        assert_eq!((&job["kind"], &job["state"]), (&"job".into(), &"done".into()));
        assert_eq!(job["id"], "01900000-0000-7000-8000-000000000000");
        let series = serde_json::to_string(&Event::Series { id: "binance BTCUSDT 1h".into() });
        assert_eq!(series.expect("a message"), r#"{"kind":"series","id":"binance BTCUSDT 1h"}"#);
    }
}
