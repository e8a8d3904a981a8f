//! What happens to jobs, results and series, for those who look at them.

use serde::{Deserialize, Serialize};
use store::{Job, JobKind, JobState, Progress};
use tokio::sync::broadcast;
use types::{JobId, RunId, SeriesKey, Timestamp, UserId};

/// Something that happened, and who is to hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct News {
    /// Whose it is; nobody else hears of it. `None` is for everybody: candles are shared.
    pub(crate) user: Option<UserId>,
    /// What happened.
    pub(crate) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// A job is new, further on or in another state.
    Job(JobNews),
    /// A job was deleted.
    JobDeleted(JobId),
    /// A stored series is new, changed or gone.
    Series(SeriesKey),
    /// A result is new or gone.
    Result(RunId),
    /// A subscription was made or ended.
    Subscription(SeriesKey),
    /// Login sessions of the user were ended, so that their streams end too; no page is told.
    LoginSessions,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JobNews {
    /// The job.
    pub(crate) job: JobId,
    /// Where it stands.
    pub(crate) state: JobState,
    /// When the attempt began.
    pub(crate) started_at: Option<Timestamp>,
    /// How far it is.
    pub(crate) progress: Progress,
    /// Whether more than its progress is new: its state or its log, which the store has.
    pub(crate) is_turn: bool,
}

impl News {
    /// Says that a job is in another state than before.
    pub(crate) fn turn(job: &Job) -> Self {
        Self::of(job.user, What::Job(JobNews { is_turn: true, ..JobNews::of(job) }))
    }

    /// Says something to one user.
    pub(crate) const fn of(user: UserId, what: What) -> Self {
        Self { user: Some(user), what }
    }

    /// Says something to everybody.
    pub(crate) const fn to_all(what: What) -> Self {
        Self { user: None, what }
    }

    /// Returns whether a user is to hear it.
    pub(crate) fn is_for(&self, user: UserId) -> bool {
        self.user.is_none_or(|of| of == user)
    }
}

impl JobNews {
    /// Returns how a job stands by its record.
    pub(crate) fn of(job: &Job) -> Self {
        Self {
            job: job.id,
            state: job.state,
            started_at: job.started_at,
            progress: job.progress.clone(),
            is_turn: false,
        }
    }
}

/// Returns what an ended job leaves for others to see: the results it made, the series it wrote to.
pub(super) fn left_behind(job: &Job) -> Vec<News> {
    match job.kind {
        JobKind::Backtest => {
            let runs = job.outcome.as_ref().and_then(|outcome| outcome.get("runs")?.as_array());
            let ids = runs.into_iter().flatten().filter_map(|run| run.as_str()?.parse().ok());
            ids.map(|run| News::of(job.user, What::Result(run))).collect()
        }
        // One that failed or was stopped halfway has stored what had arrived.
        JobKind::Import | JobKind::Ingest | JobKind::Repair => {
            let series = job.spec.get("series").cloned().and_then(|key| serde_json::from_value(key).ok());
            series.map(|key| News::to_all(What::Series(key))).into_iter().collect()
        }
    }
}

/// Tells how one job goes on.
#[derive(Debug)]
pub(super) struct Teller {
    user: UserId,
    last: JobNews,
    told: broadcast::Sender<News>,
}

impl Teller {
    pub(super) fn new(job: &Job, told: broadcast::Sender<News>) -> Self {
        Self { user: job.user, last: JobNews::of(job), told }
    }

    /// Tells the progress if it is another one than before, or if there is more to look at.
    pub(super) fn tell(&mut self, progress: Progress, is_turn: bool) {
        if !is_turn && progress == self.last.progress {
            return;
        }
        self.last.progress = progress;
        self.send(News::of(self.user, What::Job(JobNews { is_turn, ..self.last.clone() })));
    }

    /// Tells how the job ended, and what it leaves behind.
    pub(super) fn end(&self, job: &Job) {
        self.send(News::turn(job));
        for news in left_behind(job) {
            self.send(news);
        }
    }

    fn send(&self, news: News) {
        // Nobody looks: that is fine.
        drop(self.told.send(news));
    }
}
