//! Jobs as a worker sees them: take the next one, say that it is alive, deliver or give up.
//!
//! Invariants:
//! - A job is held by one claim at most. A claim is a worker and the number of the attempt, so that a worker that
//!   slept past its lease cannot deliver into a later attempt, not even its own.
//! - Who holds no valid claim changes nothing: [`Directive::Abandon`] or [`StoreError::ClaimLost`].
//! - Claims go to the user with the fewest running jobs, and among those to whoever has waited longest.

use async_trait::async_trait;
use types::{JobId, Timestamp, UserId};

use crate::error::StoreError;
use crate::job::{Job, JobKind, Level, Progress};
use crate::job_state::JobState;

/// How often a job whose worker died is started again by itself before it is marked interrupted: three attempts
/// in all. What kills its worker three times would kill it for ever.
pub const MAX_RESTARTS: u32 = 2;

/// The right to work on a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job: JobId,
    /// The worker's name, unique among living workers.
    pub worker: String,
    /// Which attempt at the job this is, from 1.
    pub attempt: u32,
}

/// A job with the right to work on it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedJob {
    /// The right, to be shown with every report.
    pub claim: Claim,
    /// The job.
    pub job: Job,
}

/// What a worker shall do after a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directive {
    /// Go on.
    Continue,
    /// The user wants the job stopped: stop, then [`JobQueue::mark_job_cancelled`].
    Cancel,
    /// The claim is gone; stop and report nothing.
    Abandon,
}

/// A job whose worker is gone, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveredJob {
    /// The job.
    pub job: JobId,
    /// Its owner.
    pub user: UserId,
    /// Queued again, interrupted, or cancelled where its user had asked for that.
    pub state: JobState,
}

/// The queue of all users' jobs. For workers only.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Takes the next queued job of one of the kinds; `None` when there is none. The worker must give a sign of
    /// life before `lease_until`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the lease ends before it begins or the worker's name cannot be one.
    async fn claim_job(
        &self,
        worker: &str,
        kinds: &[JobKind],
        lease_until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<ClaimedJob>, StoreError>;

    /// Gives a sign of life with the present progress, and learns what to do.
    async fn heartbeat(
        &self,
        claim: &Claim,
        progress: &Progress,
        lease_until: Timestamp,
    ) -> Result<Directive, StoreError>;

    /// Delivers the outcome. A cancellation that was asked for meanwhile came too late.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`].
    async fn finish_job(
        &self,
        claim: &Claim,
        outcome: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Gives up, with the reason as the user shall read it.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`].
    async fn fail_job(&self, claim: &Claim, reason: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Agrees to stop a job that its user wants stopped.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`]; [`StoreError::Conflict`] when nobody asked for it.
    async fn mark_job_cancelled(&self, claim: &Claim, now: Timestamp) -> Result<(), StoreError>;

    /// Hands a job back untouched, at its old place in the queue, because the worker shuts down. Not counted as
    /// a restart.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`].
    async fn release_job(&self, claim: &Claim, now: Timestamp) -> Result<(), StoreError>;

    /// Takes care of jobs whose worker is gone: those whose lease ran out, and all of `dead_worker`, the name a
    /// process had before it was restarted. They are queued again where the kind allows it and not more often
    /// than [`MAX_RESTARTS`], else marked interrupted; cancelled where that had been asked for.
    async fn recover_jobs(
        &self,
        dead_worker: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<RecoveredJob>, StoreError>;

    /// Adds to the log of what happened to a job. After the thousandth entry the rest is dropped, and the log
    /// says so. The text is cut to 2,000 characters.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`] when the claim is no longer valid.
    async fn append_job_event(
        &self,
        claim: &Claim,
        level: Level,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
