//! One connection from its opening to its end or its replacement: renewal with overlap, staleness, jumps of the machine's clock.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::{BoxFuture, OptionFuture};
use types::{Interval, Timestamp};

use super::{Line, Memory, Over};
use crate::clock::Clock;
use crate::live::LineEvent;
use crate::protocol::{Channel, Exchange, ExchangeError, FeedEnd, LiveEvent, LiveFeed};

/// The machine's clock is looked at this often.
const LOOK_MS: i64 = 5_000;
/// However much is due, others get their turn in between.
const SHORTEST_LOOK_MS: i64 = 10;
/// A shift of the machine's clock beyond this is a sleep or a new time, not the slewing of a time service.
const SHIFT_MS: i64 = 3_000;
/// Each time a connection goes stale without having told anything, the next one is given twice the patience, up to this.
const MOST_PATIENCE: i64 = 16;
/// A month's candle is the only one of no fixed length.
const MONTH_MS: i64 = 31 * Timestamp::DAY_MS;

type Connecting = BoxFuture<'static, Result<Box<dyn LiveFeed>, ExchangeError>>;

/// A connection at work.
pub(super) struct Talk<'a> {
    line: &'a mut Line,
    clock: Arc<dyn Clock>,
    memory: &'a mut Memory,
    wanted: BTreeSet<Channel>,
    current: Box<dyn LiveFeed>,
    opened: Timestamp,
    /// When the last candle was told, or was to be expected at the earliest.
    heard: Timestamp,
    has_told: bool,
    /// The machine's clock against ours when this began.
    shift_ms: i64,
    /// The next connection while it is being opened, and why.
    renewal: Option<(String, Connecting)>,
    successor: Option<Successor>,
}

/// The connection that is to take over.
struct Successor {
    reason: String,
    feed: Box<dyn LiveFeed>,
    /// What it has not been confirmed to carry yet.
    missing: BTreeSet<Channel>,
    /// Since when it carries everything.
    ready: Option<Timestamp>,
}

impl<'a> Talk<'a> {
    pub(super) fn new(
        line: &'a mut Line,
        mut feed: Box<dyn LiveFeed>,
        clock: Arc<dyn Clock>,
        memory: &'a mut Memory,
    ) -> Self {
        let wanted = line.wanted.borrow_and_update().clone();
        feed.want(&wanted);
        let (now, shift_ms) = (clock.now(), clock.shift_ms());
        Self {
            line,
            clock,
            memory,
            wanted,
            current: feed,
            opened: now,
            heard: now,
            has_told: false,
            shift_ms,
            renewal: None,
            successor: None,
        }
    }

    pub(super) async fn run(mut self) -> Over {
        loop {
            let look_at = self.next_look();
            let step = tokio::select! {
                biased;
                event = self.current.next() => self.hear(event).await,
                event = OptionFuture::from(self.successor.as_mut().map(|next| next.feed.next())),
                    if self.successor.is_some() => self.hear_successor(event).await,
                feed = OptionFuture::from(self.renewal.as_mut().map(|(_, connecting)| connecting)),
                    if self.renewal.is_some() => {
                    self.receive_successor(feed);
                    Ok(())
                }
                changed = self.line.wanted.changed() => if changed.is_ok() { self.want() } else { Err(Over::Idle) },
                () = self.clock.sleep_until(look_at) => self.look().await,
            };
            if let Err(over) = step {
                return over;
            }
        }
    }

    async fn hear(&mut self, event: Result<LiveEvent, FeedEnd>) -> Result<(), Over> {
        match event {
            Ok(LiveEvent::Ending(reason)) => {
                self.renew(reason);
                Ok(())
            }
            Ok(event) => {
                if matches!(event, LiveEvent::Closed(..) | LiveEvent::Forming(..)) {
                    self.heard = self.clock.now();
                    self.has_told = true;
                    (self.memory.failures, self.memory.patience) = (0, 1);
                }
                self.pass_on(event).await
            }
            Err(FeedEnd(reason)) => match self.successor.take_if(|next| next.ready.is_some()) {
                Some(successor) => self.take_over(successor).await,
                None => Err(Over::Broken(reason)),
            },
        }
    }

    async fn hear_successor(&mut self, event: Option<Result<LiveEvent, FeedEnd>>) -> Result<(), Over> {
        let (Some(Ok(event)), Some(successor)) = (event, &mut self.successor) else {
            // The old connection still stands; its end will be dealt with when it comes.
            self.successor = None;
            return Ok(());
        };
        if let LiveEvent::Listening(channels) = &event {
            successor.missing.retain(|channel| !channels.contains(channel));
            successor.ready = successor.missing.is_empty().then(|| self.clock.now());
        }
        self.pass_on(event).await
    }

    fn receive_successor(&mut self, opened: Option<Result<Box<dyn LiveFeed>, ExchangeError>>) {
        // One that could not be opened is tried again when the next look finds the connection still too old.
        if let (Some((reason, _)), Some(Ok(mut feed))) = (self.renewal.take(), opened) {
            feed.want(&self.wanted);
            self.successor = Some(Successor { reason, feed, missing: self.wanted.clone(), ready: None });
        }
    }

    fn want(&mut self) -> Result<(), Over> {
        self.wanted.clone_from(&self.line.wanted.borrow_and_update());
        if self.wanted.is_empty() {
            return Err(Over::Idle);
        }
        self.current.want(&self.wanted);
        self.heard = self.clock.now();
        // A successor on its way would carry what was wanted before; the next renewal finds the right state.
        self.successor = None;
        Ok(())
    }

    async fn look(&mut self) -> Result<(), Over> {
        let now = self.clock.now();
        let shifted_ms = self.clock.shift_ms() - self.shift_ms;
        if shifted_ms.abs() > SHIFT_MS {
            let seconds = shifted_ms / 1000;
            return Err(Over::Broken(format!("this machine slept or its clock was set (by {seconds} s)")));
        }
        if let Some(successor) = self
            .successor
            .take_if(|next| next.ready.is_some_and(|ready| now >= ready.plus_ms(self.line.policy.overlap_ms)))
        {
            return self.take_over(successor).await;
        }
        if now >= self.stale_at() {
            if !self.has_told {
                self.memory.patience = (self.memory.patience * 2).min(MOST_PATIENCE);
            }
            let seconds = now.ms_since(self.heard) / 1000;
            return Err(Over::Broken(format!("no candle was told for {seconds} s: the stream is stale")));
        }
        if now >= self.renew_at() && self.successor.is_none() {
            // Should this attempt fail, the next one is made after the pause between any two.
            self.opened = now.plus_ms(self.line.policy.attempt_every_ms - self.line.policy.renew_after_ms);
            self.renew("connections are replaced before they expire".to_owned());
        }
        Ok(())
    }

    async fn take_over(&mut self, successor: Successor) -> Result<(), Over> {
        let now = self.clock.now();
        (self.current, self.opened, self.heard) = (successor.feed, now, now);
        self.line.tell(LineEvent::Renewed { line: self.line.number, reason: successor.reason }).await
    }

    /// Begins to open the next connection, unless that is under way.
    fn renew(&mut self, reason: String) {
        if self.renewal.is_none() && self.successor.is_none() {
            let exchange: Arc<dyn Exchange> = self.line.exchange.clone();
            self.renewal = Some((reason, Box::pin(async move { exchange.listen().await })));
        }
    }

    fn next_look(&self) -> Timestamp {
        let now = self.clock.now();
        let ready = self.successor.as_ref().and_then(|next| next.ready);
        let take_over_at = ready.map(|ready| ready.plus_ms(self.line.policy.overlap_ms));
        // While a renewal is under way its age is no news.
        let is_renewing = self.renewal.is_some() || self.successor.is_some();
        let renew_at = (!is_renewing).then(|| self.renew_at());
        let next = [take_over_at, renew_at].into_iter().flatten().fold(self.stale_at(), Timestamp::min);
        next.clamp(now.plus_ms(SHORTEST_LOOK_MS), now.plus_ms(LOOK_MS))
    }

    fn stale_at(&self) -> Timestamp {
        let policy = &self.line.policy;
        let finest = self.wanted.iter().map(|channel| channel.interval).min();
        let finest_ms = finest.and_then(Interval::fixed_ms).unwrap_or(MONTH_MS);
        let patience_ms = (finest_ms * policy.stale_intervals).max(policy.stale_floor_ms);
        self.heard.plus_ms(patience_ms.saturating_mul(self.memory.patience))
    }

    fn renew_at(&self) -> Timestamp {
        self.opened.plus_ms(self.line.policy.renew_after_ms)
    }

    async fn pass_on(&mut self, event: LiveEvent) -> Result<(), Over> {
        let event = match event {
            LiveEvent::Listening(channels) => LineEvent::Up { line: self.line.number, channels },
            LiveEvent::Closed(channel, candle) => LineEvent::Closed(channel, candle),
            LiveEvent::Forming(channel, candle) => LineEvent::Forming(channel, candle),
            LiveEvent::Refused(channel, at, fault) => LineEvent::Refused(channel, at, fault),
            LiveEvent::Ending(_) => return Ok(()),
        };
        self.line.tell(event).await
    }
}
