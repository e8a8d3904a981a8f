//! Following the simulator while its time runs fast.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use exchange_sim::{Fault, SimConfig, StreamTimings};
use exchanges::{Channel, LinePolicy, RetryPolicy};
use ingest::{Board, FollowEvent, FollowPolicy, Follower, Phase, Published};
use market_data::CandleStore;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use types::{Interval, SeriesKey, TimeRange, Timestamp};

use crate::support::{Diary, World, at, journals, key, lake, stored};

/// A minute of the exchange passes in 100 ms.
const SPEED: u32 = 600;
pub(crate) const ORIGIN: &str = "2024-03-01 12:00:00";

/// What a moment of ours takes is minutes of theirs: patience is scaled accordingly.
pub(crate) fn policy() -> FollowPolicy {
    FollowPolicy {
        lines: LinePolicy {
            retry: RetryPolicy { base_ms: 2_000, cap_ms: 60_000, ..RetryPolicy::default() },
            attempt_every_ms: 2_000,
            overlap_ms: 60_000,
            stale_intervals: 200,
            ..LinePolicy::default()
        },
        grace_ms: 120_000,
        audit_every_ms: 3_600_000,
        gather: Duration::from_millis(20),
        compact: Duration::from_mins(1),
        ..FollowPolicy::default()
    }
}

pub(crate) struct Following {
    pub(crate) world: World,
    pub(crate) store: Arc<dyn CandleStore>,
    pub(crate) diary: Arc<Diary>,
    board: Board,
    wanted: watch::Sender<BTreeMap<Channel, Timestamp>>,
    published: broadcast::Receiver<Published>,
    cancel: CancellationToken,
    task: JoinHandle<()>,
    folder: tempfile::TempDir,
}

fn channels(symbols: &[&str], intervals: &[Interval], from: &str) -> BTreeMap<Channel, Timestamp> {
    let pairs = symbols.iter().flat_map(|symbol| intervals.iter().map(move |interval| (symbol, interval)));
    let channel = |(symbol, interval): (&&str, &Interval)| Channel {
        symbol: symbol.parse().unwrap(),
        interval: *interval,
    };
    pairs.map(|pair| (channel(pair), at(from))).collect()
}

impl Following {
    async fn start(wanted: BTreeMap<Channel, Timestamp>, config: SimConfig) -> Self {
        Self::at_speed(SPEED, policy(), wanted, config).await
    }

    pub(crate) async fn at_speed(
        speed: u32,
        policy: FollowPolicy,
        wanted: BTreeMap<Channel, Timestamp>,
        config: SimConfig,
    ) -> Self {
        Self::of(World::start(ORIGIN, speed, config).await, policy, wanted)
    }

    fn of(world: World, policy: FollowPolicy, wanted: BTreeMap<Channel, Timestamp>) -> Self {
        let (folder, store) = lake();
        let diary = Arc::new(Diary::default());
        let board = Board::default();
        let (wanted, receiver) = watch::channel(wanted);
        let (sender, published) = broadcast::channel(1024);
        let follower = Follower {
            exchange: world.exchange.clone(),
            store: store.clone(),
            policy,
            wanted: receiver,
            watch: diary.clone(),
            board: board.clone(),
            published: sender,
        };
        let cancel = CancellationToken::new();
        let task = tokio::spawn(follower.run(cancel.clone()));
        Self { world, store, diary, board, wanted, published, cancel, task, folder }
    }

    /// Waits until every series is complete up to a time.
    async fn reach(&self, text: &str) {
        self.reach_within(at(text), Duration::from_mins(1)).await;
    }

    pub(crate) async fn reach_within(&self, until: Timestamp, patience: Duration) {
        let mut changes = self.board.changes();
        let wanted = self.wanted.borrow().len();
        let reached = changes.wait_for(|board| {
            let is_there = |(key, status): (&SeriesKey, &ingest::ChannelStatus)| {
                status.complete_until >= Some(key.interval.floor(until))
            };
            board.len() == wanted && board.iter().all(is_there)
        });
        let reached = tokio::time::timeout(patience, reached).await;
        if let Err(late) = reached {
            panic!("{late}: {:#?}\n{:#?}", self.board.look(), self.diary.events());
        }
    }

    /// Stops, and compares what is stored with what happened.
    async fn compare(self, from: &str, until: &str) -> Arc<Diary> {
        self.compare_range(TimeRange { start: at(from), end: at(until) }).await
    }

    pub(crate) async fn compare_range(self, range: TimeRange) -> Arc<Diary> {
        let channels: Vec<Channel> = self.wanted.borrow().keys().cloned().collect();
        self.cancel.cancel();
        self.task.await.unwrap();
        let left = journals(self.folder.path());
        assert!(left.is_empty(), "other programs do not see everything: {left:?}");
        for channel in channels {
            let series = key(channel.symbol.as_str(), channel.interval);
            let (there, truth) =
                (stored(&*self.store, &series, range).await, self.world.truth(&series, range));
            assert_eq!(there.len(), truth.len(), "{channel}: {:#?}", self.diary.events());
            assert_eq!(there, truth, "{channel}");
        }
        self.diary
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_is_filled_and_the_present_follows() {
    let wanted = channels(&["BTCUSDT", "ETHUSDT"], &[Interval::M1, Interval::M5], "2024-03-01 03:00");
    let mut following = Following::start(wanted, SimConfig::default()).await;
    following.reach("2024-03-01 13:00").await;
    let mut seen = (false, false);
    while seen != (true, true) {
        let news = match following.published.recv().await {
            Ok(news) => news,
            // Whoever looks too slowly misses some; the next one is the latest.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => panic!("{:#?}", following.diary.events()),
        };
        seen = (seen.0 || news.is_closed, seen.1 || !news.is_closed);
    }
    assert!(following.board.look().values().all(|status| status.phase == Phase::Live));
    assert!(!journals(following.folder.path()).is_empty(), "single candles rewrite no year");
    let diary = following.compare("2024-03-01 03:00", "2024-03-01 13:00").await;
    assert_eq!(diary.count(|event| matches!(event, FollowEvent::Disconnected { .. })), 0);
    assert_eq!(diary.count(|event| matches!(event, FollowEvent::Followed(_))), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_and_missing_closings_leave_no_hole_and_are_told_once() {
    let wanted = channels(&["BTCUSDT", "ETHUSDT", "SOLUSDT"], &[Interval::M1], "2024-03-01 11:00");
    let following = Following::start(wanted, SimConfig::default()).await;
    following.reach("2024-03-01 12:10").await;
    for hour in ["2024-03-01 12:40", "2024-03-01 13:10", "2024-03-01 13:40"] {
        following.world.simulator.inject(Fault::DisconnectStreams);
        following.world.simulator.inject_all(vec![Fault::SkipClosingFrame; 4]);
        following.reach(hour).await;
    }
    let diary = following.compare("2024-03-01 11:00", "2024-03-01 13:40").await;
    assert_eq!(diary.count(|event| matches!(event, FollowEvent::Disconnected { .. })), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_is_told_once_and_everyone_waits() {
    let wanted = channels(&["BTCUSDT", "ETHUSDT", "SOLUSDT"], &[Interval::M1], "2024-03-01 11:00");
    let following = Following::start(wanted, SimConfig::default()).await;
    following.reach("2024-03-01 12:10").await;
    following.world.simulator.inject(Fault::Ban { secs: 600 });
    following.world.simulator.inject(Fault::DisconnectStreams);
    following.reach("2024-03-01 12:50").await;
    let hasty = following.world.simulator.stats().hasty_requests;
    let diary = following.compare("2024-03-01 11:00", "2024-03-01 12:50").await;
    let held = diary.count(|event| matches!(event, FollowEvent::Held { .. }));
    assert_eq!(held, 1, "{:#?}", diary.events());
    // Questions that were under way when the ban came, and none after its answer.
    assert!(hasty < policy().questions_at_once as u64, "{hasty}");
    assert_eq!(diary.count(|event| matches!(event, FollowEvent::Released)), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wanted_changes_while_it_runs() {
    let first = channels(&["BTCUSDT"], &[Interval::M1], "2024-03-01 11:00");
    let following = Following::start(first, SimConfig::default()).await;
    following.reach("2024-03-01 12:05").await;
    following.wanted.send(channels(&["ETHUSDT"], &[Interval::M1], "2024-03-01 11:30")).unwrap();
    following.reach("2024-03-01 12:30").await;
    assert_eq!(following.board.look().len(), 1);
    let diary = following.compare("2024-03-01 11:30", "2024-03-01 12:30").await;
    assert_eq!(diary.count(|event| matches!(event, FollowEvent::Unfollowed(_))), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_live_shortly_are_opened_again() {
    let streams = StreamTimings { lifetime: Duration::from_millis(700), ..StreamTimings::default() };
    let wanted = channels(&["BTCUSDT"], &[Interval::M1], "2024-03-01 11:30");
    let following = Following::start(wanted, SimConfig { streams, ..SimConfig::default() }).await;
    following.reach("2024-03-01 12:30").await;
    let diary = following.compare("2024-03-01 11:30", "2024-03-01 12:30").await;
    assert!(diary.count(|event| matches!(event, FollowEvent::Disconnected { .. })) >= 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pair_that_does_not_exist_is_told_once_and_disturbs_nobody() {
    let wanted = channels(&["BTCUSDT", "NOPEUSDT"], &[Interval::M1], "2024-03-01 11:30");
    let following = Following::start(wanted, SimConfig::default()).await;
    let mut changes = following.board.changes();
    let btc = key("BTCUSDT", Interval::M1);
    let until = Some(at("2024-03-01 12:15"));
    let good = changes.wait_for(|board| board.get(&btc).is_some_and(|status| status.complete_until >= until));
    tokio::time::timeout(Duration::from_mins(1), good).await.unwrap().unwrap();
    let told = following.diary.count(|event| {
        matches!(event, FollowEvent::Failed { channel, reason }
            if channel.symbol.as_str() == "NOPEUSDT" && reason.contains("no symbol 'NOPEUSDT'"))
    });
    assert_eq!(told, 1);
    let status = &following.board.look()[&key("NOPEUSDT", Interval::M1)];
    assert!(
        matches!(&status.phase, Phase::Waiting { reason, until: Some(_) } if reason.contains("NOPEUSDT")),
        "{status:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_that_cannot_be_reached_is_said_until_it_answers() {
    let (world, address) = World::start_unreachable(ORIGIN, SPEED).await;
    let wanted = channels(&["BTCUSDT"], &[Interval::M1], "2024-03-01 11:30");
    let following = Following::of(world, policy(), wanted);
    let btc = key("BTCUSDT", Interval::M1);
    let mut changes = following.board.changes();
    let told = |status: &ingest::ChannelStatus| match &status.phase {
        Phase::Waiting { reason, until: Some(_) } => reason.contains("demo"),
        _ => false,
    };
    let waiting = changes.wait_for(|board| board.get(&btc).is_some_and(told));
    tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("told in time").unwrap();
    // Attempts that go on failing change the time of the next one, and nothing takes the reason back.
    for _ in 0..5 {
        tokio::time::timeout(Duration::from_mins(1), changes.changed()).await.expect("a next try").unwrap();
        let status = changes.borrow_and_update()[&btc].clone();
        assert!(told(&status), "{status:?}");
    }
    following.world.open(tokio::net::TcpListener::bind(address).await.unwrap());
    following.reach("2024-03-01 12:10").await;
    let followed = changes.wait_for(|board| !told(&board[&btc]));
    tokio::time::timeout(Duration::from_mins(1), followed).await.expect("forgotten").unwrap();
}
