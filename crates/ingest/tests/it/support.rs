//! What the tests share: a simulated exchange whose time runs fast, and stores in places of their own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use config::{ExchangeSettings, Secret};
use exchange_sim::{SimConfig, Simulator};
use exchanges::{Clock, Exchange, Notice, Transport, registry};
use ingest::{FollowEvent, FollowWatch, Observer};
use market_data::{CandleStore, JournalPolicy, Lake, Take};
use tokio::net::TcpListener;
use types::{Candle, Interval, SeriesKey, TimeRange, Timestamp};

/// The simulator's clock as ours: waiting takes as much less time as the exchange's world is faster.
#[derive(Debug, Clone)]
struct FastClock {
    clock: exchange_sim::Clock,
    speed: u32,
}

#[async_trait]
impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        while let Ok(left_ms @ 1..) = u64::try_from(deadline.ms_since(self.now())) {
            let real = Duration::from_micros(left_ms * 1000 / u64::from(self.speed));
            tokio::time::sleep(real.max(Duration::from_millis(1))).await;
        }
    }
}

/// An exchange whose time runs `speed` times as fast, and the adapter that talks to it.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) exchange: Arc<dyn Exchange>,
}

impl World {
    pub(crate) async fn start(origin: &str, speed: u32, config: SimConfig) -> Self {
        let clock = exchange_sim::Clock::scaled(at(origin), speed);
        let ours = Arc::new(FastClock { clock: clock.clone(), speed });
        Self::serve(clock, config, ours).await
    }

    /// The same, seen by somebody whose own clock may be wrong.
    pub(crate) async fn start_seen_by(
        origin: &str,
        speed: u32,
        config: SimConfig,
        ours: Arc<dyn Clock>,
    ) -> Self {
        Self::serve(exchange_sim::Clock::scaled(at(origin), speed), config, ours).await
    }

    /// An exchange that nobody can reach until it opens at the address returned.
    pub(crate) async fn start_unreachable(origin: &str, speed: u32) -> (Self, SocketAddr) {
        let clock = exchange_sim::Clock::scaled(at(origin), speed);
        let ours = Arc::new(FastClock { clock: clock.clone(), speed });
        // A port that was free a moment ago.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        (Self::seen_at(address, clock, SimConfig::default(), ours), address)
    }

    /// Serves the exchange from now on.
    pub(crate) fn open(&self, listener: TcpListener) {
        // The task ends with the test's runtime.
        tokio::spawn(exchange_sim::serve(listener, self.simulator.clone(), std::future::pending()));
    }

    async fn serve(clock: exchange_sim::Clock, config: SimConfig, ours: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let world = Self::seen_at(listener.local_addr().unwrap(), clock, config, ours);
        world.open(listener);
        world
    }

    fn seen_at(
        address: SocketAddr,
        clock: exchange_sim::Clock,
        config: SimConfig,
        ours: Arc<dyn Clock>,
    ) -> Self {
        let config = SimConfig { clock: clock.clone(), rate_clock: clock, ..config };
        let simulator = Simulator::new(config).unwrap();
        let settings = ExchangeSettings {
            id: "demo".parse().unwrap(),
            adapter: "binance".to_owned(),
            testnet: false,
            base_url: Some(format!("http://{address}")),
            stream_url: Some(format!("ws://{address}")),
            api_key: Secret::default(),
            api_secret: Secret::default(),
            rate_limit: 6000,
            synthetic: true,
        };
        let exchange = registry::build(&settings, Transport { clock: ours, ..Transport::default() }).unwrap();
        Self { simulator, exchange }
    }

    /// What a store should hold of a range.
    pub(crate) fn truth(&self, key: &SeriesKey, range: TimeRange) -> Vec<Candle> {
        self.simulator.candles(&key.symbol, key.interval, range).unwrap()
    }
}

/// Remembers what happened.
#[derive(Debug, Default)]
pub(crate) struct Diary(Mutex<Vec<FollowEvent>>);

impl Diary {
    pub(crate) fn events(&self) -> Vec<FollowEvent> {
        self.0.lock().unwrap().clone()
    }

    /// How many events of a kind there were.
    pub(crate) fn count(&self, is: impl Fn(&FollowEvent) -> bool) -> usize {
        self.0.lock().unwrap().iter().filter(|event| is(event)).count()
    }
}

impl FollowWatch for Diary {
    fn event(&self, event: &FollowEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// Looks away.
#[derive(Debug)]
pub(crate) struct Nobody;

#[async_trait]
impl Observer for Nobody {
    fn progress(&self, _key: &SeriesKey, _done: u64, _total: u64, _up_to: Timestamp) {}

    async fn notice(&self, _notice: Notice) {}
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn range(start: &str, end: &str) -> TimeRange {
    TimeRange { start: at(start), end: at(end) }
}

pub(crate) fn key(symbol: &str, interval: Interval) -> SeriesKey {
    SeriesKey { exchange: "demo".parse().unwrap(), symbol: symbol.parse().unwrap(), interval }
}

/// A lake whose small appends go into journals although the years are small.
pub(crate) fn lake() -> (tempfile::TempDir, Arc<dyn CandleStore>) {
    let folder = tempfile::tempdir().unwrap();
    let policy = JournalPolicy { from_rows: 30, fold_rows: 10_000, ..JournalPolicy::default() };
    let lake = Lake::open_with(folder.path(), policy).unwrap();
    (folder, Arc::new(lake))
}

/// The journals below a folder.
pub(crate) fn journals(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(journals(&path));
        } else if path.ends_with(".journal") {
            found.push(path);
        }
    }
    found
}

pub(crate) async fn stored(store: &dyn CandleStore, key: &SeriesKey, range: TimeRange) -> Vec<Candle> {
    let rows = store.candles(key, range, Take::All).await.unwrap();
    rows.into_iter().map(|row| row.candle).collect()
}
