//! A server that answers klines from a script, then honestly: for answers that the simulator does not give.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use exchange_sim::Clock;
use exchanges::{Exchange, Transport};
use serde_json::{Value, json};

use crate::support::{at, connect, transport};

pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const NOW: &str = "2024-03-01 12:20:40";

/// One answer to klines.
pub(crate) enum Step {
    /// A status, headers and a body.
    Plain(u16, Vec<(&'static str, &'static str)>, &'static str),
    /// The honest rows, changed.
    Rows(fn(&mut Vec<Value>)),
    /// The honest rows of the moment, under way until they are let go.
    Held(tokio::sync::oneshot::Receiver<()>),
    /// No answer at all.
    Silence,
}

#[derive(Clone)]
struct Server {
    steps: Arc<Mutex<VecDeque<Step>>>,
    queries: Arc<Mutex<Vec<String>>>,
    clock: Clock,
}

pub(crate) struct Scripted {
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) clock: Clock,
    queries: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(crate) async fn start(steps: Vec<Step>) -> Self {
        Self::start_with(steps, |transport| transport).await
    }

    pub(crate) async fn start_with(steps: Vec<Step>, adjust: fn(Transport) -> Transport) -> Self {
        let clock = Clock::manual(at(NOW));
        let queries = Arc::new(Mutex::new(Vec::new()));
        let server = Server {
            steps: Arc::new(Mutex::new(steps.into())),
            queries: Arc::clone(&queries),
            clock: clock.clone(),
        };
        let router = Router::new()
            .route("/prefix/api/v3/klines", get(klines))
            .route("/prefix/api/v3/time", get(time))
            .with_state(server);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/prefix/", listener.local_addr().unwrap());
        // The task ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, router).await });
        let exchange = connect(&url, 1200, adjust(transport(&clock)));
        Self { exchange, clock, queries }
    }

    /// The queries of klines so far.
    pub(crate) fn queries(&self) -> Vec<String> {
        self.queries.lock().unwrap().clone()
    }
}

/// The honest row of an hour.
pub(crate) fn row(open_ms: i64) -> Value {
    let price = open_ms / HOUR_MS % 1000 + 1;
    json!([
        open_ms,
        format!("{price}.10"),
        format!("{price}.30"),
        format!("{price}.05"),
        format!("{price}.20"),
        "12.5",
        open_ms + HOUR_MS - 1,
        "99.00",
        3,
        "6.25",
        "49.50",
        "0"
    ])
}

async fn time(State(server): State<Server>) -> String {
    json!({ "serverTime": server.clock.now().as_ms() }).to_string()
}

async fn klines(State(server): State<Server>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    server.queries.lock().unwrap().push(query.clone());
    let step = server.steps.lock().unwrap().pop_front();
    match step {
        Some(Step::Plain(status, headers, body)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Some(Step::Held(release)) => {
            let rows = honest(&query, server.clock.now().as_ms());
            release.await.unwrap();
            Value::Array(rows).to_string().into_response()
        }
        Some(Step::Silence) => std::future::pending().await,
        Some(Step::Rows(change)) => {
            let mut rows = honest(&query, server.clock.now().as_ms());
            change(&mut rows);
            Value::Array(rows).to_string().into_response()
        }
        None => Value::Array(honest(&query, server.clock.now().as_ms())).to_string().into_response(),
    }
}

fn honest(query: &str, now_ms: i64) -> Vec<Value> {
    let number = |name: &str| -> i64 {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_else(|| panic!("no {name} in {query}")).parse().unwrap()
    };
    let end = number("endTime").min(now_ms);
    let first = (number("startTime") + HOUR_MS - 1).div_euclid(HOUR_MS) * HOUR_MS;
    let limit = usize::try_from(number("limit")).unwrap();
    (0..).map(|hour| first + hour * HOUR_MS).take_while(|&open| open <= end).take(limit).map(row).collect()
}
