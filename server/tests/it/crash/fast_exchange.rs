//! A simulated exchange in this process whose time runs fast, and the calls of the binary that lead to it.

use exchange_sim::{Clock, Limits, MarketSource, SimConfig, Simulator, serve};
use tokio::net::TcpListener;
use types::{Candle, SeriesKey, TimeRange, Timestamp};

/// A minute of the exchange is half a second of ours: candles close while processes start, work and die.
const SPEED: u32 = 120;

/// The exchange.
pub(crate) struct FastExchange {
    simulator: Simulator,
    address: String,
}

impl FastExchange {
    /// Starts one whose clock shows `now`.
    pub(crate) async fn start(now: Timestamp) -> Self {
        // Restarts forget what they spent, so the exchange must not count.
        let limits = Limits { weight_per_minute: 1_000_000, ..Limits::default() };
        let clock = Clock::scaled(now, SPEED);
        let config = SimConfig { market: MarketSource::generated(7), clock, limits, ..SimConfig::default() };
        let simulator = Simulator::new(config).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Ends with the test's runtime.
        tokio::spawn(serve(listener, simulator.clone(), std::future::pending()));
        Self { simulator, address }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.simulator.clock().now()
    }

    /// Returns the candles that have closed, as they truly are.
    pub(crate) fn truth(&self, key: &SeriesKey, start: Timestamp, end: Timestamp) -> Vec<Candle> {
        self.simulator.candles(&key.symbol, key.interval, TimeRange { start, end }).unwrap()
    }

    /// Returns the variables that make this the exchange `demo`, and `more`.
    pub(crate) fn variables(&self, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let own = [
            ("DEMO_EXCHANGE_URL", format!("http://{}", self.address)),
            ("DEMO_EXCHANGE_STREAM_URL", format!("ws://{}", self.address)),
        ];
        own.into_iter().chain(more).collect()
    }
}
