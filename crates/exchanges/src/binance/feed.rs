//! One connection to Binance's kline streams.
//!
//! Invariants: subscriptions go out a hundred names at a time and four messages a second (five cut the connection); channels are
//! called listened to only once the exchange confirmed them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use super::wire::{Frame, read_frame};
use crate::protocol::{Channel, FeedEnd, LiveEvent, LiveFeed};
use crate::socket::{Manners, Socket};
use crate::transport::Transport;

/// Names in one request: a message stays well below the limits of any proxy.
const NAMES: usize = 100;
/// Binance pings every 20 seconds, whatever the market does.
const SILENCE: Duration = Duration::from_secs(65);
const PACE: Duration = Duration::from_millis(260);

/// A connection and what it is subscribed to.
#[derive(Debug)]
pub(crate) struct BinanceFeed {
    socket: Socket,
    subscribed: BTreeSet<Channel>,
    /// Requests that have not been answered yet, with the channels they asked for.
    pending: BTreeMap<u64, Vec<Channel>>,
    last_id: u64,
}

impl BinanceFeed {
    /// Opens a connection to the combined streams below `base`.
    pub(crate) async fn connect(base: &str, transport: &Transport) -> Result<Self, String> {
        let manners =
            Manners { connect_timeout: transport.connect_timeout, pace: PACE, silence: SILENCE, nudge: None };
        let socket = Socket::connect(&format!("{}/stream", base.trim_end_matches('/')), manners).await?;
        Ok(Self { socket, subscribed: BTreeSet::new(), pending: BTreeMap::new(), last_id: 0 })
    }

    fn request(&mut self, method: &str, channels: &[Channel]) -> u64 {
        self.last_id += 1;
        let names: Vec<String> = channels.iter().map(stream_name).collect();
        self.socket.queue(json!({ "method": method, "params": names, "id": self.last_id }).to_string());
        self.last_id
    }

    /// Returns the event that a frame is, if it is one for us.
    fn event(&mut self, text: &str) -> Result<Option<LiveEvent>, FeedEnd> {
        let frame = read_frame(text)
            .map_err(|what| FeedEnd(format!("the stream sent what cannot be read: {what}")))?;
        Ok(match frame {
            // What was unsubscribed a moment ago may still arrive.
            Frame::Kline { channel, .. } if !self.subscribed.contains(&channel) => None,
            Frame::Kline { channel, candle, is_closed } => Some(match candle.check(channel.interval) {
                Err(fault) => LiveEvent::Refused(channel, candle.open_time, fault),
                Ok(()) if is_closed => LiveEvent::Closed(channel, candle),
                Ok(()) => LiveEvent::Forming(channel, candle),
            }),
            Frame::Done(id) => {
                self.pending.remove(&id).filter(|channels| !channels.is_empty()).map(LiveEvent::Listening)
            }
            Frame::Refused(why) => return Err(FeedEnd(format!("the stream refused a request: {why}"))),
            Frame::Shutdown => Some(LiveEvent::Ending("the exchange announced a restart".to_owned())),
            Frame::Other => None,
        })
    }
}

#[async_trait]
impl LiveFeed for BinanceFeed {
    fn want(&mut self, channels: &BTreeSet<Channel>) {
        let gone: Vec<Channel> = self.subscribed.difference(channels).cloned().collect();
        for part in gone.chunks(NAMES) {
            let id = self.request("UNSUBSCRIBE", part);
            self.pending.insert(id, Vec::new());
        }
        let new: Vec<Channel> = channels.difference(&self.subscribed).cloned().collect();
        for part in new.chunks(NAMES) {
            let id = self.request("SUBSCRIBE", part);
            self.pending.insert(id, part.to_vec());
        }
        self.subscribed.clone_from(channels);
    }

    async fn next(&mut self) -> Result<LiveEvent, FeedEnd> {
        loop {
            let text = self.socket.next().await?;
            if let Some(event) = self.event(&text)? {
                return Ok(event);
            }
        }
    }
}

fn stream_name(channel: &Channel) -> String {
    format!("{}@kline_{}", channel.symbol.as_str().to_lowercase(), channel.interval)
}
