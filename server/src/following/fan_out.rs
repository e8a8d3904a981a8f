//! Live candles from the process that follows to those that show pages, through Redis where there is one.
//!
//! Without Redis both ends are the same channel of one process. Through Redis everything published is heard by everyone, the
//! publisher included. Nothing is kept: whoever was not listening reads the store.

use std::time::Duration;

use futures::StreamExt as _;
use ingest::Published;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

/// The channel in Redis; a new form of messages gets a new name.
const CHANNEL: &str = "crypto:candles:1";
/// Live candles that a slow page may be behind before it misses some.
const PENDING: usize = 1024;
/// The wait before Redis is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// Both ends: where followers put candles in, and where pages take them out.
#[derive(Debug, Clone)]
pub(crate) struct FanOut {
    /// Takes what followers of this process tell.
    pub(crate) told: broadcast::Sender<Published>,
    /// Hands out what any process told.
    pub(crate) published: broadcast::Sender<Published>,
}

impl FanOut {
    /// Makes both ends; with a Redis, [`FanOut::carry`] has to run between them.
    pub(crate) fn new(cache_url: &str) -> Self {
        let (published, _) = broadcast::channel(PENDING);
        let told = if cache_url == "memory" { published.clone() } else { broadcast::channel(PENDING).0 };
        Self { told, published }
    }

    /// Carries candles through Redis until told to stop, trying again when it is away.
    pub(crate) async fn carry(self, cache_url: String, shutdown: CancellationToken) {
        if cache_url == "memory" {
            return;
        }
        let mut is_told = false;
        loop {
            let lost = tokio::select! {
                () = shutdown.cancelled() => return,
                lost = self.pass(&cache_url) => lost,
            };
            if !std::mem::replace(&mut is_told, true) {
                tracing::warn!(error = %lost, "live candles reach only the pages of this process until Redis is back");
            }
            // Whoever reads this process's pages goes on seeing what it follows itself.
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.short_cut() => {}
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// Passes candles on until something breaks; returns what did.
    async fn pass(&self, cache_url: &str) -> redis::RedisError {
        let (outgoing, incoming) = (self.send(cache_url), self.receive(cache_url));
        tokio::select! {
            Err(lost) = outgoing => lost,
            Err(lost) = incoming => lost,
            else => redis::RedisError::from((redis::ErrorKind::Io, "the connection ended")),
        }
    }

    async fn send(&self, cache_url: &str) -> redis::RedisResult<()> {
        let mut told = self.told.subscribe();
        let mut connection = redis::Client::open(cache_url)?.get_multiplexed_async_connection().await?;
        loop {
            let candle = match told.recv().await {
                Ok(candle) => candle,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => std::future::pending().await,
            };
            let Ok(text) = serde_json::to_string(&candle) else { continue };
            let () = redis::cmd("PUBLISH").arg(CHANNEL).arg(text).query_async(&mut connection).await?;
        }
    }

    async fn receive(&self, cache_url: &str) -> redis::RedisResult<()> {
        let mut subscription = redis::Client::open(cache_url)?.get_async_pubsub().await?;
        subscription.subscribe(CHANNEL).await?;
        let mut messages = subscription.on_message();
        while let Some(message) = messages.next().await {
            let text: String = message.get_payload()?;
            match serde_json::from_str(&text) {
                // Nobody looks: that is fine.
                Ok(candle) => drop(self.published.send(candle)),
                Err(error) => tracing::debug!(%error, "a message in Redis is none of ours"),
            }
        }
        Ok(())
    }

    /// Hands what this process follows straight to its own pages.
    async fn short_cut(&self) {
        let mut told = self.told.subscribe();
        while let Ok(candle) = told.recv().await {
            drop(self.published.send(candle));
        }
    }
}

#[cfg(test)]
mod tests {
    use types::{Candle, Timestamp};

    use super::*;

    fn candle(close: i64) -> Published {
        let price = rust_decimal::Decimal::from(close);
        let candle = Candle {
            open_time: Timestamp::EPOCH,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: price,
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        };
        let key = types::SeriesKey {
            exchange: "demo".parse().expect("an exchange"),
            symbol: "BTCUSDT".parse().expect("a symbol"),
            interval: "1m".parse().expect("an interval"),
        };
        Published { key, candle, is_closed: true }
    }

    #[tokio::test]
    async fn without_redis_both_ends_are_one() {
        let fan_out = FanOut::new("memory");
        let mut page = fan_out.published.subscribe();
        fan_out.told.send(candle(1)).expect("a listener");
        assert_eq!(page.recv().await.expect("a candle"), candle(1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn through_redis_every_process_hears_it() {
        let url = testkit::redis_url().to_owned();
        let (worker, web) = (FanOut::new(&url), FanOut::new(&url));
        let mut page = web.published.subscribe();
        let shutdown = CancellationToken::new();
        tokio::spawn(worker.clone().carry(url.clone(), shutdown.clone()));
        tokio::spawn(web.carry(url, shutdown.clone()));
        // Whoever is not connected yet hears nothing, so it is told until it is heard.
        let mut again = tokio::time::interval(Duration::from_millis(20));
        let heard = loop {
            tokio::select! {
                heard = page.recv() => break heard,
                _ = again.tick() => drop(worker.told.send(candle(7))),
            }
        };
        assert_eq!(heard.expect("a candle"), candle(7));
        shutdown.cancel();
    }
}
