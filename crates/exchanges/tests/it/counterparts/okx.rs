//! OKX spot by its rules: newest rows first between two times that do not belong, an archive that serves a hundred rows whatever
//! is asked for, recent rows at another endpoint, requests counted per endpoint and two seconds, refusals with HTTP 200.

mod stream;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::watch;
use types::{Candle, Interval, TimeRange, Timestamp};

use crate::contract::{Counterpart, World};
use crate::support::at;

const PAIR: &str = "BTC-USDT";
const TOO_MANY: &str = r#"{"code":"50011","msg":"Too Many Requests","data":[]}"#;
const BARS: [(&str, Interval); 8] = [
    ("1m", Interval::M1),
    ("1H", Interval::H1),
    ("4H", Interval::H4),
    ("6Hutc", Interval::H6),
    ("12Hutc", Interval::H12),
    ("1Dutc", Interval::D1),
    ("1Wutc", Interval::W1),
    ("1Mutc", Interval::Mo1),
];

type Params = Query<BTreeMap<String, String>>;

#[derive(Debug)]
pub(crate) struct Okx {
    cuts: watch::Sender<()>,
    upgrades: watch::Sender<()>,
    is_late: Arc<AtomicBool>,
}

impl Okx {
    /// From now on the newest candle that has closed is not flagged as final yet.
    pub(crate) fn confirm_late(&self) {
        self.is_late.store(true, Ordering::SeqCst);
    }

    /// Tells every stream that it will be closed in a minute.
    pub(crate) fn announce_upgrade(&self) {
        self.upgrades.send_replace(());
    }
}

#[derive(Debug, Clone)]
struct Server {
    world: World,
    cuts: watch::Sender<()>,
    upgrades: watch::Sender<()>,
    is_late: Arc<AtomicBool>,
    /// When each endpoint was asked.
    asked: Arc<Mutex<BTreeMap<&'static str, VecDeque<Timestamp>>>>,
}

impl Counterpart for Okx {
    const ADAPTER: &'static str = "okx";
    const SYMBOL: &'static str = PAIR;
    const UNKNOWN: &'static str = "NOPE-USDT";
    const UNSUPPORTED: Interval = Interval::H8;
    const PLACE: &'static str = "market/history-candles";
    const TOO_MANY: &'static str = TOO_MANY;

    fn open(world: &World) -> (Self, Router) {
        let (cuts, upgrades) = (watch::Sender::default(), watch::Sender::default());
        let is_late = Arc::<AtomicBool>::default();
        let server = Server {
            is_late: Arc::clone(&is_late),
            world: world.clone(),
            cuts: cuts.clone(),
            upgrades: upgrades.clone(),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/api/v5/public/time", get(time))
            .route("/api/v5/public/instruments", get(instruments))
            .route("/api/v5/market/candles", get(recent))
            .route("/api/v5/market/history-candles", get(archive))
            .route("/ws/v5/business", get(stream::open))
            .with_state(server);
        (Self { cuts, upgrades, is_late }, router)
    }

    fn asks_for_candles(uri: &Uri) -> bool {
        uri.path().ends_with("candles")
    }

    fn as_served(candle: Candle) -> Candle {
        Candle { trades: None, taker_buy_base: None, taker_buy_quote: None, ..candle }
    }

    fn cut_streams(&self) {
        self.cuts.send_replace(());
    }
}

impl Server {
    /// Answers unless there were too many requests in the last two seconds.
    fn counted(&self, endpoint: &'static str, most: usize, answer: impl FnOnce() -> Response) -> Response {
        if self.is_too_much(endpoint, most) {
            return (StatusCode::TOO_MANY_REQUESTS, TOO_MANY).into_response();
        }
        answer()
    }

    fn is_too_much(&self, endpoint: &'static str, most: usize) -> bool {
        let now = self.world.clock.now();
        let mut asked = self.asked.lock().unwrap();
        let times = asked.entry(endpoint).or_default();
        times.retain(|time| now.ms_since(*time) < 2000);
        times.push_back(now);
        times.len() > most
    }

    /// The rows of a query, newest first.
    fn candles(&self, query: &Params, most: usize, oldest: Timestamp, with_forming: bool) -> Response {
        if query.get("instId").is_none_or(|name| name != PAIR) {
            return refusal(200, "51001", "Instrument ID does not exist");
        }
        let bar = query.get("bar").map_or("1m", String::as_str);
        let Some((_, interval)) = BARS.into_iter().find(|(name, _)| *name == bar) else {
            return refusal(400, "51000", "Parameter bar error");
        };
        let time = |name: &str, default: Timestamp| {
            query.get(name).map_or(default, |text| Timestamp::from_ms(text.parse().unwrap()))
        };
        // Neither 'before' nor 'after' belongs to the stretch.
        let start = time("before", Timestamp::EPOCH).plus_ms(1).max(oldest);
        let end = time("after", at("2100-01-01"));
        let range = TimeRange { start, end };
        let forming = self.world.forming(interval, range).filter(|_| with_forming);
        let mut rows: Vec<Value> = forming.iter().map(|candle| row(candle, false)).collect();
        let closed = if range.is_empty() { Vec::new() } else { self.world.closed(interval, range) };
        let newest = interval.floor(self.world.clock.now().plus_ms(-interval.approximate_ms()));
        let is_final = |candle: &Candle| !self.is_late.load(Ordering::SeqCst) || candle.open_time < newest;
        rows.extend(closed.iter().rev().map(|candle| row(candle, is_final(candle))));
        let asked = query.get("limit").map_or(100, |text| text.parse().unwrap());
        rows.truncate(most.min(asked));
        data(&rows)
    }
}

fn row(candle: &Candle, is_final: bool) -> Value {
    let quote_volume = candle.quote_volume.unwrap().to_string();
    json!([
        candle.open_time.as_ms().to_string(),
        candle.open.to_string(),
        candle.high.to_string(),
        candle.low.to_string(),
        candle.close.to_string(),
        candle.volume.to_string(),
        quote_volume,
        quote_volume,
        if is_final { "1" } else { "0" }
    ])
}

fn data(data: &[Value]) -> Response {
    json!({ "code": "0", "msg": "", "data": data }).to_string().into_response()
}

fn refusal(status: u16, code: &str, msg: &str) -> Response {
    let body = json!({ "code": code, "msg": msg, "data": [] }).to_string();
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

async fn time(State(server): State<Server>) -> Response {
    let now = server.world.clock.now().as_ms().to_string();
    server.counted("time", 10, || data(&[json!({ "ts": now })]))
}

async fn instruments(State(server): State<Server>, query: Params) -> Response {
    assert_eq!(query.get("instType").map(String::as_str), Some("SPOT"));
    server.counted("instruments", 20, || {
        if query.get("instId").is_some_and(|name| name != PAIR) {
            return refusal(200, "51001", "Instrument ID does not exist");
        }
        data(&[
            json!({ "instType": "SPOT", "instId": PAIR, "baseCcy": "BTC", "quoteCcy": "USDT", "state": "live",
            "listTime": "1577836800000", "tickSz": "0.1", "lotSz": "0.00000001", "minSz": "0.00001",
            "maxLmtSz": "9999999999" }),
        ])
    })
}

/// The newest 1440 candles.
async fn recent(State(server): State<Server>, query: Params) -> Response {
    let bar = query.get("bar").map_or("1m", String::as_str);
    let interval = BARS.into_iter().find(|(name, _)| *name == bar).map_or(Interval::M1, |(_, bar)| bar);
    let oldest = server.world.clock.now().plus_ms(-1440 * interval.approximate_ms());
    server.counted("candles", 40, || server.candles(&query, 300, oldest, true))
}

/// All candles that have closed, a hundred at a time at most.
async fn archive(State(server): State<Server>, query: Params) -> Response {
    server.counted("history-candles", 20, || server.candles(&query, 100, Timestamp::EPOCH, false))
}
