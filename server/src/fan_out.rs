//! News from the process where something happens to those that show pages, through Redis where there is one.
//!
//! Invariants: pages of the same process hear what happens there whether or not Redis is reachable, and everything once; nothing is
//! kept: whoever was not listening reads the store. A connection that was lost without a word (a host that vanished, a router that
//! forgot) is noticed, because every end listens for its own heartbeat.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// News that a slow listener may be behind before it misses some.
const PENDING: usize = 1024;
/// The wait before Redis is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The time between two heartbeats, within which one has to come back.
const BEAT: Duration = Duration::from_secs(10);

/// Both ends for one kind of news: where it goes in, and where pages take it out.
#[derive(Debug, Clone)]
pub(crate) struct FanOut<T> {
    /// The channel in Redis; a new form of messages gets a new name.
    topic: &'static str,
    /// Takes what happens in this process.
    pub(crate) told: broadcast::Sender<T>,
    /// Hands out what happens in any process.
    pub(crate) published: broadcast::Sender<T>,
    /// Names this end on its messages: what comes back through Redis is known already.
    from: Uuid,
    beat: Duration,
}

/// A message in Redis.
#[derive(Debug, Serialize, Deserialize)]
struct Message<T> {
    from: Uuid,
    /// Nothing on a heartbeat.
    news: Option<T>,
}

impl<T: Clone + Send + Serialize + DeserializeOwned + 'static> FanOut<T> {
    /// Makes both ends; [`FanOut::carry`] has to run between them.
    pub(crate) fn new(topic: &'static str) -> Self {
        let (told, _) = broadcast::channel(PENDING);
        let (published, _) = broadcast::channel(PENDING);
        Self { topic, told, published, from: Uuid::now_v7(), beat: BEAT }
    }

    /// Carries news until told to stop: to the pages of this process, and through Redis unless `cache_url` is `memory`.
    pub(crate) async fn carry(self, cache_url: String, shutdown: CancellationToken) {
        let through_redis = async {
            match cache_url.as_str() {
                "memory" => std::future::pending().await,
                url => self.relay(url).await,
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            never = self.hand_over() => match never {},
            never = through_redis => match never {},
        }
    }

    /// Hands what happens in this process to its own pages.
    async fn hand_over(&self) -> Infallible {
        let mut told = self.told.subscribe();
        loop {
            match told.recv().await {
                // Nobody looks: that is fine.
                Ok(news) => drop(self.published.send(news)),
                Err(RecvError::Lagged(missed)) => {
                    tracing::debug!(self.topic, missed, "news was lost on the way");
                }
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// Passes news through Redis, and tries again when it is away; each break is told once.
    async fn relay(&self, url: &str) -> Infallible {
        let mut is_away = false;
        loop {
            let lost = self.pass(url, &mut is_away).await;
            if std::mem::replace(&mut is_away, true) {
                tracing::debug!(self.topic, error = %lost, "Redis is still away");
            } else {
                tracing::warn!(self.topic, error = %lost, "Redis is away: pages see only what happens in their own process");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Passes news on until something breaks; returns what did.
    async fn pass(&self, url: &str, is_away: &mut bool) -> redis::RedisError {
        let connected = async {
            let client = redis::Client::open(url)?;
            let sender = client.get_multiplexed_async_connection().await?;
            let mut receiver = client.get_async_pubsub().await?;
            receiver.subscribe(self.topic).await?;
            Ok((sender, receiver))
        };
        let (sender, receiver) = match tokio::time::timeout(PATIENCE, connected).await {
            Ok(Ok(connections)) => connections,
            Ok(Err(lost)) => return lost,
            Err(_) => return broken("it took no connection in time"),
        };
        if std::mem::take(is_away) {
            tracing::info!(self.topic, "Redis is back");
        }
        let heard = AtomicBool::new(true);
        let Err(lost) = tokio::select! {
            lost = self.send(sender, &heard) => lost,
            lost = self.receive(receiver, &heard) => lost,
        };
        lost
    }

    async fn send(
        &self,
        mut connection: redis::aio::MultiplexedConnection,
        heard: &AtomicBool,
    ) -> redis::RedisResult<Infallible> {
        let mut told = self.told.subscribe();
        let mut beat = tokio::time::interval(self.beat);
        loop {
            let news = tokio::select! {
                news = told.recv() => match news {
                    Ok(news) => Some(news),
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => std::future::pending().await,
                },
                _ = beat.tick() => {
                    if !heard.swap(false, Ordering::Relaxed) {
                        return Err(broken("what was told did not come back"));
                    }
                    None
                }
            };
            match serde_json::to_string(&Message { from: self.from, news }) {
                Ok(text) => {
                    let () =
                        redis::cmd("PUBLISH").arg(self.topic).arg(text).query_async(&mut connection).await?;
                }
                Err(error) => tracing::error!(self.topic, %error, "news that cannot be written down"),
            }
        }
    }

    async fn receive(
        &self,
        mut subscription: redis::aio::PubSub,
        heard: &AtomicBool,
    ) -> redis::RedisResult<Infallible> {
        let mut messages = subscription.on_message();
        while let Some(message) = messages.next().await {
            let text: String = message.get_payload()?;
            match serde_json::from_str::<Message<T>>(&text) {
                Ok(message) if message.from == self.from => heard.store(true, Ordering::Relaxed),
                // Nobody looks: that is fine.
                Ok(Message { news: Some(news), .. }) => drop(self.published.send(news)),
                Ok(Message { news: None, .. }) => {}
                Err(error) => tracing::debug!(self.topic, %error, "a message in Redis is none of ours"),
            }
        }
        Err(broken("the connection ended"))
    }
}

fn broken(how: &'static str) -> redis::RedisError {
    redis::RedisError::from((redis::ErrorKind::Io, how))
}

#[cfg(test)]
mod tests;
