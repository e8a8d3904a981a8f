//! Keeps what pages show of jobs current: the server tells how they go on, and in case it does not, it is asked now and then.

use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::api::jobs;
use super::model::{JobKind, JobNewsView, JobView};
use crate::answer::Answer;
use crate::browser;
use crate::error::AppError;
use crate::live::Live;
use crate::news::{News, refetch_on, use_news};

/// How often to ask while jobs are under way: when nothing is told, and in case that something was not.
const ASK: Duration = Duration::from_secs(1);
const ASK_ANYWAY: Duration = Duration::from_secs(10);
/// How often to ask a server that does not answer, so that one that restarts is found again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Keeps a list of jobs of some kinds current.
pub(crate) fn live_jobs(first: Vec<JobView>, kinds: &'static [JobKind], limit: u32) -> Live<Vec<JobView>> {
    let news = use_news();
    let live = Live::new(first, move || jobs(kinds.to_vec(), limit)).on(news.jobs());
    let latest = live.latest();
    on_behind(
        news,
        move || latest.try_with_untracked(|jobs| is_behind(jobs, news)) == Some(true),
        live.refresher(),
    );
    live.every(move |jobs| wait(jobs, news))
}

/// Keeps a resource of a page without forms current, as long as the page is there.
pub(crate) fn keep_current<T>(resource: Answer<T>, jobs_in: fn(&T) -> &[JobView])
where
    T: Send + Sync + Clone + Serialize + DeserializeOwned + 'static,
{
    let news = use_news();
    refetch_on(resource, [news.jobs()]);
    let shows_old = move || {
        let shown = resource.try_with_untracked(|answer| match answer {
            Some(Ok(answer)) => is_behind(jobs_in(answer), news),
            _ => false,
        });
        shown == Some(true)
    };
    on_behind(news, shows_old, Callback::new(move |()| resource.refetch()));
    browser::refetch_after(resource, move |answer| match answer {
        Ok(answer) => wait(jobs_in(answer), news),
        Err(AppError::Unavailable { .. }) => Some(ASK_AGAIN),
        Err(_) => None,
    });
}

/// Asks when a connection begins and what is shown is older than what it tells: a job may have ended before somebody listened.
fn on_behind(news: News, shows_old: impl Fn() -> bool + 'static, ask: Callback<()>) {
    let connections = news.connections();
    Effect::new(move |_| {
        if connections.get() > 0 && shows_old() {
            ask.try_run(());
        }
    });
}

/// Returns how long to wait before asking again, as long as a job is under way.
fn wait(jobs: &[JobView], news: News) -> Option<Duration> {
    let is_told = news.is_open().get();
    jobs.iter().any(|job| job.state.is_active()).then_some(if is_told { ASK_ANYWAY } else { ASK })
}

/// Returns whether a job that is shown is in another state by now, or a newer one is not shown.
fn is_behind(shown: &[JobView], news: News) -> bool {
    news.told().with_untracked(|told| {
        let has_moved = |job: &JobView| told.get(&job.id).is_some_and(|now| now.state != job.state);
        let is_missing =
            |now: &JobNewsView| now.state.is_active() && shown.iter().all(|job| job.id != now.id);
        shown.iter().any(has_moved) || told.values().any(is_missing)
    })
}
