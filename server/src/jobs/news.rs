//! What happens to jobs, for those who look at them.

use serde::{Deserialize, Serialize};
use store::{Job, Progress};
use tokio::sync::broadcast;
use types::{JobId, Timestamp, UserId};

/// What just happened to a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobNews {
    /// Whose job it is; nobody else hears of it.
    pub(crate) user: UserId,
    /// The job.
    pub(crate) job: JobId,
    /// When the attempt began.
    pub(crate) started_at: Option<Timestamp>,
    /// How far it is.
    pub(crate) progress: Progress,
    /// Whether more than its progress is new: its state or its log, which the store has.
    pub(crate) is_turn: bool,
}

/// Tells how one job goes on.
#[derive(Debug)]
pub(super) struct Teller {
    last: JobNews,
    told: broadcast::Sender<JobNews>,
}

impl Teller {
    pub(super) fn new(job: &Job, told: broadcast::Sender<JobNews>) -> Self {
        let last = JobNews {
            user: job.user,
            job: job.id,
            started_at: job.started_at,
            progress: job.progress.clone(),
            is_turn: false,
        };
        Self { last, told }
    }

    /// Tells the progress if it is another one than before, or if there is more to look at.
    pub(super) fn tell(&mut self, progress: Progress, is_turn: bool) {
        if !is_turn && progress == self.last.progress {
            return;
        }
        self.last.progress = progress;
        // Nobody looks: that is fine.
        drop(self.told.send(JobNews { is_turn, ..self.last.clone() }));
    }
}
