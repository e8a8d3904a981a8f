//! Candles as they happen (`/api/live?exchange=…&symbol=…&interval=…`).
//!
//! Where the exchange is followed by a process that we hear of, unfinished candles come as they change; elsewhere the store is looked
//! at for closed ones. A reader who is too slow misses unfinished candles, never the latest state.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use ingest::Published;
use market_data::Take;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};
use tower_sessions::Session;
use types::{Candle, SeriesKey, TimeRange, Timestamp};

use super::events;
use crate::services::{RequestServices, Shared};

/// How often the store is looked at for what another process stored.
const LOOK: Duration = Duration::from_secs(2);

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
struct Watching {
    shared: Arc<Shared>,
    key: SeriesKey,
    published: broadcast::Receiver<Published>,
    last: Option<Timestamp>,
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
    let services = RequestServices::new(shared.clone(), session, None);
    if services.signed_in().await.is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (Ok(exchange), Ok(symbol), Ok(interval)) =
        (asked.exchange.parse(), asked.symbol.parse(), asked.interval.parse())
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let published = shared.candles.subscribe();
    let watching = Watching { shared, key: SeriesKey { exchange, symbol, interval }, published, last: None };
    let closing = watching.shared.closing.clone();
    let told =
        stream::unfold(watching, |mut watching| async move { Some((watching.next().await, watching)) });
    events(told, closing)
}

impl Watching {
    async fn next(&mut self) -> Told {
        loop {
            tokio::select! {
                news = self.published.recv() => match news {
                    Ok(news) if news.key == self.key => {
                        if news.is_closed {
                            self.last = self.last.max(Some(news.candle.open_time));
                        }
                        return told(&news.candle, news.is_closed);
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => std::future::pending().await,
                },
                () = tokio::time::sleep(LOOK) => {
                    if let Some(candle) = self.latest().await {
                        self.last = Some(candle.open_time);
                        return told(&candle, true);
                    }
                }
            }
        }
    }

    /// Returns the latest stored candle if it is news.
    async fn latest(&self) -> Option<Candle> {
        let candles = self.shared.house.candles.as_ref();
        let found = candles.candles(&self.key, TimeRange::ALL, Take::Last(1)).await;
        let latest =
            found.inspect_err(|error| tracing::debug!(%error, "a live chart cannot read")).ok()?.pop()?;
        (Some(latest.candle.open_time) > self.last).then_some(latest.candle)
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
