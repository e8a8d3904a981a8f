//! How a job's fields follow its state: pure, and the only place that changes them.
//!
//! Invariants: worker and lease are set exactly while running, the end exactly in a final state, the outcome
//! exactly when done, the reason exactly when it ended otherwise, the wish to cancel at most while running.

use types::Timestamp;

use crate::job::{Job, Progress};
use crate::job_state::{JobState, JobTransition, TransitionError};
use crate::queue::MAX_RESTARTS;
use crate::text::clip;

/// A reason longer than this is cut: it is for reading.
const MAX_REASON: usize = 4_000;

impl Job {
    /// Gives the job to a worker.
    pub(crate) fn claim(
        &mut self,
        worker: &str,
        lease_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.step(JobTransition::Claim, now)?;
        self.attempts += 1;
        self.worker = Some(worker.to_owned());
        self.lease_until = Some(lease_until);
        self.started_at = Some(now);
        self.progress = Progress::default();
        Ok(())
    }

    /// Ends the job with its outcome.
    pub(crate) fn finish(
        &mut self,
        outcome: serde_json::Value,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.step(JobTransition::Finish, now)?;
        self.outcome = Some(outcome);
        Ok(())
    }

    /// Ends the job without an outcome: fail, cancel or interrupt.
    pub(crate) fn end(
        &mut self,
        transition: JobTransition,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.step(transition, now)?;
        self.reason = Some(clip(reason, MAX_REASON));
        Ok(())
    }

    /// Puts the job back because its worker shuts down in good order.
    pub(crate) fn release(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        if self.cancel_requested {
            return self.end(JobTransition::Cancel, "cancelled by its owner", now);
        }
        self.step(JobTransition::Requeue, now)
    }

    /// Decides what becomes of a running job whose worker is gone.
    pub(crate) fn recover(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        let worker = self.worker.clone().unwrap_or_default();
        if self.cancel_requested {
            return self.end(JobTransition::Cancel, "cancelled by its owner; its worker had stopped", now);
        }
        if !self.kind.is_repeatable() {
            let reason = format!("worker {worker} stopped halfway; retry it if that does no harm");
            return self.end(JobTransition::Interrupt, &reason, now);
        }
        if self.restarts >= MAX_RESTARTS {
            let times = self.restarts + 1;
            let reason = format!(
                "its worker stopped halfway {times} times in a row, last {worker}; see the server's log for the \
                 cause (often memory), then retry it"
            );
            return self.end(JobTransition::Interrupt, &reason, now);
        }
        self.step(JobTransition::Requeue, now)?;
        self.restarts += 1;
        Ok(())
    }

    /// Queues an ended job once more, at the end of the queue.
    pub(crate) fn retry(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        self.step(JobTransition::Retry, now)?;
        self.queued_at = now;
        self.started_at = None;
        self.restarts = 0;
        self.progress = Progress::default();
        Ok(())
    }

    fn step(&mut self, transition: JobTransition, now: Timestamp) -> Result<(), TransitionError> {
        self.state = self.state.apply(transition)?;
        self.worker = None;
        self.lease_until = None;
        self.cancel_requested = false;
        self.outcome = None;
        self.reason = None;
        self.finished_at = self.state.is_final().then_some(now);
        Ok(())
    }

    /// Returns the invariant above that this job breaks, if any.
    pub(crate) fn broken_invariant(&self) -> Option<&'static str> {
        let running = self.state == JobState::Running;
        let ended_otherwise = self.state.is_final() && self.state != JobState::Done;
        let checks = [
            (self.worker.is_some() == running, "a worker without running, or the reverse"),
            (self.lease_until.is_some() == running, "a lease without running, or the reverse"),
            (!self.cancel_requested || running, "a wish to cancel without running"),
            (
                self.finished_at.is_some() == self.state.is_final(),
                "an end without a final state, or the reverse",
            ),
            (
                self.outcome.is_some() == (self.state == JobState::Done),
                "an outcome without done, or the reverse",
            ),
            (self.reason.is_some() == ended_otherwise, "a reason without such an end, or the reverse"),
            (self.restarts <= MAX_RESTARTS, "more restarts than allowed"),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, what)| what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::JobKind;
    use types::{JobId, UserId};
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_ms(1_000);

    fn queued() -> Job {
        Job {
            id: JobId::from_uuid(Uuid::from_u128(1)),
            user: UserId::from_uuid(Uuid::from_u128(2)),
            kind: JobKind::Import,
            title: "t".to_owned(),
            spec: serde_json::Value::Null,
            state: JobState::Queued,
            attempts: 0,
            restarts: 0,
            cancel_requested: false,
            worker: None,
            lease_until: None,
            progress: Progress::default(),
            outcome: None,
            reason: None,
            created_at: NOW,
            queued_at: NOW,
            started_at: None,
            finished_at: None,
        }
    }

    fn running() -> Job {
        let mut job = queued();
        job.claim("w", NOW.plus_ms(1), NOW).unwrap();
        job
    }

    #[test]
    fn the_third_dead_worker_in_a_row_interrupts_and_a_retry_starts_counting_anew() {
        let mut job = running();
        for restart in 1..=MAX_RESTARTS {
            job.recover(NOW).unwrap();
            assert_eq!((job.state, job.restarts), (JobState::Queued, restart));
            job.claim("w", NOW.plus_ms(1), NOW).unwrap();
        }
        job.recover(NOW).unwrap();
        assert_eq!(job.state, JobState::Interrupted);
        assert!(job.reason.as_deref().unwrap().contains("3 times in a row"), "{:?}", job.reason);
        job.retry(NOW.plus_ms(9)).unwrap();
        assert_eq!((job.restarts, job.attempts, job.queued_at), (0, 3, NOW.plus_ms(9)));
        assert_eq!(job.broken_invariant(), None);
    }

    #[test]
    fn a_job_whose_owner_wanted_it_stopped_is_not_begun_again() {
        for settle in [Job::recover, Job::release] {
            let mut job = running();
            job.cancel_requested = true;
            settle(&mut job, NOW).unwrap();
            assert_eq!(job.state, JobState::Cancelled);
            assert_eq!(job.broken_invariant(), None);
        }
    }

    #[test]
    fn a_refused_step_changes_nothing() {
        let mut job = running();
        job.finish(serde_json::json!({"rows": 1}), NOW).unwrap();
        let before = job.clone();
        job.claim("w", NOW, NOW).unwrap_err();
        job.end(JobTransition::Fail, "no", NOW).unwrap_err();
        job.recover(NOW).unwrap_err();
        job.retry(NOW).unwrap_err();
        assert_eq!(job, before);
    }
}
