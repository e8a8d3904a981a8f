//! What one request may use: the shared house, and the session it came with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ingest::Published;
use store::{Job, Store};
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;

use super::heavy::Turns;
use super::per_user::PerUser;
use super::places::Places;
use super::quality_view::SeriesQuality;
use super::series_cache::SeriesCache;
use super::series_view::SeriesFacts;
use super::windows::HotWindows;
use crate::fan_out::FanOut;
use crate::jobs::News;
use crate::wiring::House;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Candles, exchanges, configuration.
    pub(crate) house: House,
    /// Application state.
    pub(crate) store: Arc<dyn Store>,
    /// Wakes the job queue's worker.
    pub(crate) bell: Arc<Notify>,
    /// Wakes the followers.
    pub(crate) follow_bell: Arc<Notify>,
    /// Hands out candles as they happen, in whichever process.
    pub(crate) candles: broadcast::Sender<Published>,
    /// Carries what happens to jobs, results and series, in whichever process.
    pub(crate) news: FanOut<News>,
    /// Turns at costly requests.
    pub(crate) turns: Turns,
    /// Streams of events that each user may have open.
    pub(crate) streams: PerUser,
    /// Uploads that each user may have under way.
    pub(crate) uploading: PerUser,
    /// Ends what would last as long as somebody looks.
    pub(crate) closing: CancellationToken,
    /// Keeps paths of the server out of what users read.
    pub(crate) places: Places,
    /// Where uploads wait for their import.
    pub(crate) uploads: PathBuf,
    /// What pages show of series, until they change.
    pub(crate) series_facts: SeriesCache<SeriesFacts>,
    /// How far series can be trusted, until they change.
    pub(crate) series_quality: SeriesCache<SeriesQuality>,
    /// Windows of candles that somebody looked at a moment ago.
    pub(crate) windows: HotWindows,
}

impl Shared {
    /// Wakes the worker for a job that was queued, and tells its owner's other pages.
    pub(crate) fn queued(&self, job: &Job) {
        self.bell.notify_one();
        self.tell(News::turn(job));
    }

    /// Tells open pages that something happened.
    pub(crate) fn tell(&self, news: News) {
        // Nobody looks: that is fine.
        drop(self.news.told.send(news));
    }
}

/// The services of one request.
#[derive(Debug, Clone)]
pub(crate) struct RequestServices {
    pub(super) shared: Arc<Shared>,
    pub(super) session: Session,
    /// Where the request came from, for the sign-in throttle.
    pub(super) address: String,
    /// What the browser calls itself, for the list of login sessions.
    pub(super) agent: String,
}

impl RequestServices {
    pub(crate) fn new(shared: Arc<Shared>, session: Session, address: Option<SocketAddr>) -> Self {
        let address = address.map_or_else(|| "unknown".to_owned(), |address| address.ip().to_string());
        Self { shared, session, address, agent: String::new() }
    }

    /// Adds what the browser calls itself.
    pub(crate) fn with_agent(self, agent: &str) -> Self {
        Self { agent: agent.to_owned(), ..self }
    }
}
