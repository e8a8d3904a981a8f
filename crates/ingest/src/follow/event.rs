//! What happens while following, each told once.

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Debug;

use exchanges::Channel;
use types::{TimeRange, Timestamp};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FollowEvent {
    /// A channel is followed from now on.
    Followed(Channel),
    /// A channel is not followed any longer.
    Unfollowed(Channel),
    /// A connection carries these many channels.
    Connected {
        /// Which connection.
        line: usize,
        /// How many channels were confirmed.
        channels: usize,
    },
    /// A connection broke.
    Disconnected {
        /// Which connection.
        line: usize,
        /// Why.
        reason: String,
        /// The wait before the next attempt, by the exchange's clock.
        retry_in_ms: i64,
    },
    /// A connection was replaced without a break.
    Renewed {
        /// Which connection.
        line: usize,
        /// Why.
        reason: String,
    },
    /// Candles were fetched that the streams had not told: after a break, all of them together.
    CaughtUp {
        /// The channels that lacked some.
        channels: BTreeSet<Channel>,
        /// How many were new.
        candles: u64,
    },
    /// The exchange has no candles in a stretch; it was asked twice.
    Hole(Channel, TimeRange),
    /// The exchange says something else about the past now.
    Revised {
        /// The channel.
        channel: Channel,
        /// How many candles differ.
        candles: u64,
        /// The first of them.
        first: Option<Timestamp>,
    },
    /// The comparison with the exchange found candles that were missing.
    Recovered {
        /// The channel.
        channel: Channel,
        /// How many.
        candles: u64,
    },
    /// A candle that cannot be true was left out.
    Refused {
        /// The channel.
        channel: Channel,
        /// Its open time.
        open_time: Timestamp,
        /// What is wrong with it.
        reason: String,
    },
    /// The exchange cannot or must not be asked for a while.
    Held {
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// The exchange answers again.
    Released,
    /// A channel cannot be followed as things stand; it is tried again.
    Failed {
        /// The channel.
        channel: Channel,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for FollowEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Followed(channel) => write!(f, "following {channel}"),
            Self::Unfollowed(channel) => write!(f, "no longer following {channel}"),
            Self::Connected { line, channels } => write!(f, "stream {line} carries {channels} channels"),
            Self::Disconnected { line, reason, retry_in_ms } => {
                let (seconds, tenths) = (retry_in_ms / 1000, retry_in_ms % 1000 / 100);
                write!(f, "stream {line} is down: {reason}; trying again in {seconds}.{tenths} s")
            }
            Self::Renewed { line, reason } => {
                write!(f, "stream {line} was replaced without a break: {reason}")
            }
            Self::CaughtUp { channels, candles } => {
                match (channels.first(), channels.len()) {
                    (Some(only), 1) => write!(f, "{only}: ")?,
                    (_, many) => write!(f, "{many} channels: ")?,
                }
                write!(f, "fetched {candles} candles that the stream had not told")
            }
            Self::Hole(channel, range) => {
                write!(f, "{channel}: the exchange has no candles from {} to {} UTC", range.start, range.end)
            }
            Self::Revised { channel, candles, first } => {
                write!(f, "{channel}: the exchange revised {candles} candles")?;
                first.map_or(Ok(()), |first| write!(f, ", the first of {first} UTC"))
            }
            Self::Recovered { channel, candles } => {
                write!(f, "{channel}: the comparison with the exchange brought {candles} missing candles")
            }
            Self::Refused { channel, open_time, reason } => {
                write!(f, "{channel}: the candle of {open_time} UTC was left out: {reason}")
            }
            Self::Held { reason, until } => write!(f, "nothing is asked until {until} UTC: {reason}"),
            Self::Released => f.write_str("the exchange answers again"),
            Self::Failed { channel, reason } => write!(f, "{channel}: {reason}"),
        }
    }
}

/// Is told what happens.
pub trait FollowWatch: Debug + Send + Sync {
    /// Takes an event. Must not block.
    fn event(&self, event: &FollowEvent);
}

/// Writes events to the log.
#[derive(Debug, Clone)]
pub struct LogFollowWatch {
    /// The exchange's name, on every line.
    pub exchange: String,
}

impl FollowWatch for LogFollowWatch {
    fn event(&self, event: &FollowEvent) {
        let exchange = &self.exchange;
        match event {
            FollowEvent::Disconnected { .. }
            | FollowEvent::Held { .. }
            | FollowEvent::Failed { .. }
            | FollowEvent::Revised { .. }
            | FollowEvent::Recovered { .. }
            | FollowEvent::Refused { .. } => tracing::warn!(exchange, "{event}"),
            _ => tracing::info!(exchange, "{event}"),
        }
    }
}
