//! Misbehaviour on request: what klines answers, stream frames, connections or the whole exchange are to get wrong.
//!
//! A fault of klines waits for the next klines request, a fault of frames for the next frames of any stream; the others happen
//! at once. Durations are real time, except those of a ban and an outage: these belong to the exchange's world and follow the
//! rate clock.

mod frames;
mod parse;

use serde::{Deserialize, Serialize};
use types::{Symbol, Timestamp};

pub(crate) use frames::{Fate, FrameFaults};
pub(crate) use parse::parse;

/// One misbehaviour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// HTTP 429, code -1003, with this Retry-After.
    RateLimited {
        /// Seconds to wait.
        retry_after_secs: u32,
    },
    /// HTTP 418, code -1003, with this Retry-After.
    Banned {
        /// Seconds to wait.
        retry_after_secs: u32,
    },
    /// HTTP 500, code -1000.
    ServerError,
    /// HTTP 503, code -1008.
    Overloaded,
    /// The full length is announced, half of the body is sent, the connection is cut.
    CutBody,
    /// No more than this many rows, however many were asked for.
    ShortPage {
        /// Rows left, the oldest ones.
        rows: usize,
    },
    /// The answer is right but late.
    Latency {
        /// Milliseconds of real time.
        ms: u32,
    },
    /// The unfinished candle is left out.
    DropUnfinished,
    /// The first rows of the page appear twice.
    DuplicateRows {
        /// How many.
        count: usize,
    },
    /// The page is in reverse.
    OutOfOrder,
    /// All open stream connections are cut at once, without a close frame.
    DisconnectStreams,
    /// The next frame with `x = true` on any stream is not sent.
    SkipClosingFrame,
    /// The next kline frames are held back. Frames of the same stream queue up behind them, those of other streams pass.
    DelayFrames {
        /// Milliseconds of real time.
        ms: u32,
        /// How many frames.
        count: u32,
    },
    /// The next kline frames are sent twice.
    DuplicateFrames {
        /// How many frames.
        count: u32,
    },
    /// The next frames with `x = true` are sent only after the frame that follows them on their stream.
    ReorderFrames {
        /// How many frames.
        count: u32,
    },
    /// Connections that are open now stay open and send no kline frames; what closes meanwhile is never told. Pings go on,
    /// and new connections are served.
    StallStreams {
        /// Milliseconds of real time.
        ms: u32,
    },
    /// Connections that are open now are sent the `serverShutdown` event and are cut later; new ones are served at once.
    ServerShutdown {
        /// Milliseconds of real time until they are cut.
        after_ms: u32,
    },
    /// The exchange is down: streams go dead at once, upgrades and every request to `/api` get 503.
    Outage {
        /// Milliseconds of the rate clock.
        ms: u32,
    },
    /// Every request to `/api` gets 418, as if the client had gone on after 429.
    Ban {
        /// Seconds of the rate clock.
        secs: u32,
    },
    /// History is revised: a closed candle of the finest series gets another volume and close, within its high and low, and
    /// every coarser candle that contains it follows. Each further revision of the same candle changes it again.
    Revise {
        /// The pair.
        symbol: Symbol,
        /// Open time of the candle, RFC 3339 or milliseconds.
        open_time: Timestamp,
    },
    /// As `revise`, for plans that know neither the symbols nor the time: the newest closed candle that opened at least this
    /// long ago.
    ReviseRecent {
        /// Which symbol, counted from 0 in the order of `exchangeInfo` and round again.
        nth_symbol: u32,
        /// Minutes of the market's clock.
        minutes_ago: u32,
    },
}

/// Who suffers a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    /// The next klines request.
    Klines,
    /// The next frames of streams.
    Frames,
    /// Everybody, now.
    World,
}

impl Fault {
    pub(crate) const fn victim(&self) -> Victim {
        match self {
            Self::RateLimited { .. }
            | Self::Banned { .. }
            | Self::ServerError
            | Self::Overloaded
            | Self::CutBody
            | Self::ShortPage { .. }
            | Self::Latency { .. }
            | Self::DropUnfinished
            | Self::DuplicateRows { .. }
            | Self::OutOfOrder => Victim::Klines,
            Self::SkipClosingFrame
            | Self::DelayFrames { .. }
            | Self::DuplicateFrames { .. }
            | Self::ReorderFrames { .. } => Victim::Frames,
            Self::DisconnectStreams
            | Self::StallStreams { .. }
            | Self::ServerShutdown { .. }
            | Self::Outage { .. }
            | Self::Ban { .. }
            | Self::Revise { .. }
            | Self::ReviseRecent { .. } => Victim::World,
        }
    }
}
