//! Keeps what pages show of jobs current: the server tells how they go on, and in case it does not, it is asked now and then.

use std::collections::BTreeMap;
use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use types::JobId;

use super::model::{JobNewsView, JobView, ProgressView};
use crate::browser::{self, EventStream};
use crate::error::AppError;
use crate::events::Event;

/// Where the server tells how the user's jobs go on.
const STREAM: &str = "/api/live/jobs";
/// How often to ask while jobs are under way: when nothing is told, and in case that something was not.
const ASK: Duration = Duration::from_secs(1);
const ASK_ANYWAY: Duration = Duration::from_secs(10);
/// How often to ask a server that does not answer, so that one that restarts is found again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// How far jobs are by the latest that was told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told(RwSignal<BTreeMap<JobId, ProgressView>>);

impl Told {
    /// Returns how far a job is, if that was told since it was last asked for.
    pub(super) fn get(self, id: JobId) -> Option<ProgressView> {
        self.0.with(|told| told.get(&id).cloned())
    }
}

/// Keeps a resource current as long as jobs in it are under way.
pub(crate) fn keep_current<T>(resource: Resource<Result<T, AppError>>, jobs_in: fn(&T) -> &[JobView])
where
    T: Send + Sync + Clone + Serialize + DeserializeOwned + 'static,
{
    let told = RwSignal::new(BTreeMap::new());
    provide_context(Told(told));
    let is_told = RwSignal::new(false);
    // The stream is the effect's own value: it exists in browsers only, and ends with the page.
    Effect::new(move |stream: Option<Option<EventStream>>| {
        let stream = stream.flatten();
        let is_active = resource.with(|answer| {
            answer.as_ref().and_then(|answer| answer.as_ref().ok()).map(|answer| any_active(jobs_in(answer)))
        });
        match is_active {
            Some(true) => stream.or_else(|| {
                let on_event = move |event: Event| match event {
                    Event::Jobs { jobs } => {
                        let shown = resource.get_untracked().and_then(Result::ok);
                        if shown.is_none_or(|shown| is_behind(jobs_in(&shown), &jobs)) {
                            told.set(BTreeMap::new());
                            resource.refetch();
                        } else {
                            told.set(jobs.into_iter().map(|job| (job.id, job.progress)).collect());
                        }
                    }
                    Event::Job(news) if !news.is_turn => {
                        told.update(|told| drop(told.insert(news.id, news.progress)));
                    }
                    Event::Job(JobNewsView { id, .. }) | Event::JobDeleted { id } => {
                        told.update(|told| drop(told.remove(&id)));
                        resource.refetch();
                    }
                    Event::Series { .. } | Event::Result { .. } | Event::Subscriptions { .. } => {}
                };
                EventStream::open(STREAM, on_event, is_told)
            }),
            Some(false) => {
                is_told.set(false);
                None
            }
            None => stream,
        }
    });
    browser::refetch_after(resource, move |answer| match answer {
        Ok(answer) => any_active(jobs_in(answer)).then(|| if is_told.get() { ASK_ANYWAY } else { ASK }),
        Err(AppError::Unavailable { .. }) => Some(ASK_AGAIN),
        Err(_) => None,
    });
}

/// Returns whether a job that is shown is in another state by now, or a newer one is not shown.
fn is_behind(shown: &[JobView], present: &[JobNewsView]) -> bool {
    let has_moved = |job: &JobView| present.iter().any(|now| now.id == job.id && now.state != job.state);
    let is_missing = |now: &JobNewsView| now.state.is_active() && shown.iter().all(|job| job.id != now.id);
    shown.iter().any(has_moved) || present.iter().any(is_missing)
}

fn any_active(jobs: &[JobView]) -> bool {
    jobs.iter().any(|job| job.state.is_active())
}
