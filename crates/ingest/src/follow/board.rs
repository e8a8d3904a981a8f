//! How each followed channel stands, for whoever looks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use types::{SeriesKey, Timestamp};

/// What a channel is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// The past is being fetched.
    Filling,
    /// Candles are told as they close.
    Live,
    /// There is no stream (at the moment): the exchange is asked after each close.
    Polling,
    /// It cannot go on: the exchange cannot be reached or refuses, or the store does.
    Waiting {
        /// Why, in the words of the last error.
        reason: String,
        /// When it is tried again, by the exchange's clock.
        #[serde(default)]
        until: Option<Timestamp>,
    },
}

/// How a channel stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelStatus {
    /// What it is at.
    #[serde(flatten)]
    pub phase: Phase,
    /// Open time of the first candle that is neither stored nor known not to exist; nothing is known before the first answer.
    pub complete_until: Option<Timestamp>,
    /// When the stream last told anything about it, by the exchange's clock.
    pub heard: Option<Timestamp>,
    /// How often its connection was lost since it is followed.
    pub reconnects: u32,
    /// How many candles the stream did not tell and were asked for.
    pub fetched: u64,
    /// How many candles were stored since it is followed.
    pub stored: u64,
}

/// A place where followers show how their channels stand. Clones share it.
#[derive(Debug, Clone)]
pub struct Board(Arc<watch::Sender<BTreeMap<SeriesKey, ChannelStatus>>>);

impl Default for Board {
    fn default() -> Self {
        Self(Arc::new(watch::channel(BTreeMap::new()).0))
    }
}

impl Board {
    /// Returns how everything stands.
    pub fn look(&self) -> BTreeMap<SeriesKey, ChannelStatus> {
        self.0.borrow().clone()
    }

    /// Notices every change.
    pub fn changes(&self) -> watch::Receiver<BTreeMap<SeriesKey, ChannelStatus>> {
        self.0.subscribe()
    }

    pub(crate) fn show(&self, statuses: impl IntoIterator<Item = (SeriesKey, Option<ChannelStatus>)>) {
        self.0.send_if_modified(|board| {
            let mut changed = false;
            for (key, status) in statuses {
                changed |= match status {
                    Some(status) => board.insert(key, status.clone()).as_ref() != Some(&status),
                    None => board.remove(&key).is_some(),
                };
            }
            changed
        });
    }
}
