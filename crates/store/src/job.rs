//! What is known about a job: its kind, its progress, its ends, and the log of what happened to it.
//!
//! A job's spec and outcome are JSON documents of whoever enqueues and works on it; nothing here reads them.

mod lifecycle;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use types::{JobId, Timestamp, UserId};

use crate::job_state::JobState;
use crate::page::Cursor;

/// What kind of work a job is; decides which worker takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Candles out of files.
    Import,
    /// Candles from an exchange.
    Ingest,
    /// What is missing in a stored series.
    Repair,
    /// Strategies over stored candles.
    Backtest,
}

impl JobKind {
    /// Every kind, in the order of the definition.
    pub const ALL: [Self; 4] = [Self::Import, Self::Ingest, Self::Repair, Self::Backtest];

    /// Returns whether the work may be begun again by itself after its worker died halfway: doing it twice must
    /// leave the same as doing it once.
    pub const fn is_repeatable(self) -> bool {
        match self {
            // Candles that are there already are left as they are; a run is stored once per job and ordinal.
            Self::Import | Self::Ingest | Self::Repair | Self::Backtest => true,
        }
    }

    /// Returns the name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Ingest => "ingest",
            Self::Repair => "repair",
            Self::Backtest => "backtest",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Units of work done, in whatever unit the job counts.
    pub done: u64,
    /// Units of work in all; `None` while unknown.
    pub total: Option<u64>,
    /// What is being done now, one line for the user. Cut to 500 characters when stored.
    pub message: String,
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// Who asked for it.
    pub user: UserId,
    /// What kind of work it is.
    pub kind: JobKind,
    /// One line for the user.
    pub title: String,
    /// What to do, as its kind defines it.
    pub spec: serde_json::Value,
    /// Where it stands.
    pub state: JobState,
    /// How often a worker has taken it so far.
    pub attempts: u32,
    /// How often it was started again by itself since the user last asked for it.
    pub restarts: u32,
    /// Whether its user wants it stopped; set while running only.
    pub cancel_requested: bool,
    /// The worker that holds it; set while running.
    pub worker: Option<String>,
    /// When its worker counts as dead; set while running.
    pub lease_until: Option<Timestamp>,
    /// How far it is, or how far it came.
    pub progress: Progress,
    /// What came out; set when done.
    pub outcome: Option<serde_json::Value>,
    /// Why it ended; set when failed, cancelled or interrupted.
    pub reason: Option<String>,
    /// When it was first asked for.
    pub created_at: Timestamp,
    /// When it was last asked for; its place in the queue.
    pub queued_at: Timestamp,
    /// When the latest attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended; set in every final state.
    pub finished_at: Option<Timestamp>,
}

impl Job {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { at: self.created_at, id: self.id.as_uuid() }
    }
}

/// How much an event of a job matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// The job goes on, yet something was not as it should be.
    Warning,
    /// The job cannot go on.
    Error,
}

impl Level {
    const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// Returns the name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that happened to a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobEvent {
    /// Its place in the job's log: 1, 2, 3 …
    pub seq: u32,
    /// When it happened.
    pub at: Timestamp,
    /// How much it matters.
    pub level: Level,
    /// One or more lines for the user.
    pub text: String,
}

/// A text that names none of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is none of {allowed}")]
pub struct ParseNameError {
    /// The text as it was given.
    pub found: String,
    /// The names there are.
    pub allowed: &'static str,
}

macro_rules! named {
    ($type:ty, $allowed:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = ParseNameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
                known.ok_or_else(|| ParseNameError {
                    found: text.chars().take(64).collect(),
                    allowed: $allowed,
                })
            }
        }
    };
}
named!(JobKind, "import, ingest, repair, backtest");
named!(Level, "info, warning, error");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_others_are_refused_with_the_list() {
        for kind in JobKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for level in Level::ALL {
            assert_eq!(level.as_str().parse(), Ok(level));
        }
        let refusal = "trade".parse::<JobKind>().unwrap_err();
        assert_eq!(refusal.to_string(), "'trade' is none of import, ingest, repair, backtest");
    }
}
