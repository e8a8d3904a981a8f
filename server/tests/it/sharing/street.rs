//! The exchange that both processes ask, and what they are told about it.

use std::time::{Duration, Instant};

use exchange_sim::{Clock, Fault, Limits, MarketSource, SimConfig, Simulator, Stats, serve};
use serde_json::Value;
use tokio::net::TcpListener;
use types::{Interval, Timestamp};

use super::redis_port::RedisPort;
use crate::web::browser::Browser;
use crate::web::installation::{Installation, Server};
use crate::web::queue::until;

/// Request weight that the exchange grants an address in a minute, and that each process is told.
pub(crate) const LIMIT: u32 = 100;
/// Jobs that a process works on at once. Pages for those of both processes together are more than the limit.
const JOBS: i64 = 32;
/// How late every page is: nobody hears by an answer what others spent before all have asked.
const LATENCY_MS: u32 = 500;
/// Where in a minute the exchange's clock begins: there is time to spend this one, and the next one is not far.
const SECOND: i64 = 40;

/// An exchange in this process with a small limit, and a Redis.
pub(crate) struct Street {
    simulator: Simulator,
    address: String,
    redis: RedisPort,
}

/// An installation of its own: nothing but the exchange and Redis is shared.
pub(crate) struct House<'a> {
    street: &'a Street,
    browser: Browser,
    server: Server,
    /// Its folders are deleted after its server has ended.
    _installation: Installation,
}

impl Street {
    pub(crate) async fn new() -> Self {
        let minute = Interval::M1.floor(Clock::system().now());
        // Limits count by the clock that the exchange tells: minutes end for it when they end for whoever measured it.
        let clock = Clock::scaled(minute.plus_ms(SECOND * 1000), 1);
        let limits = Limits { weight_per_minute: LIMIT, ..Limits::default() };
        let (market, rate_clock) = (MarketSource::generated(7), clock.clone());
        let simulator =
            Simulator::new(SimConfig { market, clock, rate_clock, limits, ..SimConfig::default() }).unwrap();
        simulator.inject_all(std::iter::repeat_n(Fault::Latency { ms: LATENCY_MS }, 1000));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Ends with the test's runtime.
        tokio::spawn(serve(listener, simulator.clone(), std::future::pending()));
        Self { simulator, address, redis: RedisPort::open() }
    }

    /// Starts a process that works on many jobs at once.
    pub(crate) async fn move_in(&self) -> House<'_> {
        let installation = Installation::with_users(&["alice"]);
        let address = &self.address;
        installation.configure(
            "exchanges.yaml",
            &format!(
                "version: 1\nexchanges:\n  binance:\n    adapter: binance\n  demo:\n    adapter: binance\n    base_url: http://{address}\n    \
                 stream_url: ws://{address}\n    rate_limit: {LIMIT}\n    synthetic: true\n"
            ),
        );
        let server =
            installation.serve_with(&["--jobs", &JOBS.to_string()], &[("REDIS_URL", self.redis.url())]);
        let browser = Browser::signed_in(&server, "alice").await;
        House { street: self, browser, server, _installation: installation }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.simulator.clock().now()
    }

    /// Returns what the exchange counted.
    pub(crate) fn stats(&self) -> Stats {
        self.simulator.stats()
    }

    /// Returns how many requests for candles of a series came.
    fn pages(&self, symbol: &str, interval: &str) -> usize {
        let wanted = [format!("symbol={symbol}"), format!("interval={interval}")];
        let is_page = |request: &&String| {
            request.starts_with("/api/v3/klines?")
                && wanted.iter().all(|pair| request.split(['?', '&']).any(|part| part == pair))
        };
        self.simulator.requests().iter().filter(is_page).count()
    }
}

impl House<'_> {
    /// Queues as many downloads as the process works on at once, each of several pages.
    pub(crate) async fn load_history(&self) {
        for index in 0..JOBS {
            let start = Timestamp::from_ymd(2024, 1, 1).unwrap().plus_ms(index * 5 * Timestamp::DAY_MS);
            let (start, last) = (start.to_date(), start.plus_ms(4 * Timestamp::DAY_MS).to_date());
            let form = [
                ("exchange", "demo"),
                ("symbol", "BTCUSDT"),
                ("interval", "1m"),
                ("range", "custom"),
                ("start", &start),
                ("end", &last),
            ];
            let answer = self.browser.call("start_ingest", &form).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }

    /// Subscribes to a series; returns how long it took until the exchange served its candles.
    pub(crate) async fn follow(&self, symbol: &str, interval: &str) -> Duration {
        let form = [("exchange", "demo"), ("symbol", symbol), ("interval", interval), ("days", "1")];
        let asked = Instant::now();
        let answer = self.browser.call("subscribe", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        until(&format!("{symbol} {interval}"), || self.street.pages(symbol, interval) > 0).await;
        asked.elapsed()
    }

    /// Waits until the process has fetched the order rules, as it does once a day for what is followed.
    pub(crate) async fn learn_the_rules(&self) {
        until("the order rules", || self.server.log().contains("recorded the order rules")).await;
    }

    /// Returns what the process's own pages say about the budget.
    pub(crate) async fn budget(&self) -> Value {
        let answer = self.browser.call("exchanges", &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let exchanges = answer.json();
        let demo = exchanges.as_array().unwrap().iter().find(|exchange| exchange["id"] == "demo");
        demo.unwrap()["budget"].clone()
    }

    pub(crate) fn log(&self) -> String {
        self.server.log()
    }
}
