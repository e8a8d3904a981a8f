//! Binance's limit of incoming frames: five in a second, whatever they are.
//!
//! A second has passed when the machine's or the rate clock says so: clients pace themselves by either, and a rate clock that
//! stands still must not make a patient client guilty.

use tokio::time::Instant;
use types::Timestamp;

use crate::simulator::Simulator;

const SECOND_MS: i64 = 1000;

/// What came in during the current second.
#[derive(Debug)]
pub(crate) struct Incoming {
    started: Instant,
    started_at: Timestamp,
    frames: u32,
}

impl Incoming {
    pub(crate) fn new(sim: &Simulator) -> Self {
        Self { started: Instant::now(), started_at: sim.rate_clock().now(), frames: 0 }
    }

    /// Counts a frame and says whether the client was allowed to send it.
    pub(crate) fn admits_one_more(&mut self, sim: &Simulator) -> bool {
        let now = sim.rate_clock().now();
        if self.started.elapsed().as_secs() >= 1 || now.ms_since(self.started_at) >= SECOND_MS {
            *self = Self { started: Instant::now(), started_at: now, frames: 0 };
        }
        self.frames = self.frames.saturating_add(1);
        self.frames <= sim.stream_limits().frames_per_second
    }
}
