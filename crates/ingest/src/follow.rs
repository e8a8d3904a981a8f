//! Following an exchange: what is subscribed to is filled up, then kept current as candles close.
//!
//! Invariants: a candle from the stream is stored only when everything before it is stored or known not to exist; after a break, a
//! missed closing or a hole the exchange is asked first; nothing is asked while the exchange wants to be left alone; each event is
//! told to the watch once. One follower serves one exchange, whatever the number of subscribers.

mod board;
mod desk;
mod event;
mod pause;
mod policy;
mod series;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use exchanges::{Channel, Exchange};
use market_data::CandleStore;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use types::{Candle, SeriesKey, Timestamp};

pub use board::{Board, ChannelStatus, Phase};
pub use event::{FollowEvent, FollowWatch, LogFollowWatch};
pub use policy::FollowPolicy;

/// A candle as it happens, for those who look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its series.
    pub key: SeriesKey,
    /// Its values.
    pub candle: Candle,
    /// Whether it has closed and is stored.
    pub is_closed: bool,
}

/// Follows one exchange.
#[derive(Debug)]
pub struct Follower {
    /// The exchange.
    pub exchange: Arc<dyn Exchange>,
    /// Where candles are kept.
    pub store: Arc<dyn CandleStore>,
    /// How it goes about it.
    pub policy: FollowPolicy,
    /// What to follow, and from when on it is to be complete.
    pub wanted: watch::Receiver<BTreeMap<Channel, Timestamp>>,
    /// Is told what happens.
    pub watch: Arc<dyn FollowWatch>,
    /// Shows how each channel stands.
    pub board: Board,
    /// Takes candles as they happen.
    pub published: broadcast::Sender<Published>,
}

impl Follower {
    /// Follows until cancelled; what has been told by then is stored.
    pub async fn run(self, cancel: CancellationToken) {
        desk::Desk::new(self, cancel).run().await;
    }
}
