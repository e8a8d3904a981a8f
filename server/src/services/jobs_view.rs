//! The user's jobs as pages show them.

use app::AppError;
use app::events::{Event, MOST_JOBS};
use app::jobs::model::{
    JobFilter, JobKind, JobNewsView, JobState, JobView, NoticeLevel, NoticeView, ProgressView,
};
use store::{Job, JobEvent, Level, Progress};
use types::{JobId, Timestamp, UserId};

use super::errors::from_store;
use super::request::RequestServices;
use crate::jobs::{JobNews, News, What};
use crate::wiring::now;

/// Lines of a job's log that a list shows.
const NOTICES: u32 = 30;

impl RequestServices {
    pub(super) async fn my_jobs(&self, filter: JobFilter) -> Result<Vec<JobView>, AppError> {
        let user = self.signed_in().await?;
        let filter_in_store = store::JobFilter {
            kinds: filter.kinds.into_iter().map(kind_in_store).collect(),
            states: Vec::new(),
        };
        let page = self
            .shared
            .store
            .jobs(user.id, &filter_in_store, filter.limit.max(1), None)
            .await
            .map_err(from_store)?;
        let ids: Vec<JobId> = page.items.iter().map(|job| job.id).collect();
        let mut logs =
            self.shared.store.latest_job_events(user.id, &ids, NOTICES).await.map_err(from_store)?;
        let view = |job: Job| self.job_view(&job, logs.remove(&job.id).unwrap_or_default());
        Ok(page.items.into_iter().map(view).collect())
    }

    /// Returns how the user's latest jobs stand.
    pub(crate) async fn present_jobs(&self, user: UserId) -> Result<Vec<JobNewsView>, AppError> {
        let page = self.shared.store.jobs(user, &store::JobFilter::default(), MOST_JOBS, None).await;
        let jobs = page.map_err(from_store)?.items;
        Ok(jobs.iter().map(|job| job_news(JobNews::of(job), now())).collect())
    }

    pub(super) async fn my_job(&self, id: JobId) -> Result<JobView, AppError> {
        let user = self.signed_in().await?;
        let job = self.shared.store.job(user.id, id).await.map_err(from_store)?;
        let mut logs =
            self.shared.store.latest_job_events(user.id, &[id], NOTICES).await.map_err(from_store)?;
        Ok(self.job_view(&job, logs.remove(&id).unwrap_or_default()))
    }

    pub(super) async fn cancel(&self, id: JobId) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        let job = self.shared.store.cancel_job(user.id, id, now()).await.map_err(from_store)?;
        self.shared.tell(News::turn(&job));
        Ok(())
    }

    pub(super) async fn retry(&self, id: JobId) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        let job = self.shared.store.retry_job(user.id, id, now()).await.map_err(from_store)?;
        self.shared.queued(&job);
        Ok(())
    }

    pub(super) async fn forget_job(&self, id: JobId) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        let job = self.shared.store.job(user.id, id).await.map_err(from_store)?;
        self.shared.store.delete_job(user.id, id).await.map_err(from_store)?;
        self.shared.tell(News::of(user.id, What::JobDeleted(id)));
        // A failed import kept its files for a retry, which there will not be.
        if let Ok(work) = serde_json::from_value::<crate::jobs::ImportJob>(job.spec)
            && work.folder.starts_with(&self.shared.uploads)
            && work.folder.exists()
        {
            crate::jobs::delete_uploads(&work.folder);
        }
        Ok(())
    }

    fn job_view(&self, job: &Job, log: Vec<JobEvent>) -> JobView {
        let running_since = job.started_at.filter(|_| job.state == store::JobState::Running);
        let places = &self.shared.places;
        let notice = |event: JobEvent| notice(JobEvent { text: places.hide(&event.text), ..event });
        JobView {
            link: link(job),
            outcome: outcome(job),
            refused: refused(job),
            id: job.id,
            kind: kind(job.kind),
            title: job.title.clone(),
            state: state(job.state),
            progress: progress(job.progress.clone(), running_since, now()),
            is_cancelling: job.cancel_requested,
            created_ms: job.created_at.as_ms(),
            started_ms: job.started_at.map(types::Timestamp::as_ms),
            finished_ms: job.finished_at.map(types::Timestamp::as_ms),
            reason: job.reason.as_deref().map(|reason| places.hide(reason)),
            // What it ended with stands above its log.
            notices: log
                .into_iter()
                .filter(|event| job.reason.as_ref() != Some(&event.text))
                .map(notice)
                .collect(),
        }
    }
}

/// Returns news as pages take it; `None` for what is not for pages.
pub(crate) fn event(news: What, now: Timestamp) -> Option<Event> {
    Some(match news {
        What::Job(news) => Event::Job(job_news(news, now)),
        What::JobDeleted(id) => Event::JobDeleted { id },
        What::Series(key) => Event::Series { id: key.to_string() },
        What::Result(id) => Event::Result { id },
        What::Subscription(key) => Event::Subscriptions { id: key.to_string() },
        What::LoginSessions => return None,
    })
}

fn job_news(news: JobNews, now: Timestamp) -> JobNewsView {
    let JobNews { job, started_at, is_turn, .. } = news;
    let running_since = started_at.filter(|_| news.state == store::JobState::Running);
    JobNewsView {
        id: job,
        state: state(news.state),
        progress: progress(news.progress, running_since, now),
        is_turn,
    }
}

/// How far a job is; with its pace where it is running since `started`.
fn progress(progress: Progress, started: Option<Timestamp>, now: Timestamp) -> ProgressView {
    let pace = started.and_then(|started| pace(&progress, now.ms_since(started)));
    let Progress { done, total, message } = progress;
    ProgressView {
        done,
        total,
        message,
        per_second: pace.map(|pace| pace.0),
        left_ms: pace.map(|pace| pace.1),
    }
}

/// How many units a second were done in this time, and how many milliseconds there are to go at that rate.
fn pace(progress: &Progress, elapsed_ms: i64) -> Option<(f64, i64)> {
    let total = progress.total?;
    if elapsed_ms < 2000 || progress.done == 0 {
        return None;
    }
    let left = i64::try_from(total.saturating_sub(progress.done)).ok()?;
    let done = i64::try_from(progress.done).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let per_second = done as f64 * 1000.0 / elapsed_ms as f64;
    Some((per_second, elapsed_ms.saturating_mul(left) / done))
}

/// The page of the first run that a backtest made.
fn link(job: &Job) -> Option<String> {
    let run = job.outcome.as_ref()?.get("runs")?.get(0)?.as_str()?;
    Some(format!("/backtests/{run}"))
}

/// What came out, as the work itself says it.
fn outcome(job: &Job) -> Option<String> {
    let outcome = job.outcome.as_ref()?;
    match job.kind {
        store::JobKind::Backtest => Some("The result is ready.".to_owned()),
        store::JobKind::Import | store::JobKind::Ingest | store::JobKind::Repair => {
            outcome.get("summary")?.as_str().map(str::to_owned)
        }
    }
}

/// Rows of a file or of an exchange's answers that were not taken.
fn refused(job: &Job) -> u64 {
    let Some(outcome) = &job.outcome else { return 0 };
    match job.kind {
        store::JobKind::Import => {
            let counts = outcome.pointer("/refusals/counts").and_then(serde_json::Value::as_object);
            counts.map_or(0, |counts| counts.values().filter_map(serde_json::Value::as_u64).sum())
        }
        store::JobKind::Ingest | store::JobKind::Repair => {
            let groups = outcome.get("refused").and_then(serde_json::Value::as_array);
            groups.into_iter().flatten().filter_map(|group| group.get("rows")?.as_u64()).sum()
        }
        store::JobKind::Backtest => 0,
    }
}

fn notice(event: JobEvent) -> NoticeView {
    let level = match event.level {
        Level::Info => NoticeLevel::Info,
        Level::Warning => NoticeLevel::Warning,
        Level::Error => NoticeLevel::Error,
    };
    NoticeView { at_ms: event.at.as_ms(), level, text: event.text }
}

const fn kind(kind: store::JobKind) -> JobKind {
    match kind {
        store::JobKind::Import => JobKind::Import,
        store::JobKind::Ingest => JobKind::Ingest,
        store::JobKind::Repair => JobKind::Repair,
        store::JobKind::Backtest => JobKind::Backtest,
    }
}

const fn kind_in_store(kind: JobKind) -> store::JobKind {
    match kind {
        JobKind::Import => store::JobKind::Import,
        JobKind::Ingest => store::JobKind::Ingest,
        JobKind::Repair => store::JobKind::Repair,
        JobKind::Backtest => store::JobKind::Backtest,
    }
}

const fn state(state: store::JobState) -> JobState {
    match state {
        store::JobState::Queued => JobState::Queued,
        store::JobState::Running => JobState::Running,
        store::JobState::Done => JobState::Done,
        store::JobState::Failed => JobState::Failed,
        store::JobState::Cancelled => JobState::Cancelled,
        store::JobState::Interrupted => JobState::Interrupted,
    }
}
