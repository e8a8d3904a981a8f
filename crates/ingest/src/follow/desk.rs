//! The follower at work: what the streams tell and what the work brings comes in, questions and stores go out.

mod catch_up;
mod incoming;
mod outgoing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use exchanges::{Channel, Clock, LineEvent, keep_lines};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use types::SeriesKey;

use super::Follower;
use super::event::FollowEvent;
use super::pause::Pause;
use super::series::Series;
use super::work::{Done, Heard, Tools};
use catch_up::CatchUp;

/// Events of streams that wait for us; when we are slower, the streams wait.
const EVENTS: usize = 4096;
/// What questions tell while they wait; a flood beyond this repeats itself.
const HEARD: usize = 16;

pub(super) struct Desk {
    follower: Follower,
    clock: Arc<dyn Clock>,
    tools: Tools,
    series: BTreeMap<Channel, Series>,
    pause: Pause,
    jobs: JoinSet<Done>,
    /// Questions under way, and those of them that go far back.
    questions: usize,
    long_questions: usize,
    /// Whose turn it was last.
    served: Option<Channel>,
    /// What was fetched that the streams had not told, and was not told yet.
    catch_up: CatchUp,
    /// Streams that are down, which has been told.
    broken: BTreeSet<usize>,
    channels: watch::Sender<BTreeSet<Channel>>,
    line_events: mpsc::Receiver<LineEvent>,
    heard: mpsc::Receiver<Heard>,
    lines: JoinSet<()>,
}

impl Desk {
    pub(super) fn new(follower: Follower, cancel: CancellationToken) -> Self {
        let (channels, wanted) = watch::channel(BTreeSet::new());
        let (events, line_events) = mpsc::channel(EVENTS);
        let (heard_sender, heard) = mpsc::channel(HEARD);
        let mut lines = JoinSet::new();
        let exchange = follower.exchange.clone();
        if exchange.offer().live.is_some() {
            lines.spawn(keep_lines(exchange, follower.policy.lines, wanted, events, cancel.clone()));
        }
        let tools = Tools {
            exchange: follower.exchange.clone(),
            store: follower.store.clone(),
            cancel,
            heard: heard_sender,
            is_failing: Arc::default(),
        };
        Self {
            clock: follower.exchange.clock(),
            follower,
            tools,
            series: BTreeMap::new(),
            pause: Pause::default(),
            jobs: JoinSet::new(),
            questions: 0,
            long_questions: 0,
            served: None,
            catch_up: CatchUp::default(),
            broken: BTreeSet::new(),
            channels,
            line_events,
            heard,
            lines,
        }
    }

    pub(super) async fn run(mut self) {
        let cancel = self.tools.cancel.clone();
        let mut tick = tokio::time::interval(self.follower.policy.gather);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.want();
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                changed = self.follower.wanted.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    self.want();
                }
                Some(done) = self.jobs.join_next() => {
                    self.finish(done);
                    self.hand_out();
                    self.tell_catch_up();
                }
                Some(heard) = self.heard.recv() => {
                    let event = match heard {
                        Heard::Pause { reason, until } => self.pause.asked(reason, until),
                        Heard::Retrying { reason, until } => {
                            self.pause.retrying(reason, until);
                            None
                        }
                        Heard::Answered => self.pause.answered(self.clock.now()),
                    };
                    self.tell(event);
                }
                _ = tick.tick() => {
                    self.hand_out();
                    self.show();
                }
                Some(event) = self.line_events.recv() => self.hear(event),
            }
        }
        self.close().await;
    }

    /// Stores what was told, then lets go.
    async fn close(mut self) {
        self.tools.cancel.cancel();
        self.lines.shutdown().await;
        while let Ok(event) = self.line_events.try_recv() {
            self.hear(event);
        }
        while let Some(done) = self.jobs.join_next().await {
            self.finish(done);
        }
        self.store_ready();
        while let Some(done) = self.jobs.join_next().await {
            self.finish(done);
        }
        self.tell_catch_up();
        self.compact().await;
        let shown: Vec<SeriesKey> = self.series.values().map(|series| series.key.clone()).collect();
        self.follower.board.show(shown.into_iter().map(|key| (key, None)));
    }

    /// Brings to other programs what the store keeps aside, one series after the other, as long as there is time.
    async fn compact(&mut self) {
        let until = Instant::now() + self.follower.policy.compact;
        let keys: Vec<SeriesKey> = self.series.values().map(|series| series.key.clone()).collect();
        for (done, key) in keys.iter().enumerate() {
            if Instant::now() >= until {
                tracing::info!(
                    series = keys.len() - done,
                    "no time to compact the others; nothing of them is lost"
                );
                return;
            }
            let compacted = self.tools.clone().compact(key.clone()).await;
            self.finish(Ok(compacted));
        }
    }

    /// Takes over what is wanted now.
    fn want(&mut self) {
        let wanted = self.follower.wanted.borrow_and_update().clone();
        let gone: Vec<Channel> =
            self.series.keys().filter(|channel| !wanted.contains_key(channel)).cloned().collect();
        for channel in gone {
            if let Some(series) = self.series.remove(&channel) {
                self.follower.board.show([(series.key.clone(), None)]);
                self.jobs.spawn(self.tools.clone().compact(series.key));
                self.tell(Some(FollowEvent::Unfollowed(channel)));
            }
        }
        for (channel, from) in &wanted {
            if let Some(series) = self.series.get_mut(channel) {
                series.begin_at(*from);
                continue;
            }
            let key = SeriesKey {
                exchange: self.follower.exchange.id().clone(),
                symbol: channel.symbol.clone(),
                interval: channel.interval,
            };
            self.series.insert(channel.clone(), Series::new(key, *from));
            self.tell(Some(FollowEvent::Followed(channel.clone())));
        }
        let channels = wanted.into_keys().collect();
        self.channels.send_if_modified(|present| {
            let is_new = *present != channels;
            *present = channels;
            is_new
        });
    }

    /// Tells what was fetched after a break once nothing more is being asked, or after a while in any case.
    fn tell_catch_up(&mut self) {
        let is_over = self.questions == 0 && !self.series.values().any(|series| series.must_fill);
        let event = self.catch_up.take(is_over || self.tools.cancel.is_cancelled(), self.clock.now());
        self.tell(event);
    }

    fn tell(&self, event: Option<FollowEvent>) {
        if let Some(event) = event {
            self.follower.watch.event(&event);
        }
    }
}
