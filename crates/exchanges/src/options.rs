//! What an adapter is built from: the settings of one exchange, and how it waits.
//!
//! Settings are checked where they are written; what only an adapter can judge (its base URL) it judges itself.

use std::sync::Arc;
use std::time::Duration;

use types::{ExchangeId, Provenance};

use crate::clock::{Clock, SystemClock};
use crate::retry::RetryPolicy;

/// The settings of one exchange, as far as market data needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeOptions {
    /// Its name in `exchanges.yaml`.
    pub id: ExchangeId,
    /// The name of its adapter: `binance`.
    pub adapter: String,
    /// Whether to talk to the exchange's playground.
    pub testnet: bool,
    /// Where to find it instead of the adapter's default: a proxy, the simulator.
    pub base_url: Option<String>,
    /// Request weight a minute may cost.
    pub rate_limit: u32,
    /// Whether its candles are made up (a demo market).
    pub synthetic: bool,
}

impl ExchangeOptions {
    /// Returns what the candles of this exchange are.
    pub(crate) const fn provenance(&self) -> Provenance {
        if self.synthetic { Provenance::Synthetic } else { Provenance::Exchange }
    }
}

/// How requests are made and waited for. The default is right everywhere but in tests.
#[derive(Debug, Clone)]
pub struct Transport {
    /// Tells the time and waits between attempts.
    pub clock: Arc<dyn Clock>,
    /// How often and how long to try again.
    pub retry: RetryPolicy,
    /// Longest time to get a connection.
    pub connect_timeout: Duration,
    /// Longest time for one whole answer, connection included.
    pub request_timeout: Duration,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            retry: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            // Binance gives up on its own side after 10 seconds; the rest is for a slow line.
            request_timeout: Duration::from_secs(30),
        }
    }
}
