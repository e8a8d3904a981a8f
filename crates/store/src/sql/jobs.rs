//! Jobs in SQL, the owner's side; and the statements that both sides share.
//!
//! Every change of a job locks its row, changes the value in memory ([`Job`]'s life cycle), writes it whole and adds
//! to its log, in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use async_trait::async_trait;
use types::{JobId, Timestamp, UserId};
use uuid::Uuid;

use crate::db::{Locking, Row, Tx, Value, args};
use crate::error::StoreError;
use crate::job::{Job, JobEvent, Level, Progress};
use crate::job_state::{JobState, JobTransition};
use crate::jobs::{JobFilter, Jobs, NewJob};
use crate::page::{Cursor, Page, page_length};
use crate::sql::{SqlStore, placeholders};
use crate::text::{check_line, clip};

/// The largest spec or outcome, as text.
const MAX_DOCUMENT: usize = 1 << 20;
/// Entries a worker may write into a job's log; what the queue itself says is always kept.
const MAX_EVENTS: u32 = 1_000;
const EVENTS_FULL: &str = "there were more events than are kept; later ones of the worker are not recorded";

pub(super) const COLUMNS: &str = "j.id, j.user_id, j.kind, j.title, j.spec, j.state, j.attempts, j.restarts, \
    j.cancel_requested, j.worker, j.lease_until, j.progress_done, j.progress_total, j.progress_message, \
    j.outcome, j.reason, j.created_at, j.queued_at, j.started_at, j.finished_at";

/// Reads a job; one that cannot be read is named, so that it can be found and mended.
pub(super) fn read(row: &Row) -> Result<Job, StoreError> {
    let id: JobId = row.parse("id")?;
    let unreadable = |what, found| StoreError::Corrupt { what: format!("job {id}, {what}"), found };
    match read_fields(row, id) {
        Ok(job) => match job.broken_invariant() {
            None => Ok(job),
            Some(broken) => Err(unreadable("its life cycle".to_owned(), broken.to_owned())),
        },
        Err(StoreError::Corrupt { what, found }) => Err(unreadable(what, found)),
        Err(other) => Err(other),
    }
}

fn read_fields(row: &Row, id: JobId) -> Result<Job, StoreError> {
    let total = row.optional_int("progress_total")?;
    Ok(Job {
        id,
        user: row.parse("user_id")?,
        kind: row.parse("kind")?,
        title: row.text("title")?,
        spec: row.json("spec")?,
        state: row.parse("state")?,
        attempts: row.count("attempts")?,
        restarts: row.count("restarts")?,
        cancel_requested: row.int("cancel_requested")? != 0,
        worker: row.optional_text("worker")?,
        lease_until: row.optional_time("lease_until")?,
        progress: Progress {
            done: row.count("progress_done")?,
            total: total.and_then(|total| u64::try_from(total).ok()),
            message: row.text("progress_message")?,
        },
        outcome: row.optional_json("outcome")?,
        reason: row.optional_text("reason")?,
        created_at: row.time("created_at")?,
        queued_at: row.time("queued_at")?,
        started_at: row.optional_time("started_at")?,
        finished_at: row.optional_time("finished_at")?,
    })
}

/// Returns a document as text, refused when it is longer than anything sensible.
pub(super) fn document(what: &'static str, value: &serde_json::Value) -> Result<String, StoreError> {
    let text = value.to_string();
    if text.len() > MAX_DOCUMENT {
        let reason = format!("has {} bytes; at most {MAX_DOCUMENT} are allowed", text.len());
        return Err(StoreError::invalid(what, reason));
    }
    Ok(text)
}

/// Counters are unsigned here and signed in SQL; beyond 2^63 nobody tells the difference.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Reads a job and keeps others from changing it until the transaction ends; of this owner only, if one is given.
pub(super) async fn lock(tx: &mut Tx, owner: Option<UserId>, id: JobId) -> Result<Option<Job>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs j WHERE j.id = $1 AND ($2 IS NULL OR j.user_id = $2){}",
        tx.locking(Locking::Wait)
    );
    let row = tx.row(sql, args![id, owner]).await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn write(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let outcome = job.outcome.as_ref().map(|outcome| document("outcome", outcome)).transpose()?;
    tx.run(
        "UPDATE jobs SET state = $2, attempts = $3, restarts = $4, cancel_requested = $5, worker = $6,
            lease_until = $7, progress_done = $8, progress_total = $9, progress_message = $10, outcome = $11,
            reason = $12, queued_at = $13, started_at = $14, finished_at = $15
         WHERE id = $1",
        args![
            job.id,
            job.state.as_str(),
            job.attempts,
            job.restarts,
            i64::from(job.cancel_requested),
            job.worker.clone(),
            job.lease_until.map(Timestamp::as_ms),
            signed(job.progress.done),
            job.progress.total.map(signed),
            &job.progress.message,
            outcome,
            job.reason.clone(),
            job.queued_at,
            job.started_at.map(Timestamp::as_ms),
            job.finished_at.map(Timestamp::as_ms),
        ],
    )
    .await?;
    Ok(())
}

/// Adds to a job's log what the queue itself did. The caller holds the job's row, which orders the entries.
pub(super) async fn log(
    tx: &mut Tx,
    job: JobId,
    level: Level,
    text: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO job_events (job_id, seq, at, level, text)
         SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4 FROM job_events WHERE job_id = $1",
        args![job, at, level.as_str(), clip(text, 2_000)],
    )
    .await?;
    Ok(())
}

/// Adds to a job's log what its worker says, within bounds.
pub(super) async fn log_from_worker(
    tx: &mut Tx,
    job: JobId,
    level: Level,
    text: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "SELECT COALESCE(MAX(seq), 0) AS last FROM job_events WHERE job_id = $1";
    let last: u32 = tx.row(sql, args![job]).await?.map_or(Ok(0), |row| row.count("last"))?;
    if last + 1 < MAX_EVENTS {
        return log(tx, job, level, text, at).await;
    }
    let sql = "SELECT seq FROM job_events WHERE job_id = $1 AND text = $2 LIMIT 1";
    if tx.row(sql, args![job, EVENTS_FULL]).await?.is_none() {
        log(tx, job, Level::Warning, EVENTS_FULL, at).await?;
    }
    Ok(())
}

fn read_event(row: &Row) -> Result<JobEvent, StoreError> {
    Ok(JobEvent {
        seq: row.count("seq")?,
        at: row.time("at")?,
        level: row.parse("level")?,
        text: row.text("text")?,
    })
}

/// Youngest first.
const ORDER: &str = "ORDER BY created_at DESC, id DESC LIMIT $2";

const NO_JOB: StoreError = StoreError::NotFound { what: "job" };

#[async_trait]
impl Jobs for SqlStore {
    async fn enqueue_job(&self, user: UserId, new: NewJob, now: Timestamp) -> Result<Job, StoreError> {
        check_line("job title", &new.title, 200)?;
        let spec = document("job spec", &new.spec)?;
        let id = JobId::from_uuid(Uuid::now_v7());
        let mut tx = self.db.write().await?;
        tx.run(
            "INSERT INTO jobs (id, user_id, kind, title, spec, state, attempts, restarts, cancel_requested,
                progress_done, progress_message, created_at, queued_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $7, $8, $9, $9)",
            args![id, user, new.kind.as_str(), new.title, spec, JobState::Queued.as_str(), 0_i64, "", now],
        )
        .await?;
        log(&mut tx, id, Level::Info, "queued", now).await?;
        let job = lock(&mut tx, Some(user), id).await?.ok_or(NO_JOB)?;
        tx.commit().await?;
        Ok(job)
    }

    async fn job(&self, user: UserId, job: JobId) -> Result<Job, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM jobs j WHERE j.id = $1 AND j.user_id = $2");
        let row = self.db.row(sql, args![job, user]).await?.ok_or(NO_JOB)?;
        read(&row)
    }

    async fn jobs(
        &self,
        user: UserId,
        filter: &JobFilter,
        limit: u32,
        before: Option<Cursor>,
    ) -> Result<Page<Job>, StoreError> {
        let limit = page_length(limit);
        let mut args = args![user, limit + 1];
        let mut conditions = String::new();
        if !filter.states.is_empty() {
            // Writing to a String cannot fail.
            let _ =
                write!(conditions, " AND j.state IN ({})", placeholders(args.len() + 1, filter.states.len()));
            args.extend(filter.states.iter().map(|state| Value::from(state.as_str())));
        }
        if let Some(Cursor { at, id }) = before {
            let _ = write!(conditions, " AND (j.created_at, j.id) < ({})", placeholders(args.len() + 1, 2));
            args.extend(args![at, id]);
        }
        let of = |kind: &str| {
            format!("SELECT {COLUMNS} FROM jobs j WHERE j.user_id = $1{kind}{conditions} {ORDER}")
        };
        let sql = if filter.kinds.is_empty() {
            of("")
        } else {
            // A list for each kind, which an index has in order, and then the first of all lists: one condition `kind IN (…)` would
            // look at every job of the user.
            let (first, kinds) = (args.len() + 1, filter.kinds.iter().collect::<BTreeSet<_>>());
            args.extend(kinds.into_iter().map(|kind| Value::from(kind.as_str())));
            let lists = (first..=args.len())
                .map(|at| format!("SELECT * FROM ({}) k", of(&format!(" AND j.kind = ${at}"))));
            let lists: Vec<String> = lists.collect();
            format!("SELECT * FROM ({}) j {ORDER}", lists.join(" UNION ALL "))
        };
        let rows = self.db.rows(sql, args).await?;
        let jobs = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Page::cut(jobs, limit, Job::cursor))
    }

    async fn cancel_job(&self, user: UserId, job: JobId, now: Timestamp) -> Result<Job, StoreError> {
        let mut tx = self.db.write().await?;
        let mut job = lock(&mut tx, Some(user), job).await?.ok_or(NO_JOB)?;
        if job.cancel_requested {
            return Ok(job);
        }
        if job.state == JobState::Running {
            job.cancel_requested = true;
            log(&mut tx, job.id, Level::Info, "its owner asked to stop it", now).await?;
        } else {
            job.end(JobTransition::Cancel, "cancelled by its owner", now)?;
            log(&mut tx, job.id, Level::Info, "cancelled by its owner", now).await?;
        }
        write(&mut tx, &job).await?;
        tx.commit().await?;
        Ok(job)
    }

    async fn retry_job(&self, user: UserId, job: JobId, now: Timestamp) -> Result<Job, StoreError> {
        let mut tx = self.db.write().await?;
        let mut job = lock(&mut tx, Some(user), job).await?.ok_or(NO_JOB)?;
        job.retry(now)?;
        write(&mut tx, &job).await?;
        log(&mut tx, job.id, Level::Info, "queued once more by its owner", now).await?;
        tx.commit().await?;
        Ok(job)
    }

    async fn delete_job(&self, user: UserId, job: JobId) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let job = lock(&mut tx, Some(user), job).await?.ok_or(NO_JOB)?;
        if !job.state.is_final() {
            let what = format!("a job that is {} cannot be deleted; cancel it first", job.state);
            // Its worker must not find it locked by a refusal.
            tx.roll_back().await?;
            return Err(StoreError::conflict(what));
        }
        tx.run("DELETE FROM jobs WHERE id = $1", args![job.id]).await?;
        tx.commit().await
    }

    async fn latest_job_events(
        &self,
        user: UserId,
        jobs: &[JobId],
        latest: u32,
    ) -> Result<BTreeMap<JobId, Vec<JobEvent>>, StoreError> {
        let mut found = BTreeMap::new();
        if jobs.is_empty() {
            return Ok(found);
        }
        let mut args = args![user, latest];
        let list = placeholders(3, jobs.len());
        args.extend(jobs.iter().map(|job| Value::from(*job)));
        // `NOT … <>` keeps SQLite from looking through all jobs of the user: those that are wanted are found by their ids.
        let sql = format!(
            "SELECT e.job_id, e.seq, e.at, e.level, e.text
             FROM (SELECT j.id, (SELECT MAX(seq) FROM job_events WHERE job_id = j.id) AS last
                   FROM jobs j WHERE NOT j.user_id <> $1 AND j.id IN ({list})) l
             JOIN job_events e ON e.job_id = l.id AND e.seq > l.last - $2
             ORDER BY e.job_id, e.seq"
        );
        for row in self.db.rows(sql, args).await? {
            found.entry(row.parse("job_id")?).or_insert_with(Vec::new).push(read_event(&row)?);
        }
        Ok(found)
    }

    async fn job_events(&self, user: UserId, job: JobId) -> Result<Vec<JobEvent>, StoreError> {
        // Every job has at least the entry of its queueing, so no rows means no such job of this user.
        let sql = "SELECT e.seq, e.at, e.level, e.text FROM job_events e JOIN jobs j ON j.id = e.job_id
                   WHERE j.id = $1 AND j.user_id = $2 ORDER BY e.seq";
        let rows = self.db.rows(sql, args![job, user]).await?;
        if rows.is_empty() {
            return Err(NO_JOB);
        }
        rows.iter().map(read_event).collect()
    }
}
