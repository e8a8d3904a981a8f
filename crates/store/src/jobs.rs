//! Jobs as their owner sees them: ask for one, watch it, stop it, try it again, throw it away.
//!
//! Every method takes the user. What a worker may do is [`crate::JobQueue`], kept apart so that a web page that
//! holds this trait cannot touch the work of others.

use std::collections::BTreeMap;

use async_trait::async_trait;
use types::{JobId, Timestamp, UserId};

use crate::error::StoreError;
use crate::job::{Job, JobEvent, JobKind};
use crate::job_state::JobState;
use crate::page::{Cursor, Page};

/// A job to be queued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// What kind of work it is.
    pub kind: JobKind,
    /// One line for the user, 1 to 200 characters.
    pub title: String,
    /// What to do, as its kind defines it; at most 1 MB as text.
    pub spec: serde_json::Value,
}

/// Which jobs to list; an empty list means all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Only these states.
    pub states: Vec<JobState>,
    /// Only these kinds.
    pub kinds: Vec<JobKind>,
}

/// The jobs of each user.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Queues a job. When this returns, it is on disk.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a title or spec out of bounds; [`StoreError::NotFound`] for an unknown user.
    async fn enqueue_job(&self, user: UserId, new: NewJob, now: Timestamp) -> Result<Job, StoreError>;

    /// Returns one of the user's jobs.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such job.
    async fn job(&self, user: UserId, job: JobId) -> Result<Job, StoreError>;

    /// Returns the user's jobs, the youngest first, from `before` on; at most [`crate::MAX_PAGE`] at once.
    async fn jobs(
        &self,
        user: UserId,
        filter: &JobFilter,
        limit: u32,
        before: Option<Cursor>,
    ) -> Result<Page<Job>, StoreError>;

    /// Stops a job: a queued one is cancelled at once, a running one is asked to stop and cancelled when its
    /// worker agrees. Asking twice changes nothing. Returns the job as it is then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Transition`] when it has ended already.
    async fn cancel_job(&self, user: UserId, job: JobId, now: Timestamp) -> Result<Job, StoreError>;

    /// Queues a failed, cancelled or interrupted job once more, at the end of the queue and with its log kept.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Transition`] in any other state.
    async fn retry_job(&self, user: UserId, job: JobId, now: Timestamp) -> Result<Job, StoreError>;

    /// Deletes a job that has ended, with its log. The runs it made stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] while it waits or runs: cancel it first.
    async fn delete_job(&self, user: UserId, job: JobId) -> Result<(), StoreError>;

    /// Returns the latest entries of the logs of some jobs, each log in order; a job that the user does not have is left out.
    async fn latest_job_events(
        &self,
        user: UserId,
        jobs: &[JobId],
        latest: u32,
    ) -> Result<BTreeMap<JobId, Vec<JobEvent>>, StoreError>;

    /// Returns what happened to a job, in order.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such job.
    async fn job_events(&self, user: UserId, job: JobId) -> Result<Vec<JobEvent>, StoreError>;
}
