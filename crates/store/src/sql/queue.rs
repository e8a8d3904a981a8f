//! Jobs in SQL, the worker's side.

use async_trait::async_trait;
use types::Timestamp;

use crate::db::{Locking, Tx, Value, args};
use crate::error::StoreError;
use crate::job::{Job, JobKind, Level, Progress};
use crate::job_state::{JobState, JobTransition};
use crate::queue::{Claim, ClaimedJob, Directive, JobQueue, RecoveredJob};
use crate::sql::jobs::{COLUMNS, lock, log, log_from_worker, read, signed, write};
use crate::sql::{SqlStore, placeholders};
use crate::text::{check_line, clip};

/// Reads the job of a claim and keeps it, or says that the claim is gone.
async fn held(tx: &mut Tx, claim: &Claim) -> Result<Job, StoreError> {
    let valid = |job: &Job| {
        job.state == JobState::Running
            && job.worker.as_deref() == Some(&claim.worker)
            && job.attempts == claim.attempt
    };
    let job = lock(tx, None, claim.job).await?;
    job.filter(valid).ok_or(StoreError::ClaimLost { job: claim.job })
}

async fn settle(mut tx: Tx, job: Job, level: Level, text: &str, now: Timestamp) -> Result<(), StoreError> {
    write(&mut tx, &job).await?;
    log(&mut tx, job.id, level, text, now).await?;
    tx.commit().await
}

#[async_trait]
impl JobQueue for SqlStore {
    async fn claim_job(
        &self,
        worker: &str,
        kinds: &[JobKind],
        lease_until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<ClaimedJob>, StoreError> {
        check_line("worker name", worker, 200)?;
        if lease_until <= now {
            return Err(StoreError::invalid("lease", "ends before it begins; give a later end"));
        }
        if kinds.is_empty() {
            return Ok(None);
        }
        let mut tx = self.db.write().await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs j
             LEFT JOIN (SELECT user_id, COUNT(*) AS running FROM jobs WHERE state = 'running' GROUP BY user_id) r
                ON r.user_id = j.user_id
             WHERE j.state = 'queued' AND j.kind IN ({})
             ORDER BY COALESCE(r.running, 0), j.queued_at, j.id LIMIT 1{}",
            placeholders(1, kinds.len()),
            tx.locking(Locking::Skip)
        );
        let wanted = kinds.iter().map(|kind| Value::from(kind.as_str())).collect();
        let Some(row) = tx.row(sql, wanted).await? else { return Ok(None) };
        let mut job = read(&row)?;
        job.claim(worker, lease_until, now)?;
        write(&mut tx, &job).await?;
        let text = format!("attempt {} started by worker {worker}", job.attempts);
        log(&mut tx, job.id, Level::Info, &text, now).await?;
        tx.commit().await?;
        let claim = Claim { job: job.id, worker: worker.to_owned(), attempt: job.attempts };
        Ok(Some(ClaimedJob { claim, job }))
    }

    async fn heartbeat(
        &self,
        claim: &Claim,
        progress: &Progress,
        lease_until: Timestamp,
    ) -> Result<Directive, StoreError> {
        // One statement, as this runs every second or so for each job: the claim is part of the condition.
        let mut tx = self.db.write().await?;
        let row = tx
            .row(
                "UPDATE jobs SET lease_until = $4, progress_done = $5, progress_total = $6, progress_message = $7
                 WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'
                 RETURNING cancel_requested",
                args![
                    claim.job,
                    &claim.worker,
                    claim.attempt,
                    lease_until,
                    signed(progress.done),
                    progress.total.map(signed),
                    clip(&progress.message, 500)
                ],
            )
            .await?;
        let Some(row) = row else { return Ok(Directive::Abandon) };
        let cancel = row.int("cancel_requested")? != 0;
        tx.commit().await?;
        Ok(if cancel { Directive::Cancel } else { Directive::Continue })
    }

    async fn finish_job(
        &self,
        claim: &Claim,
        outcome: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let mut job = held(&mut tx, claim).await?;
        job.finish(outcome.clone(), now)?;
        settle(tx, job, Level::Info, "done", now).await
    }

    async fn fail_job(&self, claim: &Claim, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let mut job = held(&mut tx, claim).await?;
        job.end(JobTransition::Fail, reason, now)?;
        settle(tx, job, Level::Error, &format!("failed: {reason}"), now).await
    }

    async fn mark_job_cancelled(&self, claim: &Claim, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let mut job = held(&mut tx, claim).await?;
        if !job.cancel_requested {
            return Err(StoreError::conflict("nobody asked to cancel this job; fail or release it instead"));
        }
        job.end(JobTransition::Cancel, "cancelled by its owner", now)?;
        settle(tx, job, Level::Info, "cancelled by its owner", now).await
    }

    async fn release_job(&self, claim: &Claim, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let mut job = held(&mut tx, claim).await?;
        job.release(now)?;
        let text = match job.state {
            JobState::Cancelled => "cancelled by its owner",
            _ => "handed back, as the worker is shutting down",
        };
        settle(tx, job, Level::Info, text, now).await
    }

    async fn recover_jobs(
        &self,
        dead_worker: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<RecoveredJob>, StoreError> {
        let mut tx = self.db.write().await?;
        // Two processes may recover at once: each takes what the other does not hold.
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs j WHERE j.state = 'running' AND (j.lease_until <= $1 OR j.worker = $2)
             ORDER BY j.queued_at, j.id{}",
            tx.locking(Locking::Skip)
        );
        let rows = tx.rows(sql, args![now, dead_worker]).await?;
        let mut recovered = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut job = read(row)?;
            job.recover(now)?;
            let (level, text) = match &job.reason {
                None => (Level::Warning, "its worker stopped halfway; queued again"),
                Some(reason) if job.state == JobState::Interrupted => (Level::Error, reason.as_str()),
                Some(reason) => (Level::Info, reason.as_str()),
            };
            log(&mut tx, job.id, level, text, now).await?;
            write(&mut tx, &job).await?;
            recovered.push(RecoveredJob { job: job.id, user: job.user, state: job.state });
        }
        tx.commit().await?;
        Ok(recovered)
    }

    async fn append_job_event(
        &self,
        claim: &Claim,
        level: Level,
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let job = held(&mut tx, claim).await?;
        log_from_worker(&mut tx, job.id, level, text, now).await?;
        tx.commit().await
    }
}
