//! Kline streams over WebSocket: raw (`/ws…`) and combined (`/stream…`) connections.
//!
//! Every way real clients connect is taken: `/ws`, `/ws/0`, `/ws/<stream>/<stream>`, `/stream`, `/stream?streams=a/b`. Streams other
//! than klines can be subscribed to, as on the real exchange, and stay silent.

mod connection;
mod incoming;
mod outbox;
mod protocol;
mod subscriptions;

use axum::Router;
use axum::extract::{Path, Query, State, WebSocketUpgrade};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::http::down;
use crate::simulator::{NoConnection, Simulator};
use connection::Connection;

/// Frames a client may send; Binance's own limit is not documented, subscriptions to 1024 streams fit easily.
const MOST_INCOMING_BYTES: usize = 256 * 1024;

#[derive(Debug, Deserialize)]
struct Combined {
    streams: Option<String>,
}

/// Returns the stream routes.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/ws", get(raw_empty))
        .route("/ws/", get(raw_empty))
        .route("/ws/{*streams}", get(raw))
        .route("/stream", get(combined))
        .route("/stream/", get(combined))
}

async fn raw_empty(State(sim): State<Simulator>, upgrade: WebSocketUpgrade) -> Response {
    open(&sim, upgrade, "", false)
}

async fn raw(
    State(sim): State<Simulator>,
    Path(streams): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    open(&sim, upgrade, &streams, false)
}

async fn combined(
    State(sim): State<Simulator>,
    Query(query): Query<Combined>,
    upgrade: WebSocketUpgrade,
) -> Response {
    open(&sim, upgrade, query.streams.as_deref().unwrap_or_default(), true)
}

fn open(sim: &Simulator, upgrade: WebSocketUpgrade, streams: &str, is_combined: bool) -> Response {
    // ccxt opens /ws/0, /ws/1, …: a number only tells its connections apart.
    let names: Vec<String> = streams
        .split('/')
        .filter(|name| !name.is_empty() && !name.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
        .collect();
    // It listens for signals before it is admitted, so that nothing which closes the door passes it by.
    let mut connection = Connection::new(sim.clone(), is_combined);
    match sim.admit_connection() {
        Ok(()) => {
            connection.subscribe(names);
            upgrade.max_message_size(MOST_INCOMING_BYTES).on_upgrade(|socket| connection.run(socket))
        }
        Err(NoConnection::Down) => down(),
        Err(NoConnection::TooMany { retry_after_secs }) => {
            let wait = [(header::RETRY_AFTER, retry_after_secs.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, wait, "Too many connection attempts.\n").into_response()
        }
    }
}
