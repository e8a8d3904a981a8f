//! Keeps current what users subscribed to: one follower per exchange, in one process of the installation.
//!
//! Invariants: a follower runs only while this process holds the exchange's lease, so that one address is used by one worker whatever
//! the number of users and processes, also while the database that keeps the leases is away; how every channel stands is posted for
//! the pages of all processes.

mod bulletin;
mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exchanges::Channel;
use ingest::{Board, ChannelStatus, FollowPolicy, Follower, LogFollowWatch, Published};
use store::Store;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use types::{ExchangeId, SeriesKey, Timestamp};

use crate::jobs::{News, What};
use crate::wiring::{House, now};

pub(crate) use bulletin::{Standing, standings};

/// How often subscriptions, leases and bulletins are seen to when nobody has rung.
const LOOK: Duration = Duration::from_secs(1);
/// How long an exchange stays ours without a sign of life.
const LEASE: Duration = Duration::from_secs(15);
/// The longest that seeing to everything may take: a database that does not answer must not hold us beyond our leases.
const ANSWER: Duration = Duration::from_secs(5);
/// How often a bulletin is posted even though nothing changed.
const SIGN_OF_LIFE_MS: i64 = 5_000;

/// The followers of this process.
#[derive(Debug)]
pub(crate) struct Following {
    house: House,
    store: Arc<dyn Store>,
    /// Names this process in leases.
    holder: String,
    bell: Arc<Notify>,
    published: broadcast::Sender<Published>,
    /// Takes what pages are to hear beside candles.
    news: broadcast::Sender<News>,
    running: BTreeMap<ExchangeId, Running>,
}

/// A follower at work.
#[derive(Debug)]
struct Running {
    wanted: watch::Sender<BTreeMap<Channel, Timestamp>>,
    board: Board,
    cancel: CancellationToken,
    task: JoinHandle<()>,
    /// When the lease ends unless it is renewed, by the clock that nobody sets.
    ours_until: Instant,
    /// Keeps the order rules by day.
    rules: JoinHandle<()>,
    posted: Option<serde_json::Value>,
    posted_at: Timestamp,
    /// How each series stood when it was last looked at.
    stood: BTreeMap<SeriesKey, ChannelStatus>,
}

type Wanted = BTreeMap<ExchangeId, BTreeMap<Channel, Timestamp>>;

impl Following {
    pub(crate) fn new(
        house: House,
        store: Arc<dyn Store>,
        holder: String,
        bell: Arc<Notify>,
        published: broadcast::Sender<Published>,
        news: broadcast::Sender<News>,
    ) -> Self {
        Self { house, store, holder, bell, published, news, running: BTreeMap::new() }
    }

    /// Follows until told to stop; what was told by then is stored and the leases are given back.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            match tokio::time::timeout(ANSWER, self.look()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "cannot see to what is followed; trying again"),
                Err(_) => tracing::error!(
                    "the database does not answer: cannot see to what is followed; trying again"
                ),
            }
            self.stop_what_is_no_longer_ours().await;
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.bell.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        let exchanges: Vec<ExchangeId> = self.running.keys().cloned().collect();
        for exchange in exchanges {
            self.stop(&exchange).await;
        }
    }

    async fn look(&mut self) -> Result<(), store::StoreError> {
        let wanted = by_exchange(self.store.followed().await?);
        let idle: Vec<ExchangeId> =
            self.running.keys().filter(|exchange| !wanted.contains_key(*exchange)).cloned().collect();
        for exchange in idle {
            self.stop(&exchange).await;
        }
        for (exchange, channels) in wanted {
            if self.running.get(&exchange).is_some_and(|running| running.task.is_finished()) {
                // It broke, and is started again.
                self.stop(&exchange).await;
            }
            let ours_until = Instant::now() + LEASE;
            let until = now().plus_ms(i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX));
            if !self.store.take_lease(&lease(&exchange), &self.holder, until, now()).await? {
                if self.running.contains_key(&exchange) {
                    tracing::warn!(%exchange, "another process follows this exchange now");
                    self.stop(&exchange).await;
                }
                continue;
            }
            self.want(&exchange, channels, ours_until);
            self.post(&exchange).await?;
        }
        Ok(())
    }

    /// Stops followers whose lease could not be renewed: another process may have it by now.
    async fn stop_what_is_no_longer_ours(&mut self) {
        let is_lost = |running: &Running| running.ours_until <= Instant::now();
        let lost: Vec<ExchangeId> = self
            .running
            .iter()
            .filter(|(_, running)| is_lost(running))
            .map(|(exchange, _)| exchange.clone())
            .collect();
        for exchange in lost {
            tracing::warn!(%exchange, "the lease ran out while the database was away: no longer following");
            self.stop(&exchange).await;
        }
    }

    /// Tells the exchange's follower what is wanted, starting it first where it does not run.
    fn want(&mut self, exchange: &ExchangeId, channels: BTreeMap<Channel, Timestamp>, ours_until: Instant) {
        if let Some(running) = self.running.get_mut(exchange) {
            running.ours_until = ours_until;
            running.wanted.send_if_modified(|present| {
                let is_new = *present != channels;
                *present = channels;
                is_new
            });
            return;
        }
        let Ok(adapter) = self.house.exchanges.get(exchange) else {
            // Subscriptions outlive the entries of exchanges.yaml; the page of the subscriber says so.
            return;
        };
        let (wanted, receiver) = watch::channel(channels);
        let (board, cancel) = (Board::default(), CancellationToken::new());
        let follower = Follower {
            exchange: adapter.clone(),
            store: self.house.candles.clone(),
            policy: FollowPolicy::default(),
            wanted: receiver,
            watch: Arc::new(LogFollowWatch { exchange: exchange.to_string() }),
            board: board.clone(),
            published: self.published.clone(),
        };
        let task = tokio::spawn(follower.run(cancel.clone()));
        let rules = tokio::spawn(rules::keep(adapter, self.store.clone(), cancel.clone()));
        let running = Running {
            wanted,
            board,
            cancel,
            task,
            ours_until,
            rules,
            posted: None,
            posted_at: Timestamp::EPOCH,
            stood: BTreeMap::new(),
        };
        self.running.insert(exchange.clone(), running);
    }

    async fn post(&mut self, exchange: &ExchangeId) -> Result<(), store::StoreError> {
        let Some(running) = self.running.get_mut(exchange) else { return Ok(()) };
        let stands = running.board.look();
        for (key, status) in &stands {
            if running.stood.get(key).is_none_or(|before| is_turn(before, status)) {
                // Nobody looks: that is fine.
                drop(self.news.send(News::to_all(What::Series(key.clone()))));
            }
        }
        let document = match bulletin::document(&stands) {
            Ok(document) => document,
            Err(error) => {
                tracing::error!(%exchange, %error, "how followed series stand cannot be written down");
                return Ok(());
            }
        };
        running.stood = stands;
        let is_old = now().ms_since(running.posted_at) > SIGN_OF_LIFE_MS;
        if is_old || running.posted.as_ref() != Some(&document) {
            self.store.post_bulletin(&lease(exchange), &document, now()).await?;
            (running.posted, running.posted_at) = (Some(document), now());
        }
        Ok(())
    }

    async fn stop(&mut self, exchange: &ExchangeId) {
        let Some(running) = self.running.remove(exchange) else { return };
        running.cancel.cancel();
        for ended in [running.task.await, running.rules.await] {
            if let Err(error) = ended {
                tracing::error!(%exchange, %error, "a follower broke");
            }
        }
        if let Err(error) = self.store.give_lease_back(&lease(exchange), &self.holder).await {
            // It runs out by itself.
            tracing::debug!(%exchange, %error, "a lease was not given back");
        }
    }
}

/// Returns whether a series stands otherwise than before: it is filled, live or waiting now, or has its first candles.
fn is_turn(before: &ChannelStatus, now: &ChannelStatus) -> bool {
    std::mem::discriminant(&before.phase) != std::mem::discriminant(&now.phase)
        || before.complete_until.is_some() != now.complete_until.is_some()
}

/// The name of an exchange's lease and of its bulletin.
fn lease(exchange: &ExchangeId) -> String {
    format!("follow:{exchange}")
}

fn by_exchange(followed: Vec<(SeriesKey, Timestamp)>) -> Wanted {
    let mut wanted = Wanted::new();
    for (SeriesKey { exchange, symbol, interval }, since) in followed {
        wanted.entry(exchange).or_default().insert(Channel { symbol, interval }, since);
    }
    wanted
}
