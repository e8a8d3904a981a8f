//! What the simulator counted, for tests and `GET /sim/stats`.

use std::collections::BTreeMap;

use serde::Serialize;
use types::Timestamp;

/// Counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests to `/api`, refused ones included.
    pub requests: u64,
    /// The same by path.
    pub by_path: BTreeMap<String, u64>,
    /// The same by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Request weight, refused requests included; requests during an outage weigh nothing.
    pub weight: u64,
    /// Weight used in the current calendar minute.
    pub used_weight: u32,
    /// The most weight used in any calendar minute.
    pub peak_weight: u32,
    /// Requests that came before a Retry-After had passed: a well-behaved client makes none.
    pub hasty_requests: u64,
    /// Requests refused because the client was banned already. One a ban is how a client learns of it.
    pub requests_during_ban: u64,
    /// Requests answered with 503 because the exchange was down.
    pub requests_during_outage: u64,
    /// Faults suffered by clients, or that happened to the whole exchange.
    pub faults_fired: u64,
    /// Faults that still wait.
    pub faults_pending: usize,
    /// Faults that could not happen: there was no such candle to revise.
    pub faults_refused: u64,
    /// Revisions of candles.
    pub candles_revised: u64,
    /// Days of one-minute candles generated so far; a page that was asked for before adds none.
    pub days_drawn: u64,
    /// Stream connections that are open now.
    pub streams_open: usize,
    /// Attempts to open a stream connection, refused ones included.
    pub stream_attempts: u64,
    /// Attempts refused with 429: too many in five minutes. A well-behaved client makes none.
    pub stream_attempts_refused: u64,
    /// Attempts refused with 503 because the exchange was down.
    pub stream_attempts_during_outage: u64,
    /// Connections cut for sending too many frames in a second: a well-behaved client suffers none.
    pub cut_for_frames: u64,
    /// Connections cut for wanting too many streams: a well-behaved client suffers none.
    pub cut_for_streams: u64,
    /// Connections cut because a ping was not answered, or nothing was read for as long.
    pub cut_for_silence: u64,
    /// Connections ended because they had reached the longest life there is.
    pub cut_for_age: u64,
    /// Frames sent on streams, replies included.
    pub frames_sent: u64,
    /// Closing frames that faults kept back for good: skipped, or closed while streams stalled.
    pub frames_dropped: u64,
    /// Frames sent late because of a fault, those queued behind them on their stream included.
    pub frames_delayed: u64,
    /// Frames sent twice because of a fault.
    pub frames_duplicated: u64,
    /// Closing frames sent after a newer frame of their stream because of a fault.
    pub frames_reordered: u64,
    /// How far chaos plans are.
    pub chaos: ChaosProgress,
}

/// How far all chaos plans together are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChaosProgress {
    /// Faults that were planned.
    pub planned: u64,
    /// Faults that were injected so far, refused ones included.
    pub injected: u64,
    /// When the next one is due, by the market's clock; `None` when nothing is under way.
    pub next_at: Option<Timestamp>,
}
