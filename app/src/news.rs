//! What an open tab hears of the server (`events.rs`): one stream for the tab, open while somebody looks at it.
//!
//! A message says that something changed; a page asks for what it shows. Counts change with every such message, so that effects and
//! [`crate::live::Live`] can follow them. A tab that is hidden holds no connection: a browser has six of them for all tabs together.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use types::JobId;

use crate::answer::Answer;
use crate::browser::{self, EventStream};
use crate::events::Event;
use crate::jobs::model::{JobNewsView, ProgressView};

/// Where the server tells what happens.
const STREAM: &str = "/api/live/jobs";

/// What was heard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News {
    /// How the latest jobs stand.
    told: RwSignal<BTreeMap<JobId, JobNewsView>>,
    jobs: RwSignal<u64>,
    series: RwSignal<u64>,
    results: RwSignal<u64>,
    subscriptions: RwSignal<u64>,
    /// How often the stream was connected.
    connections: RwSignal<u64>,
    is_open: RwSignal<bool>,
}

/// Provides the news of this tab; nothing is heard before [`News::listen`].
pub(crate) fn provide_news() {
    provide_context(News::silent());
}

/// Returns the news of this tab.
pub(crate) fn use_news() -> News {
    use_context().unwrap_or_else(News::silent)
}

impl News {
    fn silent() -> Self {
        Self {
            told: RwSignal::default(),
            jobs: RwSignal::default(),
            series: RwSignal::default(),
            results: RwSignal::default(),
            subscriptions: RwSignal::default(),
            connections: RwSignal::default(),
            is_open: RwSignal::default(),
        }
    }

    /// Listens as long as the caller's view is there and the tab is visible. Only for the signed-in: others are refused.
    pub(crate) fn listen(self) {
        let is_visible = browser::visibility();
        // The stream is the effect's own value: it exists in browsers only, and ends with the view.
        Effect::new(move |stream: Option<Option<EventStream>>| {
            if is_visible.get() {
                stream
                    .flatten()
                    .or_else(|| EventStream::open(STREAM, move |event| self.hear(event), self.is_open))
            } else {
                self.is_open.set(false);
                None
            }
        });
        Effect::new(move |_| {
            if !self.is_open.get() {
                // What is heard no more grows old: the pages' own answers are newer.
                self.told.set(BTreeMap::new());
            }
        });
    }

    fn hear(self, event: Event) {
        let count = |count: RwSignal<u64>| {
            count.try_update(|count| *count += 1);
        };
        match event {
            Event::Jobs { jobs } => {
                self.told.try_set(jobs.into_iter().map(|job| (job.id, job)).collect());
                count(self.connections);
            }
            Event::Job(job) => {
                let is_turn = job.is_turn;
                self.told.try_update(|told| told.insert(job.id, job));
                if is_turn {
                    count(self.jobs);
                }
            }
            Event::JobDeleted { id } => {
                self.told.try_update(|told| told.remove(&id));
                count(self.jobs);
            }
            Event::Series { .. } => count(self.series),
            Event::Result { .. } => count(self.results),
            Event::Subscriptions { .. } => count(self.subscriptions),
        }
    }

    /// Returns how far a job is, if that was told.
    pub(crate) fn progress(self, id: JobId) -> Option<ProgressView> {
        self.told.with(|told| told.get(&id).map(|job| job.progress.clone()))
    }

    /// Returns how the latest jobs stand, as far as that was told.
    pub(crate) fn told(self) -> Signal<BTreeMap<JobId, JobNewsView>> {
        self.told.into()
    }

    /// Returns whether the server tells what happens at the moment.
    pub(crate) fn is_open(self) -> Signal<bool> {
        self.is_open.into()
    }

    /// Changes with every connection: how jobs stand has been told then.
    pub(crate) fn connections(self) -> Signal<u64> {
        self.connections.into()
    }

    /// Changes when jobs do, and when a connection was lost for a while: something may have been missed.
    pub(crate) fn jobs(self) -> Signal<u64> {
        self.with_gaps(self.jobs)
    }

    /// Changes when stored series do, and when a connection was lost for a while.
    pub(crate) fn series(self) -> Signal<u64> {
        self.with_gaps(self.series)
    }

    /// Changes when the user's results do, and when a connection was lost for a while.
    pub(crate) fn results(self) -> Signal<u64> {
        self.with_gaps(self.results)
    }

    /// Changes when the user's live subscriptions do, and when a connection was lost for a while.
    pub(crate) fn subscriptions(self) -> Signal<u64> {
        self.with_gaps(self.subscriptions)
    }

    /// The first connection follows the page's own answers at once: there is nothing to make up for.
    fn with_gaps(self, count: RwSignal<u64>) -> Signal<u64> {
        Signal::derive(move || count.get() + self.connections.get().saturating_sub(1))
    }
}

/// Fetches a resource again whenever one of these counts changes. For pages without forms: their rows are made anew.
pub(crate) fn refetch_on<T>(resource: Answer<T>, counts: impl IntoIterator<Item = Signal<u64>>)
where
    T: Send + Sync + Clone + Serialize + DeserializeOwned + 'static,
{
    let counts: Vec<Signal<u64>> = counts.into_iter().collect();
    Effect::new(move |before: Option<u64>| {
        let now = counts.iter().map(Signal::get).sum();
        if before.is_some_and(|before| before != now) {
            resource.refetch();
        }
        now
    });
}
