//! What a simulator is told at its start.

use std::time::Duration;

use crate::clock::Clock;
use crate::generator::{Listing, default_listings};
use crate::replay::ReplaySeries;

/// Everything that shapes a simulator. The default is the demo market on the machine's clock, with Binance's limits.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Where candles come from.
    pub market: MarketSource,
    /// The market's clock.
    pub clock: Clock,
    /// The clock of rate limits and bans. Clients wait in real seconds, so it is the machine's unless a test says otherwise.
    pub rate_clock: Clock,
    /// Rate limits.
    pub limits: Limits,
    /// What a client may ask of streams.
    pub stream_limits: StreamLimits,
    /// How often streams do what they do.
    pub streams: StreamTimings,
}

/// Where candles come from.
#[derive(Debug, Clone)]
pub enum MarketSource {
    /// A market drawn from a seed: 2020-01-01 until the clock (2050 at most), with regimes, bursts and outages.
    Generated {
        /// Same seed, same candles.
        seed: u64,
        /// The symbols on offer.
        listings: Vec<Listing>,
    },
    /// Recorded candles.
    Replayed(Vec<ReplaySeries>),
}

/// Rate limits; the defaults are Binance's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Request weight in a calendar minute.
    pub weight_per_minute: u32,
    /// How many requests over the limit are answered with 429 in one minute before the next one is banned with 418.
    pub warnings_before_ban: u32,
    /// How long a ban lasts, in seconds.
    pub ban_secs: u32,
}

/// What a client may ask of streams; the defaults are Binance's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLimits {
    /// Attempts to connect in five minutes of the rate clock, refused ones included. Further ones are refused with 429.
    pub attempts_per_five_minutes: u32,
    /// Streams of one connection; a client that wants more is cut.
    pub streams_per_connection: usize,
    /// Incoming frames of one connection in a second, pongs included; a client that sends more is cut.
    pub frames_per_second: u32,
}

/// How often streams do what they do, in real time; the defaults are Binance's.
///
/// A clock that runs fast does not change them by itself: [`StreamTimings::scaled`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamTimings {
    /// A kline stream shows its candle this often, in simulated time, if it changed.
    pub update_every: Duration,
    /// The server pings this often.
    pub ping_every: Duration,
    /// A ping must be answered within this time, or the connection is cut.
    pub pong_within: Duration,
    /// No connection lives longer.
    pub lifetime: Duration,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            market: MarketSource::generated(1),
            clock: Clock::system(),
            rate_clock: Clock::system(),
            limits: Limits::default(),
            stream_limits: StreamLimits::default(),
            streams: StreamTimings::default(),
        }
    }
}

impl MarketSource {
    /// The demo market's symbols on a market of this seed.
    pub fn generated(seed: u64) -> Self {
        Self::Generated { seed, listings: default_listings() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { weight_per_minute: 6000, warnings_before_ban: 5, ban_secs: 120 }
    }
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { attempts_per_five_minutes: 300, streams_per_connection: 1024, frames_per_second: 5 }
    }
}

impl StreamTimings {
    /// Binance's timings for a clock that runs `speed` times as fast: at 720 a connection lives for two minutes.
    ///
    /// Pings come no closer than a second and may be answered within three at least: how quick a client is depends on the
    /// machine, whatever the simulated clock says. `update_every` is simulated time already and stays.
    pub fn scaled(speed: u32) -> Self {
        let real = Self::default();
        let speed = speed.max(1);
        Self {
            ping_every: (real.ping_every / speed).max(Duration::from_secs(1)),
            pong_within: (real.pong_within / speed).max(Duration::from_secs(3)),
            lifetime: real.lifetime / speed,
            ..real
        }
    }
}

impl Default for StreamTimings {
    fn default() -> Self {
        Self {
            update_every: Duration::from_secs(2),
            ping_every: Duration::from_secs(20),
            pong_within: Duration::from_mins(1),
            lifetime: Duration::from_hours(24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_streaming_fits_into_two_minutes() {
        let timings = StreamTimings::scaled(720);
        assert_eq!(timings.lifetime, Duration::from_mins(2));
        assert_eq!(
            (timings.ping_every, timings.pong_within),
            (Duration::from_secs(1), Duration::from_secs(3))
        );
        assert_eq!(StreamTimings::scaled(1), StreamTimings::default());
        assert_eq!(StreamTimings::scaled(0), StreamTimings::default());
        assert_eq!(StreamTimings::scaled(4).pong_within, Duration::from_secs(15));
    }
}
