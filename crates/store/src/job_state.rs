//! The life of a job: six states, seven transitions, and the one function that says which is allowed.
//!
//! ```text
//!            Claim            Finish
//!   queued ─────────▶ running ───────▶ done
//!     │  ▲ ◀───────────  │ │ │ Fail
//!     │  │    Requeue    │ │ └───────▶ failed ──────┐
//!     │  │               │ │ Interrupt              │
//!     │  │               │ └─────────▶ interrupted ─┤
//!     │  │               │ Cancel                   │
//!     └──│───────────────┴───────────▶ cancelled ───┤
//! Cancel └──────────────────────────────────────────┘ Retry
//! ```
//!
//! A running job that is asked to stop stays running until its worker agrees: the request is a flag beside the
//! state, not a state.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// Finished with an outcome.
    Done,
    /// Ended with a reason that the work itself gave.
    Failed,
    /// Ended because its user wanted so.
    Cancelled,
    /// Ended because its worker died, too often or at work that must not be repeated by itself.
    Interrupted,
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobTransition {
    /// A worker takes it.
    Claim,
    /// The work is complete.
    Finish,
    /// The work gave up.
    Fail,
    /// The user does not want it any more (and its worker, if there is one, has stopped).
    Cancel,
    /// Its worker is gone; another one shall take it.
    Requeue,
    /// Its worker is gone; nobody takes it unless asked.
    Interrupt,
    /// The user wants it once more.
    Retry,
}

/// A transition that the job's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {state} cannot be {}", transition.participle())]
pub struct TransitionError {
    /// The job's state.
    pub state: JobState,
    /// What was tried.
    pub transition: JobTransition,
}

/// A text that names no state of a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no state of a job; there are queued, running, done, failed, cancelled and interrupted")]
pub struct ParseJobStateError {
    /// The text as it was given.
    pub found: String,
}

impl JobTransition {
    /// Every transition, in the order of the definition.
    pub const ALL: [Self; 7] =
        [Self::Claim, Self::Finish, Self::Fail, Self::Cancel, Self::Requeue, Self::Interrupt, Self::Retry];

    fn participle(self) -> &'static str {
        match self {
            Self::Claim => "started",
            Self::Finish => "completed",
            Self::Fail => "failed",
            Self::Cancel => "cancelled",
            Self::Requeue => "put back into the queue",
            Self::Interrupt => "interrupted",
            Self::Retry => "retried",
        }
    }
}

impl JobState {
    /// Every state, in the order of the definition.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled, Self::Interrupted];

    /// Returns the state after a transition.
    ///
    /// # Errors
    /// When this state does not allow it; the job then stays as it is.
    pub fn apply(self, transition: JobTransition) -> Result<Self, TransitionError> {
        use JobTransition::{Cancel, Claim, Fail, Finish, Interrupt, Requeue, Retry};
        match (self, transition) {
            (Self::Queued, Claim) => Ok(Self::Running),
            (Self::Running, Finish) => Ok(Self::Done),
            (Self::Running, Fail) => Ok(Self::Failed),
            (Self::Queued | Self::Running, Cancel) => Ok(Self::Cancelled),
            (Self::Running, Requeue) | (Self::Failed | Self::Cancelled | Self::Interrupted, Retry) => {
                Ok(Self::Queued)
            }
            (Self::Running, Interrupt) => Ok(Self::Interrupted),
            // A done job is not retried: what it made is there. The user starts a new one instead.
            (state, transition) => Err(TransitionError { state, transition }),
        }
    }

    /// Returns whether nothing will happen to the job by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled | Self::Interrupted)
    }

    /// Returns the name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for JobState {
    type Err = ParseJobStateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == text);
        state.ok_or_else(|| ParseJobStateError { found: text.chars().take(64).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_matrix_of_states_and_transitions() {
        use JobState::{Cancelled, Done, Failed, Interrupted, Queued, Running};
        let no = None;
        // Columns: Claim, Finish, Fail, Cancel, Requeue, Interrupt, Retry.
        let matrix = [
            (Queued, [Some(Running), no, no, Some(Cancelled), no, no, no]),
            (Running, [no, Some(Done), Some(Failed), Some(Cancelled), Some(Queued), Some(Interrupted), no]),
            (Done, [no, no, no, no, no, no, no]),
            (Failed, [no, no, no, no, no, no, Some(Queued)]),
            (Cancelled, [no, no, no, no, no, no, Some(Queued)]),
            (Interrupted, [no, no, no, no, no, no, Some(Queued)]),
        ];
        assert_eq!(matrix.map(|(state, _)| state), JobState::ALL);
        for (state, row) in matrix {
            for (transition, expected) in JobTransition::ALL.into_iter().zip(row) {
                let found = state.apply(transition);
                let expected = expected.ok_or(TransitionError { state, transition });
                assert_eq!(found, expected, "{state} {transition:?}");
            }
        }
    }

    #[test]
    fn every_final_state_but_done_can_be_retried_and_none_is_left_otherwise() {
        for state in JobState::ALL.into_iter().filter(|state| state.is_final()) {
            for transition in JobTransition::ALL {
                let left = state.apply(transition).is_ok();
                assert_eq!(left, transition == JobTransition::Retry && state != JobState::Done);
            }
        }
    }

    #[test]
    fn names_read_back_and_a_refusal_speaks_plainly() {
        for state in JobState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("Queued".parse::<JobState>().is_err());
        let refusal = JobState::Done.apply(JobTransition::Cancel).unwrap_err();
        assert_eq!(refusal.to_string(), "a job that is done cannot be cancelled");
    }
}
