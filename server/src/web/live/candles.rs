//! Candles as they happen (`/api/live?exchange=…&symbol=…&interval=…`).
//!
//! Where the exchange is followed by a process that we hear of, unfinished candles come as they change; elsewhere the store is looked
//! at for closed ones.
//!
//! Invariant: a reader is told every closed candle once and in order, however slow the reader and however busy other series are;
//! unfinished ones may be missed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use ingest::Published;
use market_data::{CandleStore, Take};
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tower_sessions::Session;
use types::{Candle, SeriesKey, TimeRange, Timestamp};

use super::{Listener, events};
use crate::services::Shared;

/// How often the store is looked at for what another process stored.
const LOOK: Duration = Duration::from_secs(2);
/// The most candles that are told at once; a reader that missed more reads the series anew anyway.
const MOST: usize = 1000;

/// A candle for the chart.
#[derive(Debug, PartialEq, Serialize)]
struct Told {
    time: i64,
    open: f64,
    high: f64,
    low: f64,
    close: f64,
    volume: f64,
    closed: bool,
}

/// What is looked at, and how far it was told.
#[derive(Debug)]
struct Watching {
    key: SeriesKey,
    published: broadcast::Receiver<Published>,
    /// When to look at the store: it goes on while other series are busy.
    look: Interval,
    /// The latest closed candle that was told or waits to be.
    last: Option<Timestamp>,
    /// Closed candles that wait to be told, oldest first.
    untold: VecDeque<Candle>,
}

/// The series asked for.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    exchange: String,
    symbol: String,
    interval: String,
}

/// Streams the candles of one series.
pub(in crate::web) async fn live_candles(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
    session: Session,
) -> Response {
    let listener = match Listener::admit(&shared, session).await {
        Ok(listener) => listener,
        Err(refused) => return refused.into_response(),
    };
    let (Ok(exchange), Ok(symbol), Ok(interval)) =
        (asked.exchange.parse(), asked.symbol.parse(), asked.interval.parse())
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let published = shared.candles.subscribe();
    let watching = Watching::new(SeriesKey { exchange, symbol, interval }, published, LOOK);
    let state = shared.clone();
    let told = stream::unfold((watching, state), |(mut watching, shared)| async move {
        let told = watching.next(shared.house.candles.as_ref()).await;
        Some((told, (watching, shared)))
    });
    events(told, listener, &shared)
}

impl Watching {
    fn new(key: SeriesKey, published: broadcast::Receiver<Published>, look: Duration) -> Self {
        let mut look = interval(look);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { key, published, look, last: None, untold: VecDeque::new() }
    }

    async fn next(&mut self, store: &dyn CandleStore) -> Told {
        loop {
            if let Some(candle) = self.untold.pop_front() {
                return told(&candle, true);
            }
            tokio::select! {
                biased;
                _ = self.look.tick() => self.read(store).await,
                news = self.published.recv() => match news {
                    Ok(news) if news.key == self.key && news.is_closed => self.close(news.candle),
                    Ok(news) if news.key == self.key => return told(&news.candle, false),
                    Ok(_) => {}
                    // What was missed may have closed: the store has it.
                    Err(RecvError::Lagged(_)) => self.read(store).await,
                    Err(RecvError::Closed) => std::future::pending().await,
                },
            }
        }
    }

    /// Notes a closed candle to be told, once.
    fn close(&mut self, candle: Candle) {
        if Some(candle.open_time) > self.last {
            self.last = Some(candle.open_time);
            self.untold.push_back(candle);
        }
    }

    /// Takes what the store has and was not told: all of it, or the latest candle when nothing was told yet.
    async fn read(&mut self, store: &dyn CandleStore) {
        let (start, take) = match self.last {
            Some(last) => (last.plus_ms(1), Take::Last(MOST)),
            None => (TimeRange::ALL.start, Take::Last(1)),
        };
        let range = TimeRange { start, end: TimeRange::ALL.end };
        match store.candles(&self.key, range, take).await {
            Ok(stored) => stored.into_iter().for_each(|stored| self.close(stored.candle)),
            // It is looked at again soon.
            Err(error) => tracing::debug!(%error, "a live chart cannot read"),
        }
    }
}

fn told(candle: &Candle, closed: bool) -> Told {
    // What is no number is `null` in JSON.
    let number = |value: rust_decimal::Decimal| value.to_f64().unwrap_or(f64::NAN);
    Told {
        time: candle.open_time.as_ms(),
        open: number(candle.open),
        high: number(candle.high),
        low: number(candle.low),
        close: number(candle.close),
        volume: number(candle.volume),
        closed,
    }
}

#[cfg(test)]
mod tests;
