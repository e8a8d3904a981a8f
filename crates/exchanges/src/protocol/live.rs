//! Candles as they happen: what a live feed tells, whatever carries it.
//!
//! Invariants: a candle that is called closed was called closed by the exchange and has passed [`Candle::check`]; a feed is one
//! connection and never reconnects by itself, so that whoever listens knows of every break; dropping it ends the connection.
//! A feed promises nothing about completeness: closings can be missed, late, repeated or out of order.

use std::collections::BTreeSet;
use std::fmt::{self, Debug};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use types::{Candle, CandleFault, Interval, Symbol, Timestamp};

/// One pair at one candle length.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// The traded pair.
    pub symbol: Symbol,
    /// The length of a candle.
    pub interval: Interval,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.symbol, self.interval)
    }
}

/// Something a feed tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEvent {
    /// The exchange confirmed that it sends these from now on.
    Listening(Vec<Channel>),
    /// A candle closed for good.
    Closed(Channel, Candle),
    /// The unfinished candle as it stands: to be shown, never to be stored.
    Forming(Channel, Candle),
    /// A candle that cannot be true was left out.
    Refused(Channel, Timestamp, CandleFault),
    /// The exchange is about to end the connection: open another one now.
    Ending(String),
}

/// Why a feed is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FeedEnd(pub String);

/// One connection that carries live candles.
#[async_trait]
pub trait LiveFeed: Send + Debug {
    /// Sets what is to be sent from now on; [`LiveFeed::next`] carries it out at the pace that the exchange allows.
    fn want(&mut self, channels: &BTreeSet<Channel>);

    /// Waits for the next event. May be dropped and called again without losing one.
    ///
    /// # Errors
    /// [`FeedEnd`] when the connection is over; every later call says so as well.
    async fn next(&mut self) -> Result<LiveEvent, FeedEnd>;
}

/// What an exchange serves, and how much at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// The candle lengths it publishes, finest first.
    pub intervals: &'static [Interval],
    /// Most candles on one page of history.
    pub page_rows: usize,
    /// What a page costs of the minute's request weight.
    pub page_weight: u32,
    /// Its live candles; `None` where candles can only be asked for.
    pub live: Option<LiveOffer>,
}

/// How many live candles an exchange sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LiveOffer {
    /// Most channels on one connection.
    pub channels_per_connection: usize,
    /// The candle lengths it sends, finest first.
    pub intervals: &'static [Interval],
}
