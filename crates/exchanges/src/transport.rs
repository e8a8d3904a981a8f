//! How an adapter waits and for how long: what tests replace and nothing else does.
//!
//! It holds no settings of an exchange; those are `config::ExchangeSettings`.

use std::sync::Arc;
use std::time::Duration;

use crate::budget::Budgets;
use crate::clock::{Clock, SystemClock};
use crate::retry::RetryPolicy;

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
    /// Where request budgets are kept: hand the same to every exchange of the process.
    pub budgets: Budgets,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            retry: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            // Binance gives up on its own side after 10 seconds; the rest is for a slow line.
            request_timeout: Duration::from_secs(30),
            budgets: Budgets::default(),
        }
    }
}
