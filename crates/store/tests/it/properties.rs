//! Whatever is done to jobs in whatever order: the store agrees with a small model, and no job is ever in a state that
//! its life cycle does not know (reading one that were is an error by itself).

use std::sync::Arc;

use proptest::prelude::*;
use store::{
    Claim, ClaimedJob, Directive, JobFilter, JobKind, JobState, MAX_RESTARTS, Progress, Store, StoreError,
};
use types::{JobId, Timestamp, UserId};

use crate::harness::{NOW, new_job, sqlite_url, user};

/// What can be done; numbers pick a job or a claim among those there are.
#[derive(Debug, Clone)]
enum Step {
    Enqueue,
    Claim,
    Heartbeat(usize),
    Finish(usize),
    Fail(usize),
    MarkCancelled(usize),
    Release(usize),
    Cancel(usize),
    Retry(usize),
    Delete(usize),
    Recover,
}

fn step() -> impl Strategy<Value = Step> {
    let n = 0_usize..8;
    prop_oneof![
        2 => Just(Step::Enqueue),
        4 => Just(Step::Claim),
        1 => n.clone().prop_map(Step::Heartbeat),
        1 => n.clone().prop_map(Step::Finish),
        1 => n.clone().prop_map(Step::Fail),
        1 => n.clone().prop_map(Step::MarkCancelled),
        1 => n.clone().prop_map(Step::Release),
        2 => n.clone().prop_map(Step::Cancel),
        2 => n.clone().prop_map(Step::Retry),
        1 => n.prop_map(Step::Delete),
        2 => Just(Step::Recover),
    ]
}

/// What the model remembers of a job.
#[derive(Debug, Clone)]
struct Known {
    id: JobId,
    state: JobState,
    attempts: u32,
    restarts: u32,
    cancel_requested: bool,
}

struct World {
    store: Arc<dyn Store>,
    ann: UserId,
    now: Timestamp,
    jobs: Vec<Known>,
    claims: Vec<Claim>,
}

impl World {
    fn holder(&self, claim: &Claim) -> Option<usize> {
        self.jobs.iter().position(|job| {
            job.id == claim.job && job.state == JobState::Running && job.attempts == claim.attempt
        })
    }

    /// Compares the fate of a report under a claim with the model; returns the job it ends, if it does.
    fn reported(&self, claim: &Claim, result: Result<(), StoreError>) -> Option<usize> {
        match (self.holder(claim), result) {
            (Some(n), Ok(())) => Some(n),
            (None, Err(StoreError::ClaimLost { job })) if job == claim.job => None,
            (holder, result) => panic!("holder {holder:?}, yet {result:?}"),
        }
    }

    fn leave(&mut self, n: usize, state: JobState) {
        self.jobs[n].state = state;
        self.jobs[n].cancel_requested = false;
    }

    async fn under_claim(&mut self, step: &Step, n: usize) {
        if self.claims.is_empty() {
            return;
        }
        let claim = self.claims[n % self.claims.len()].clone();
        let (store, now) = (Arc::clone(&self.store), self.now);
        match step {
            Step::Heartbeat(_) => {
                let directive = store.heartbeat(&claim, &Progress::default(), now.plus_ms(10)).await.unwrap();
                let expected = match self.holder(&claim) {
                    None => Directive::Abandon,
                    Some(n) if self.jobs[n].cancel_requested => Directive::Cancel,
                    Some(_) => Directive::Continue,
                };
                assert_eq!(directive, expected);
            }
            Step::Finish(_) => {
                let result = store.finish_job(&claim, &serde_json::json!(1), now).await;
                if let Some(n) = self.reported(&claim, result) {
                    self.leave(n, JobState::Done);
                }
            }
            Step::Fail(_) => {
                let result = store.fail_job(&claim, "no", now).await;
                if let Some(n) = self.reported(&claim, result) {
                    self.leave(n, JobState::Failed);
                }
            }
            Step::Release(_) => {
                let result = store.release_job(&claim, now).await;
                if let Some(n) = self.reported(&claim, result) {
                    let asked = self.jobs[n].cancel_requested;
                    self.leave(n, if asked { JobState::Cancelled } else { JobState::Queued });
                }
            }
            _ => {
                let result = store.mark_job_cancelled(&claim, now).await;
                if let Some(n) = self.holder(&claim).filter(|n| !self.jobs[*n].cancel_requested) {
                    assert!(
                        matches!(result, Err(StoreError::Conflict { .. })),
                        "{:?} {result:?}",
                        self.jobs[n]
                    );
                } else if let Some(n) = self.reported(&claim, result) {
                    self.leave(n, JobState::Cancelled);
                }
            }
        }
    }

    async fn by_owner(&mut self, step: &Step, n: usize) {
        if self.jobs.is_empty() {
            return;
        }
        let n = n % self.jobs.len();
        let (job, state) = (self.jobs[n].id, self.jobs[n].state);
        match step {
            Step::Cancel(_) => {
                let result = self.store.cancel_job(self.ann, job, self.now).await;
                assert_eq!(result.is_ok(), !state.is_final(), "{state} {result:?}");
                match state {
                    JobState::Queued => self.leave(n, JobState::Cancelled),
                    JobState::Running => self.jobs[n].cancel_requested = true,
                    _ => {}
                }
            }
            Step::Retry(_) => {
                let result = self.store.retry_job(self.ann, job, self.now).await;
                assert_eq!(result.is_ok(), state.is_final() && state != JobState::Done, "{state} {result:?}");
                if result.is_ok() {
                    self.leave(n, JobState::Queued);
                    self.jobs[n].restarts = 0;
                }
            }
            _ => {
                let result = self.store.delete_job(self.ann, job).await;
                assert_eq!(result.is_ok(), state.is_final(), "{state} {result:?}");
                if result.is_ok() {
                    self.jobs.remove(n);
                }
            }
        }
    }

    async fn recover(&mut self) {
        self.now = self.now.plus_ms(100);
        let recovered = self.store.recover_jobs(None, self.now).await.unwrap();
        let running = self.jobs.iter().filter(|job| job.state == JobState::Running).count();
        assert_eq!(recovered.len(), running);
        for found in recovered {
            let n = self.jobs.iter().position(|job| job.id == found.job).unwrap();
            let expected = if self.jobs[n].cancel_requested {
                JobState::Cancelled
            } else if self.jobs[n].restarts < MAX_RESTARTS {
                self.jobs[n].restarts += 1;
                JobState::Queued
            } else {
                JobState::Interrupted
            };
            assert_eq!(found.state, expected);
            self.leave(n, expected);
        }
    }

    async fn take(&mut self, step: Step) {
        self.now = self.now.plus_ms(1);
        match step {
            Step::Enqueue => {
                let id = self.store.enqueue_job(self.ann, new_job("a"), self.now).await.unwrap().id;
                let new =
                    Known { id, state: JobState::Queued, attempts: 0, restarts: 0, cancel_requested: false };
                self.jobs.push(new);
            }
            Step::Claim => {
                let lease = self.now.plus_ms(10);
                let claimed = self.store.claim_job("w", &JobKind::ALL, lease, self.now).await.unwrap();
                assert_eq!(claimed.is_some(), self.jobs.iter().any(|job| job.state == JobState::Queued));
                if let Some(ClaimedJob { claim, job }) = claimed {
                    let known = self.jobs.iter_mut().find(|known| known.id == job.id).unwrap();
                    assert_eq!(known.state, JobState::Queued);
                    known.state = JobState::Running;
                    known.attempts += 1;
                    assert_eq!(known.attempts, claim.attempt);
                    self.claims.push(claim);
                }
            }
            Step::Recover => self.recover().await,
            Step::Cancel(n) | Step::Retry(n) | Step::Delete(n) => self.by_owner(&step, n).await,
            Step::Heartbeat(n)
            | Step::Finish(n)
            | Step::Fail(n)
            | Step::MarkCancelled(n)
            | Step::Release(n) => self.under_claim(&step, n).await,
        }
    }

    /// Reads everything back: reading checks each job's own invariants.
    async fn compare(&self) {
        let stored = self.store.jobs(self.ann, &JobFilter::default(), 500, None).await.unwrap().items;
        assert_eq!(stored.len(), self.jobs.len());
        for job in stored {
            let known = self.jobs.iter().find(|known| known.id == job.id).unwrap();
            let found = (job.state, job.attempts, job.restarts, job.cancel_requested);
            assert_eq!(found, (known.state, known.attempts, known.restarts, known.cancel_requested));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_operations_keeps_every_job_valid(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = store::open(&sqlite_url(&folder)).await.unwrap();
            let ann = user(&store, "ann").await;
            let mut world = World { store, ann, now: NOW, jobs: Vec::new(), claims: Vec::new() };
            for step in steps {
                world.take(step).await;
            }
            world.compare().await;
            world.store.close().await;
        });
    }
}
