//! What the simulator counted, for tests and `GET /sim/stats`.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests to `/api`, refused ones included.
    pub requests: u64,
    /// The same by path.
    pub by_path: BTreeMap<String, u64>,
    /// The same by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// Request weight, refused requests included.
    pub weight: u64,
    /// Weight used in the current calendar minute.
    pub used_weight: u32,
    /// Requests that came before a Retry-After had passed: a well-behaved client makes none.
    pub hasty_requests: u64,
    /// Faults suffered by clients.
    pub faults_fired: u64,
    /// Faults that still wait.
    pub faults_pending: usize,
    /// Days of one-minute candles generated so far; a page that was asked for before adds none.
    pub days_drawn: u64,
    /// Stream connections that are open now.
    pub streams_open: usize,
    /// Frames sent on streams, replies included.
    pub frames_sent: u64,
}
