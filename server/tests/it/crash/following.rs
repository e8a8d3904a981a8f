//! The server dies while it completes and follows series of an exchange whose time runs fast.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use exchange_sim::{Clock, Limits, MarketSource, SimConfig, Simulator, serve};
use market_data::{CandleStore, Lake, PostgresCandles, Take};
use tokio::net::TcpListener;
use types::{Candle, SeriesKey, TimeRange, Timestamp};

use super::aftermath::expect_a_sound_database;
use super::dice::{Dice, rounds};
use super::market::series;
use crate::web::installation::{Installation, Server};

/// A minute of the exchange is half a second of ours: candles close while the server starts, works and dies.
const SPEED: u32 = 120;
/// From here on the series are to be complete.
const SINCE: &str = "2024-03-01 00:00";
const NOW: &str = "2024-03-02 12:00:00";
/// A server is killed within this time of its start: while it fills, and while it follows.
const LIFE: Duration = Duration::from_millis(2500);
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_into_the_lake_survives_kills_at_any_moment() {
    let world = FastExchange::start().await;
    let installation = Installation::with_users(&["alice"]);
    let lake = installation.data().join("lake");
    let reader = Reader::start(lake.clone());
    let store = Lake::open(&lake).unwrap();
    die_and_recover(&world, &installation, &[], &store).await;
    assert!(reader.stop() > 0, "files were read all the while");
    expect_a_sound_database(&installation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_into_postgres_survives_kills_at_any_moment() {
    let world = FastExchange::start().await;
    let url = testkit::postgres_url().await;
    let variables = [("DATABASE_URL", url.as_str()), ("CANDLE_STORE", "timescale")];
    let installation = Installation::with_variables(&["alice"], &variables);
    let store = PostgresCandles::open(&url).await.unwrap();
    die_and_recover(&world, &installation, &variables, &store).await;
}

async fn die_and_recover(
    world: &FastExchange,
    installation: &Installation,
    variables: &[(&str, &str)],
    store: &dyn CandleStore,
) {
    let followed = ["demo BTCUSDT 1m", "demo ETHUSDT 1m", "demo BTCUSDT 5m"].map(series);
    for key in &followed {
        world.subscribe(installation, variables, key);
    }
    let mut dice = Dice::new();
    for round in 0..rounds() {
        let moment = dice.moment(LIFE);
        let mut server = world.serve(installation, variables);
        tokio::time::sleep(moment).await;
        server.kill();
        for key in &followed {
            let known = truth(world, key, at(SINCE), world.now());
            let stored = all(store, key).await;
            let mut rest = known.iter();
            let foreign = stored.iter().find(|candle| !rest.by_ref().any(|true_one| true_one == *candle));
            assert_eq!(foreign, None, "round {round}, killed after {moment:?}: {key}");
        }
    }
    // Undisturbed at last, it catches up and goes on.
    let server = world.serve(installation, variables);
    let until = world.now().plus_ms(10 * 60_000);
    let deadline = Instant::now() + PATIENCE;
    for key in &followed {
        let goal = key.interval.floor(until);
        while store.summary(key).await.unwrap().is_none_or(|there| key.interval.next_open(there.last) < goal)
        {
            assert!(Instant::now() < deadline, "{key} did not catch up with {until}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let stored = all(store, key).await;
        let stored: Vec<Candle> = stored.into_iter().filter(|candle| candle.open_time < goal).collect();
        assert_eq!(stored, truth(world, key, at(SINCE), goal), "{key}");
    }
    drop(server);
}

async fn all(store: &dyn CandleStore, key: &SeriesKey) -> Vec<Candle> {
    let rows = store.candles(key, TimeRange::ALL, Take::All).await.expect("every file is readable");
    rows.into_iter().map(|row| row.candle).collect()
}

fn truth(world: &FastExchange, key: &SeriesKey, start: Timestamp, end: Timestamp) -> Vec<Candle> {
    world.simulator.candles(&key.symbol, key.interval, TimeRange { start, end }).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A simulated exchange in this process, whose time runs fast.
struct FastExchange {
    simulator: Simulator,
    address: String,
}

impl FastExchange {
    async fn start() -> Self {
        // Restarts forget what they spent, so the exchange must not count.
        let limits = Limits { weight_per_minute: 1_000_000, ..Limits::default() };
        let clock = Clock::scaled(at(NOW), SPEED);
        let config = SimConfig { market: MarketSource::generated(7), clock, limits, ..SimConfig::default() };
        let simulator = Simulator::new(config).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Ends with the test's runtime.
        tokio::spawn(serve(listener, simulator.clone(), std::future::pending()));
        Self { simulator, address }
    }

    fn now(&self) -> Timestamp {
        self.simulator.clock().now()
    }

    fn serve(&self, installation: &Installation, variables: &[(&str, &str)]) -> Server {
        let (rest, streams) = (format!("http://{}", self.address), format!("ws://{}", self.address));
        let mut all =
            vec![("DEMO_EXCHANGE_URL", rest.as_str()), ("DEMO_EXCHANGE_STREAM_URL", streams.as_str())];
        all.extend_from_slice(variables);
        installation.serve_with(&[], &all)
    }

    fn subscribe(&self, installation: &Installation, variables: &[(&str, &str)], key: &SeriesKey) {
        let (symbol, interval) = (key.symbol.to_string(), key.interval.to_string());
        let rest = format!("http://{}", self.address);
        let mut all = vec![("DEMO_EXCHANGE_URL", rest.as_str())];
        all.extend_from_slice(variables);
        let call = [
            "subscription",
            "add",
            "--user",
            "alice",
            "--exchange",
            "demo",
            "--symbol",
            &symbol,
            "--interval",
            &interval,
            "--since",
            SINCE,
        ];
        installation.run_with(&call, "", &all);
    }
}

/// Reads every Parquet file of a lake whole, again and again, as any other program would.
struct Reader {
    stop: Arc<AtomicBool>,
    read: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<()>,
}

impl Reader {
    fn start(lake: PathBuf) -> Self {
        let (stop, read) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (theirs, count) = (stop.clone(), read.clone());
        let thread = std::thread::spawn(move || {
            while !theirs.load(Ordering::Relaxed) {
                for file in parquet_files(&lake) {
                    count.fetch_add(read_whole(&file), Ordering::Relaxed);
                }
                std::thread::yield_now();
            }
        });
        Self { stop, read, thread }
    }

    /// Returns how many rows were read.
    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("every file was readable at every moment");
        self.read.load(Ordering::Relaxed)
    }
}

fn parquet_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(parquet_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.push(path);
        }
    }
    found
}

fn read_whole(path: &Path) -> u64 {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let file = std::fs::File::open(path).expect("a file that is listed is there");
    let reader =
        SerializedFileReader::new(file).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| row.map_or_else(|error| panic!("{}: {error}", path.display()), |_| 1)).sum()
}
