//! The suite's part about candles as they happen.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use exchange_sim::Clock;
use exchanges::{Channel, LineEvent, LinePolicy, RetryPolicy, keep_lines};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use types::{Interval, TimeRange};

use super::{Arena, Counterpart, World};
use crate::support::{at, symbol};

/// A minute of the exchange passes in 100 ms.
const SPEED: u32 = 600;
const NOW: &str = "2024-03-01 12:20:40";

struct Live<C> {
    arena: Arena<C>,
    channel: Channel,
    events: mpsc::Receiver<LineEvent>,
    /// Dropping it would end the lines.
    _wanted: watch::Sender<BTreeSet<Channel>>,
}

impl<C: Counterpart> Live<C> {
    async fn start() -> Self {
        let clock = Clock::scaled(at(NOW), SPEED);
        let arena = Arena::<C>::start_running(World::new(clock.clone()), clock, SPEED).await;
        let channel = Channel { symbol: symbol(C::SYMBOL), interval: Interval::M1 };
        let (wanted, receiver) = watch::channel(BTreeSet::from([channel.clone()]));
        let (sender, events) = mpsc::channel(64);
        let policy = LinePolicy {
            retry: RetryPolicy { base_ms: 1000, cap_ms: 5000, ..RetryPolicy::default() },
            attempt_every_ms: 1000,
            stale_intervals: 100,
            ..LinePolicy::default()
        };
        // The task ends with the test's runtime.
        tokio::spawn(keep_lines(
            Arc::clone(&arena.exchange),
            policy,
            receiver,
            sender,
            CancellationToken::new(),
        ));
        Self { arena, channel, events, _wanted: wanted }
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

    fn up(&self) -> LineEvent {
        LineEvent::Up { line: 0, channels: vec![self.channel.clone()] }
    }
}

pub(crate) async fn closed_and_forming_are_told_apart<C: Counterpart>() {
    let mut live = Live::<C>::start().await;
    assert_eq!(live.next_change().await, live.up());
    let (mut closed, mut forming) = (0, 0);
    while closed < 5 || forming < 5 {
        match live.next().await {
            LineEvent::Closed(channel, candle) => {
                assert_eq!(channel, live.channel);
                let end = channel.interval.next_open(candle.open_time);
                let range = TimeRange { start: candle.open_time, end };
                assert_eq!(live.arena.truth(channel.interval, range), [candle]);
                closed += 1;
            }
            LineEvent::Forming(channel, _) => {
                assert_eq!(channel, live.channel);
                forming += 1;
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) async fn a_cut_stream_is_told_and_opened_again<C: Counterpart>() {
    let mut live = Live::<C>::start().await;
    assert_eq!(live.next_change().await, live.up());
    // A candle proves the connection good, so that the first attempt after the cut is made at once.
    assert!(matches!(live.next().await, LineEvent::Closed(..) | LineEvent::Forming(..)));
    live.arena.counterpart.cut_streams();
    let down = live.next_change().await;
    assert!(matches!(&down, LineEvent::Down { line: 0, retry_in_ms: 0, .. }), "{down:?}");
    assert_eq!(live.next_change().await, live.up());
    assert!(matches!(live.next().await, LineEvent::Closed(..) | LineEvent::Forming(..)));
}
