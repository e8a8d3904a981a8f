//! Live candles of the simulator through the real adapter: what is told, and what happens when the line breaks.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use exchange_sim::{Clock, Fault, SimConfig, Simulator};
use exchanges::{Channel, Exchange, LineEvent, LinePolicy, RetryPolicy, Transport, keep_lines};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use types::{Interval, TimeRange};

use crate::support::{FastClock, at, connect, symbol};

/// A minute of the exchange passes in 100 ms.
const SPEED: u32 = 600;
const NOW: &str = "2024-03-01 12:20:40";

struct Live {
    simulator: Simulator,
    wanted: watch::Sender<BTreeSet<Channel>>,
    events: mpsc::Receiver<LineEvent>,
}

fn channel(name: &str, interval: Interval) -> Channel {
    Channel { symbol: symbol(name), interval }
}

fn channels(names: &[&str]) -> BTreeSet<Channel> {
    names.iter().map(|name| channel(name, Interval::M1)).collect()
}

fn policy() -> LinePolicy {
    LinePolicy {
        retry: RetryPolicy { base_ms: 1000, cap_ms: 5000, ..RetryPolicy::default() },
        attempt_every_ms: 1000,
        // What takes a moment of ours takes minutes of theirs.
        overlap_ms: 60_000,
        // Two hundred minutes of theirs are twenty seconds of a machine that is busy building.
        stale_intervals: 200,
        ..LinePolicy::default()
    }
}

impl Live {
    async fn start(policy: LinePolicy, names: &[&str]) -> Self {
        let clock = Clock::scaled(at(NOW), SPEED);
        Self::with_clocks(clock.clone(), clock, policy, names).await
    }

    async fn with_clocks(theirs: Clock, ours: Clock, policy: LinePolicy, names: &[&str]) -> Self {
        let config = SimConfig { clock: theirs.clone(), rate_clock: theirs, ..SimConfig::default() };
        let simulator = Simulator::new(config).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(exchange_sim::serve(listener, simulator.clone(), std::future::pending()));
        let (wanted, events) = listen(&url, ours, policy, names);
        Self { simulator, wanted, events }
    }

    async fn next(&mut self) -> LineEvent {
        let event = tokio::time::timeout(Duration::from_secs(20), self.events.recv()).await;
        event.expect("an event in time").expect("lines that are kept")
    }

    /// Returns the next event that is no candle.
    async fn next_change(&mut self) -> LineEvent {
        loop {
            let event = self.next().await;
            if !matches!(event, LineEvent::Closed(..) | LineEvent::Forming(..)) {
                return event;
            }
        }
    }
}

fn listen(
    url: &str,
    ours: Clock,
    policy: LinePolicy,
    names: &[&str],
) -> (watch::Sender<BTreeSet<Channel>>, mpsc::Receiver<LineEvent>) {
    let clock = Arc::new(FastClock { clock: ours, speed: SPEED });
    let exchange: Arc<dyn Exchange> = connect(url, 6000, Transport { clock, ..Transport::default() });
    let (wanted, receiver) = watch::channel(channels(names));
    let (sender, events) = mpsc::channel(64);
    // The task ends with the test's runtime.
    tokio::spawn(keep_lines(exchange, policy, receiver, sender, CancellationToken::new()));
    (wanted, events)
}

fn up(names: &[&str]) -> LineEvent {
    LineEvent::Up { line: 0, channels: channels(names).into_iter().collect() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_candles_are_those_of_the_exchange_and_unfinished_ones_are_told_apart() {
    let mut live = Live::start(policy(), &["BTCUSDT", "ETHUSDT"]).await;
    assert_eq!(live.next_change().await, up(&["BTCUSDT", "ETHUSDT"]));
    let (mut closed, mut forming) = (0, 0);
    while closed < 8 || forming < 8 {
        match live.next().await {
            LineEvent::Closed(channel, candle) => {
                let end = channel.interval.next_open(candle.open_time);
                let range = TimeRange { start: candle.open_time, end };
                let truth = live.simulator.candles(&channel.symbol, channel.interval, range).unwrap();
                assert_eq!(truth, [candle]);
                closed += 1;
            }
            LineEvent::Forming(..) => forming += 1,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_line_is_told_and_opened_again() {
    let mut live = Live::start(policy(), &["BTCUSDT"]).await;
    assert_eq!(live.next_change().await, up(&["BTCUSDT"]));
    // A candle proves the connection good, so that the first attempt after the cut is made at once.
    assert!(matches!(live.next().await, LineEvent::Closed(..) | LineEvent::Forming(..)));
    live.simulator.inject(Fault::DisconnectStreams);
    let down = live.next_change().await;
    assert!(
        matches!(&down, LineEvent::Down { line: 0, reason, retry_in_ms: 0 } if reason.contains("broke")),
        "{down:?}"
    );
    assert_eq!(live.next_change().await, up(&["BTCUSDT"]));
    assert!(matches!(live.next().await, LineEvent::Closed(..) | LineEvent::Forming(..)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wanted_may_change_at_any_time() {
    let mut live = Live::start(policy(), &["BTCUSDT"]).await;
    assert_eq!(live.next_change().await, up(&["BTCUSDT"]));
    live.wanted.send(channels(&["ETHUSDT", "SOLUSDT"])).unwrap();
    assert_eq!(live.next_change().await, up(&["ETHUSDT", "SOLUSDT"]));
    for _ in 0..20 {
        match live.next().await {
            LineEvent::Closed(channel, _) | LineEvent::Forming(channel, _) => {
                assert_ne!(channel.symbol.as_str(), "BTCUSDT");
            }
            other => panic!("{other:?}"),
        }
    }
    live.wanted.send(BTreeSet::new()).unwrap();
    let mut open = live.simulator.stats().streams_open;
    while open > 0 {
        tokio::task::yield_now().await;
        open = live.simulator.stats().streams_open;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_is_renewed_before_it_expires_without_a_break() {
    let renewing = LinePolicy { renew_after_ms: 120_000, ..policy() };
    let mut live = Live::start(renewing, &["BTCUSDT"]).await;
    let mut renewed = 0;
    let mut last = None;
    while renewed < 3 {
        match live.next().await {
            LineEvent::Renewed { line: 0, .. } => renewed += 1,
            LineEvent::Up { .. } | LineEvent::Forming(..) => {}
            LineEvent::Closed(channel, candle) => {
                let expected = last.map(|last| channel.interval.next_open(last));
                // Both connections may tell the same candle; none is skipped.
                assert!(expected.is_none_or(|expected| candle.open_time <= expected), "{last:?} {candle:?}");
                last = last.max(Some(candle.open_time));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_stream_is_stale_and_given_up() {
    // The exchange's clock stands still, so that its stream has nothing to tell while our time passes.
    let mut live = Live::with_clocks(
        Clock::manual(at(NOW)),
        Clock::scaled(at(NOW), SPEED),
        LinePolicy { stale_intervals: 3, ..policy() },
        &["BTCUSDT"],
    )
    .await;
    assert_eq!(live.next_change().await, up(&["BTCUSDT"]));
    let down = live.next_change().await;
    assert!(matches!(&down, LineEvent::Down { reason, .. } if reason.contains("stale")), "{down:?}");
    assert_eq!(live.next_change().await, up(&["BTCUSDT"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_listens_the_line_says_so_and_keeps_trying() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let (_wanted, mut events) = listen(&url, Clock::scaled(at(NOW), SPEED), policy(), &["BTCUSDT"]);
    for attempt in 0..3 {
        let down = events.recv().await.unwrap();
        let LineEvent::Down { reason, retry_in_ms, .. } = down else { panic!("{down:?}") };
        assert!(reason.contains("no stream from 127.0.0.1"), "{reason}");
        assert!(attempt > 0 || retry_in_ms == 0, "{retry_in_ms}");
    }
}
