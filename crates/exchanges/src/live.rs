//! Live candles that do not end: connections that are opened again, renewed before they expire and given up when they go stale.
//!
//! Invariants: every break is told before anything that follows it; a connection that will end soon is replaced before it does; the
//! exchange is not knocked at more often than [`LinePolicy`] allows. Nothing is promised about completeness: after
//! [`LineEvent::Up`] whoever keeps candles has to ask for what closed before.

mod line;
mod lines;

use types::Candle;

use crate::protocol::Channel;
use crate::retry::RetryPolicy;

pub use lines::keep_lines;

/// How connections are kept. Times are by the exchange's clock, so that simulated time can run faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePolicy {
    /// Waits after failed attempts.
    pub retry: RetryPolicy,
    /// Shortest time between two attempts, failed or not.
    pub attempt_every_ms: i64,
    /// A connection is replaced at this age.
    pub renew_after_ms: i64,
    /// The old connection is still listened to for so long after the new one took over: what it was sent may be under way.
    pub overlap_ms: i64,
    /// A connection that told no candle for so many intervals (of its finest channel) is stale.
    pub stale_intervals: i64,
    /// But no earlier than after this time.
    pub stale_floor_ms: i64,
}

impl Default for LinePolicy {
    fn default() -> Self {
        Self {
            retry: RetryPolicy { attempts: u32::MAX, ..RetryPolicy::default() },
            // Binance allows 300 attempts in five minutes to an address.
            attempt_every_ms: 2_000,
            // Binance cuts every connection after a day.
            renew_after_ms: 23 * 3_600_000 + 30 * 60_000,
            overlap_ms: 5_000,
            stale_intervals: 3,
            stale_floor_ms: 60_000,
        }
    }
}

/// What the connections tell. `line` numbers the connection, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineEvent {
    /// These channels are sent from now on; what closed before must be asked for.
    Up {
        /// Which connection.
        line: usize,
        /// What it carries.
        channels: Vec<Channel>,
    },
    /// The connection broke, or was given up; nothing is heard of its channels until the next [`LineEvent::Up`].
    Down {
        /// Which connection.
        line: usize,
        /// Why.
        reason: String,
        /// The wait before the next attempt.
        retry_in_ms: i64,
    },
    /// The connection was replaced by a new one without a break.
    Renewed {
        /// Which connection.
        line: usize,
        /// Why.
        reason: String,
    },
    /// A candle closed.
    Closed(Channel, Candle),
    /// An unfinished candle changed.
    Forming(Channel, Candle),
    /// A candle that cannot be true was left out.
    Refused(Channel, types::Timestamp, types::CandleFault),
}
