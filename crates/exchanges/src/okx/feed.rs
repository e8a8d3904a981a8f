//! One connection to OKX's candle channels.
//!
//! Invariants: requests name a hundred channels at a time and leave less than three a second; a line on which nothing comes is
//! asked `ping` before OKX cuts it after thirty seconds; channels are called listened to only once OKX confirmed them.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use types::Candle;

use super::bars::bar_of;
use super::wire::{Frame, read_frame};
use crate::protocol::{Channel, FeedEnd, LiveEvent, LiveFeed};
use crate::socket::{Manners, Socket};
use crate::transport::Transport;

/// OKX takes 64 KB of channels in one request and 480 requests an hour on one connection.
const NAMES: usize = 100;
const PACE: Duration = Duration::from_millis(350);
/// Half of it is when we ask, and must be below the thirty seconds after which OKX cuts.
const SILENCE: Duration = Duration::from_secs(50);

/// A connection and what it is subscribed to.
#[derive(Debug)]
pub(crate) struct OkxFeed {
    socket: Socket,
    subscribed: BTreeSet<Channel>,
    /// A frame may hold several candles.
    events: VecDeque<LiveEvent>,
}

impl OkxFeed {
    /// Opens a connection to the business channels below `base`.
    pub(crate) async fn connect(base: &str, transport: &Transport) -> Result<Self, String> {
        let connect_timeout = transport.connect_timeout;
        let manners = Manners { connect_timeout, pace: PACE, silence: SILENCE, nudge: Some("ping") };
        let url = format!("{}/ws/v5/business", base.trim_end_matches('/'));
        let socket = Socket::connect(&url, manners).await?;
        Ok(Self { socket, subscribed: BTreeSet::new(), events: VecDeque::new() })
    }

    fn request(&mut self, op: &str, channels: &[Channel]) {
        for part in channels.chunks(NAMES) {
            let args: Vec<Value> = part.iter().filter_map(arg_of).collect();
            self.socket.queue(json!({ "op": op, "args": args }).to_string());
        }
    }

    /// Takes a frame apart into events.
    fn hear(&mut self, text: &str) -> Result<(), FeedEnd> {
        let frame = read_frame(text)
            .map_err(|what| FeedEnd(format!("the stream sent what cannot be read: {what}")))?;
        match frame {
            // What was unsubscribed a moment ago may still arrive.
            Frame::Candles(channel, candles) if self.subscribed.contains(&channel) => {
                let events = candles.into_iter().map(|(candle, is_final)| event(&channel, candle, is_final));
                self.events.extend(events);
            }
            Frame::Subscribed(channel) if self.subscribed.contains(&channel) => {
                self.events.push_back(LiveEvent::Listening(vec![channel]));
            }
            Frame::Notice(why) => {
                self.events.push_back(LiveEvent::Ending(format!("the exchange announced a restart ({why})")));
            }
            // One pair that is gone must not silence the others. It is never called listened to.
            Frame::NoSuchChannel(why) => tracing::warn!("the stream has not all that was asked for: {why}"),
            Frame::Refused(why) => return Err(FeedEnd(format!("the stream refused a request: {why}"))),
            Frame::Candles(..) | Frame::Subscribed(_) | Frame::Other => {}
        }
        Ok(())
    }
}

fn event(channel: &Channel, candle: Candle, is_final: bool) -> LiveEvent {
    let channel = channel.clone();
    match candle.check(channel.interval) {
        Err(fault) => LiveEvent::Refused(channel, candle.open_time, fault),
        Ok(()) if is_final => LiveEvent::Closed(channel, candle),
        Ok(()) => LiveEvent::Forming(channel, candle),
    }
}

#[async_trait]
impl LiveFeed for OkxFeed {
    fn want(&mut self, channels: &BTreeSet<Channel>) {
        let gone: Vec<Channel> = self.subscribed.difference(channels).cloned().collect();
        self.request("unsubscribe", &gone);
        let new: Vec<Channel> = channels.difference(&self.subscribed).cloned().collect();
        self.request("subscribe", &new);
        self.subscribed.clone_from(channels);
    }

    async fn next(&mut self) -> Result<LiveEvent, FeedEnd> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            let text = self.socket.next().await?;
            self.hear(&text)?;
        }
    }
}

fn arg_of(channel: &Channel) -> Option<Value> {
    let bar = bar_of(channel.interval)?;
    Some(json!({ "channel": format!("candle{bar}"), "instId": channel.symbol.as_str() }))
}
