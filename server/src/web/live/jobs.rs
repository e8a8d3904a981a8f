//! What happens to the reader's jobs and results and to stored series (`/api/live/jobs`).
//!
//! Invariants: a connection begins with the present state of the reader's jobs, and what is told after it happened after it; whoever was
//! too slow to hear everything is told the present state again; so is whoever could not hear it at all, because it happened in a process
//! that shares nothing but the database with this one.

use std::sync::Arc;
use std::time::Duration;

use app::events::{Event, MOST_JOBS};
use app::jobs::model::{JobNewsView, JobState};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tower_sessions::Session;
use types::{JobId, UserId};

use super::{Listener, events};
use crate::jobs::News;
use crate::services::{RequestServices, Shared, event};
use crate::wiring::now;

/// How often the store is compared with what was told.
const COMPARE: Duration = Duration::from_secs(15);

/// Somebody who listens.
struct Listening {
    services: RequestServices,
    user: UserId,
    news: broadcast::Receiver<News>,
    compare: Interval,
    /// How the jobs stood by what was told last.
    told: Vec<JobNewsView>,
    is_behind: bool,
}

/// Streams what happens to what the signed-in user sees.
pub(in crate::web) async fn live_jobs(State(shared): State<Arc<Shared>>, session: Session) -> Response {
    // Before the present state is read, so that nothing falls between the two.
    let news = shared.news.published.subscribe();
    let listener = match Listener::admit(&shared, session).await {
        Ok(listener) => listener,
        Err(refused) => return refused.into_response(),
    };
    let mut compare = interval(COMPARE);
    compare.set_missed_tick_behavior(MissedTickBehavior::Delay);
    compare.reset();
    let (services, user) = (listener.services.clone(), listener.user.id);
    let listening = Listening { services, user, news, compare, told: Vec::new(), is_behind: true };
    let told = stream::unfold(listening, |mut listening| async move {
        let told = listening.next().await;
        Some((told, listening))
    });
    events(told, listener, &shared)
}

impl Listening {
    async fn next(&mut self) -> Event {
        loop {
            if std::mem::take(&mut self.is_behind)
                && let Some(jobs) = self.present().await
            {
                self.told.clone_from(&jobs);
                return Event::Jobs { jobs };
            }
            tokio::select! {
                news = self.news.recv() => match news {
                    Ok(news) if news.is_for(self.user) => {
                        if let Some(event) = event(news.what, now()) {
                            self.remember(&event);
                            return event;
                        }
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.is_behind = true,
                    Err(RecvError::Closed) => std::future::pending().await,
                },
                _ = self.compare.tick() => {
                    if let Some(jobs) = self.present().await
                        && states(&jobs) != states(&self.told)
                    {
                        self.told.clone_from(&jobs);
                        return Event::Jobs { jobs };
                    }
                }
            }
        }
    }

    /// Reads how the jobs stand; a store that does not answer is asked again at the next comparison.
    async fn present(&self) -> Option<Vec<JobNewsView>> {
        self.services.present_jobs(self.user).await.ok()
    }

    fn remember(&mut self, event: &Event) {
        match event {
            Event::Job(news) => {
                if let Some(told) = self.told.iter_mut().find(|told| told.id == news.id) {
                    told.clone_from(news);
                } else {
                    self.told.insert(0, news.clone());
                    self.told.truncate(MOST_JOBS as usize);
                }
            }
            Event::JobDeleted { id } => self.told.retain(|told| told.id != *id),
            Event::Jobs { .. }
            | Event::Series { .. }
            | Event::Result { .. }
            | Event::Subscriptions { .. } => {}
        }
    }
}

/// What pages must not miss: which jobs there are and where each stands.
fn states(jobs: &[JobNewsView]) -> Vec<(JobId, JobState)> {
    jobs.iter().map(|job| (job.id, job.state)).collect()
}
