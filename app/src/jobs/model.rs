//! Jobs as a page shows them.

use serde::{Deserialize, Serialize};
use types::JobId;

/// What kind of work a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Candles out of files.
    Import,
    /// Candles from an exchange.
    Ingest,
    /// What is missing in a stored series.
    Repair,
    /// A strategy over stored candles.
    Backtest,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// Finished.
    Done,
    /// Ended with a reason that the work gave.
    Failed,
    /// Ended because its user wanted so.
    Cancelled,
    /// Ended because the server stopped.
    Interrupted,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// The job goes on, yet something was not as it should be.
    Warning,
    /// The job cannot go on.
    Error,
}

/// One line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// How much it matters.
    pub level: NoticeLevel,
    /// What happened, as a sentence.
    pub text: String,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ProgressView {
    /// Units done.
    pub done: u64,
    /// Units in all; `None` while unknown.
    pub total: Option<u64>,
    /// What is being done now.
    pub message: String,
    /// Units done in a second, on average of this attempt; `None` while there is nothing to tell from.
    pub per_second: Option<f64>,
    /// How long it will take at that rate, in milliseconds.
    pub left_ms: Option<i64>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    /// The id.
    pub id: JobId,
    /// What kind of work.
    pub kind: JobKind,
    /// One line: what it does.
    pub title: String,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: ProgressView,
    /// Whether it was asked to stop and has not yet.
    pub is_cancelling: bool,
    /// When it was asked for, UTC milliseconds.
    pub created_ms: i64,
    /// When the latest attempt began.
    pub started_ms: Option<i64>,
    /// When it ended.
    pub finished_ms: Option<i64>,
    /// Why it failed, was cancelled or interrupted.
    pub reason: Option<String>,
    /// What came out, in a sentence: `72,569 candles added`.
    pub outcome: Option<String>,
    /// Rows that were not taken because something is wrong with them.
    #[serde(default)]
    pub refused: u64,
    /// The page with its result: `/backtests/<run>`.
    pub link: Option<String>,
    /// The latest lines of its log, oldest first.
    pub notices: Vec<NoticeView>,
}

/// How a job stands, as the server streams it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobNewsView {
    /// The job.
    pub id: JobId,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: ProgressView,
    /// Whether more than its progress is new, so that it is worth asking for the job.
    pub is_turn: bool,
}

/// Which jobs to list; always newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobFilter {
    /// Only these kinds; empty means all.
    pub kinds: Vec<JobKind>,
    /// At most so many.
    pub limit: u32,
}

impl JobKind {
    /// Returns its name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Import => "Import",
            Self::Ingest => "Download",
            Self::Repair => "Repair",
            Self::Backtest => "Backtest",
        }
    }
}

impl JobState {
    /// Returns its name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Done => "Done",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Interrupted => "Interrupted",
        }
    }

    /// Returns its class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Returns whether it is still going to change by itself.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

impl ProgressView {
    /// Returns how much is done, from 0 to 100; `None` while the whole is unknown.
    pub fn percent(&self) -> Option<u8> {
        let total = self.total.filter(|total| *total > 0)?;
        let percent = u128::from(self.done.min(total)) * 100 / u128::from(total);
        u8::try_from(percent).ok()
    }
}

impl JobView {
    /// Returns whether it can be stopped.
    pub const fn can_cancel(&self) -> bool {
        self.state.is_active() && !self.is_cancelling
    }

    /// Returns whether it can be tried again.
    pub const fn can_retry(&self) -> bool {
        matches!(self.state, JobState::Failed | JobState::Cancelled | JobState::Interrupted)
    }

    /// Returns whether it did what it should, so that there is nothing left to do about it.
    pub const fn is_done(&self) -> bool {
        matches!(self.state, JobState::Done)
    }

    /// Returns whether it can be removed from the list.
    pub const fn can_delete(&self) -> bool {
        !self.state.is_active()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_bounded_and_unknown_without_a_total() {
        let of = |done, total| ProgressView { done, total, ..ProgressView::default() }.percent();
        assert_eq!(of(5, None), None);
        assert_eq!(of(0, Some(0)), None);
        assert_eq!(of(1, Some(3)), Some(33));
        assert_eq!(of(9, Some(3)), Some(100));
        assert_eq!(of(u64::MAX, Some(u64::MAX)), Some(100));
    }
}
