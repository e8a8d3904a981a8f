//! Several processes behind one address, each with its own adapter, connections and clock: the simulator's own count is the judge.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use exchange_sim::{Fault, Limits, MarketSource};
use exchanges::{
    Budgets, CandleRequest, Clock, Exchange, Notice, Priority, RedisTimings, Sharing, Transport, Watch,
};
use testkit::RedisServer;
use tokio::task::JoinHandle;
use types::{Candle, Interval, TimeRange, Timestamp};

use crate::simulated::Sim;
use crate::support::{connect, fetch, range, symbol, transport};

/// The simulator's manual clock, which nobody can push beyond what they wait for; it remembers how long this process waited.
#[derive(Debug)]
struct ProcessClock {
    clock: exchange_sim::Clock,
    push: Arc<Mutex<()>>,
    waited_ms: AtomicI64,
}

#[async_trait]
impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        {
            let _alone = self.push.lock().unwrap_or_else(PoisonError::into_inner);
            let wait_ms = deadline.ms_since(self.clock.now());
            if wait_ms > 0 {
                self.waited_ms.fetch_add(wait_ms, Ordering::SeqCst);
                self.clock.set(deadline);
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Hears whether a request was held back.
#[derive(Debug, Default)]
struct Holds(Mutex<Vec<Notice>>);

impl Watch for Holds {
    fn notice(&self, notice: Notice) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }
}

/// The exchange with 600 a minute, and what its processes have in common.
struct Street {
    sim: Sim,
    redis: RedisServer,
    push: Arc<Mutex<()>>,
    truth: Arc<Vec<Candle>>,
}

struct Process {
    exchange: Arc<dyn Exchange>,
    clock: Arc<ProcessClock>,
}

impl Street {
    async fn new() -> Self {
        let limits = Limits { weight_per_minute: 600, ..Limits::default() };
        let sim = Sim::start(MarketSource::generated(7), limits, 600).await;
        let truth = Arc::new(sim.truth(Interval::M1, history()));
        Self { truth, sim, redis: RedisServer::start(), push: Arc::default() }
    }

    /// A process of its own: nothing but the address of Redis is the same.
    async fn process(&self) -> Process {
        let waited_ms = AtomicI64::new(0);
        let clock =
            Arc::new(ProcessClock { clock: self.sim.clock.clone(), push: Arc::clone(&self.push), waited_ms });
        // A loaded machine may take its time; a Redis that is gone refuses at once.
        let timings =
            RedisTimings { call: Duration::from_secs(20), rest: Duration::ZERO, ..RedisTimings::default() };
        let budgets = Budgets::on_redis(self.redis.url(), timings).unwrap();
        let local = Arc::clone(&clock) as Arc<dyn Clock>;
        let transport = Transport { clock: local, budgets, ..transport(&self.sim.clock) };
        let exchange = connect(&self.sim.url, 600, transport);
        // Measured before time begins to jump.
        exchange.server_time().await.unwrap();
        Process { exchange, clock }
    }

    /// Starts jobs with dear requests that go off at once and just fit into a back-fill's share: without a common count, two such
    /// processes run into the exchange's limit before an answer can tell them of each other. One goes on with a long download.
    fn work_hard(&self, process: &Process) -> Vec<JoinHandle<()>> {
        let start = |index: u32| {
            let (exchange, truth) = (Arc::clone(&process.exchange), Arc::clone(&self.truth));
            tokio::spawn(async move {
                for _ in 0..3 {
                    exchange.instruments().await.unwrap();
                }
                if index == 0 {
                    let (memory, summary) = fetch(&*exchange, Interval::M1, history()).await;
                    summary.unwrap();
                    assert!(memory.candles == *truth, "{} of {} candles", memory.candles.len(), truth.len());
                }
            })
        };
        (0..22).map(start).collect()
    }

    /// Asks for the newest candles every two seconds of the exchange's time until the downloads are done; returns how often.
    async fn live(&self, process: &Process, work: &[JoinHandle<()>], each: impl Fn(u32)) -> u32 {
        let holds = Arc::new(Holds::default());
        let watch = Arc::clone(&holds) as Arc<dyn Watch>;
        let exchange = process.exchange.prioritised(Priority::Live).watched(watch);
        let mut asked = 0;
        while !work.iter().all(JoinHandle::is_finished) {
            each(asked);
            let now = self.sim.clock.now();
            let request = candles_of(Interval::M1, now.plus_ms(-300_000), now.plus_ms(60_000));
            let before = process.clock.waited_ms.load(Ordering::SeqCst);
            exchange.candles(&request).await.unwrap();
            let waited_ms = process.clock.waited_ms.load(Ordering::SeqCst) - before;
            assert!(waited_ms <= 1000, "live request {asked} waited {waited_ms} ms: {:?}", holds.0.lock());
            process.clock.sleep_until(self.sim.clock.now().plus_ms(2000)).await;
            asked += 1;
        }
        asked
    }
}

fn history() -> TimeRange {
    range("2024-01-01", "2024-02-10")
}

fn candles_of(interval: Interval, start: Timestamp, end: Timestamp) -> CandleRequest {
    CandleRequest { symbol: symbol("BTCUSDT"), grid: interval.into(), start, end }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_download_hard_and_a_third_stays_live_within_one_allowance() {
    let street = Street::new().await;
    let (one, two, third) = (street.process().await, street.process().await, street.process().await);
    let began = street.sim.clock.now();
    // Nobody hears of the others by an answer before all have asked.
    street.sim.simulator.inject_all(vec![Fault::Latency { ms: 50 }; 48]);
    let mut work = street.work_hard(&one);
    work.extend(street.work_hard(&two));
    let asked = street.live(&third, &work, |_| ()).await;
    for download in work {
        download.await.unwrap();
    }
    let stats = street.sim.simulator.stats();
    assert_eq!(stats.by_status.keys().copied().collect::<Vec<_>>(), [200], "{stats:?}");
    assert!(asked >= 10, "{asked} live requests");
    assert!(street.sim.clock.now().ms_since(began) >= 60_000, "the work was worth more than one minute");
    for process in [&one, &two, &third] {
        let meter = process.exchange.meter().await;
        assert_eq!((meter.allowed, meter.sharing), (600, Sharing::Shared));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_goes_and_comes_back_in_the_middle_and_nobody_is_banned() {
    let street = Street::new().await;
    let (one, two, third) = (street.process().await, street.process().await, street.process().await);
    let mut work = street.work_hard(&one);
    work.extend(street.work_hard(&two));
    let asked = street
        .live(&third, &work, |asked| match asked {
            5 => street.redis.halt(),
            15 => street.redis.start_again(),
            _ => {}
        })
        .await;
    for download in work {
        download.await.unwrap();
    }
    assert!(asked > 15, "{asked} live requests");
    let stats = street.sim.simulator.stats();
    assert!(!stats.by_status.contains_key(&418), "{stats:?}");
    assert_eq!(stats.hasty_requests, 0, "{stats:?}");
    for process in [&one, &two, &third] {
        assert_eq!(process.exchange.meter().await.sharing, Sharing::Shared);
    }
}
