//! Who watches a piece of work: the queue, which stores what it hears, or the command line, which prints it.

use async_trait::async_trait;
use serde::Serialize;
use store::{Level, Progress};

/// Hears of progress and of what happened on the way.
#[async_trait]
pub(crate) trait Watch: Send + Sync {
    /// Takes the present progress; called often, must be cheap.
    fn progress(&self, progress: Progress);

    /// Takes something worth knowing that happened.
    async fn notice(&self, level: Level, text: String);
}

/// Why a piece of work has no outcome.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// Somebody asked for it.
    #[error("cancelled")]
    Cancelled,
    /// It cannot be done; the text is for the user.
    #[error("{message}")]
    Failed {
        /// Which kind of failure, for the command line's exit code.
        kind: crate::output::Kind,
        /// What happened, where, and what to do.
        message: String,
        /// The file or the series that it is about, where there is one.
        place: Option<String>,
    },
}

impl Stopped {
    pub(crate) fn failed(kind: crate::output::Kind, error: impl std::fmt::Display) -> Self {
        Self::Failed { kind, message: error.to_string(), place: None }
    }

    /// Says which file or series it is about.
    pub(crate) fn at(self, place: impl std::fmt::Display) -> Self {
        match self {
            Self::Failed { kind, message, .. } => {
                Self::Failed { kind, message, place: Some(place.to_string()) }
            }
            Self::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Stopped> for crate::output::Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Cancelled => Self::failed("cancelled; what was stored before stays"),
            Stopped::Failed { kind, message, place } => Self { kind, message, place },
        }
    }
}

/// Returns a report as a job's outcome, with its summary for people under `summary`.
pub(super) fn outcome_of(report: &impl Serialize, summary: String) -> Result<serde_json::Value, Stopped> {
    let mut outcome =
        serde_json::to_value(report).map_err(|error| Stopped::failed(crate::output::Kind::Failed, error))?;
    outcome["summary"] = summary.into();
    Ok(outcome)
}
