//! Harbour by its rules: bars from a time on, oldest first, five hundred at most, the last one as it stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use config::ExchangeSettings;
use exchanges::{Exchange, Transport};
use serde_json::{Value, json};
use types::{Candle, Interval, TimeRange, Timestamp};

use crate::contract::{Counterpart, World};

const PAIR: &str = "BTC.USDT";

#[derive(Debug)]
pub(crate) struct Harbour;

impl Counterpart for Harbour {
    const ADAPTER: &'static str = "harbour";
    const SYMBOL: &'static str = PAIR;
    const UNKNOWN: &'static str = "NOPE.USDT";
    const UNSUPPORTED: Interval = Interval::W1;
    const PLACE: &'static str = "bars";
    const TOO_MANY: &'static str = "slow down";

    fn open(world: &World) -> (Self, Router) {
        let router = Router::new()
            .route("/v1/clock", get(clock))
            .route("/v1/pairs/{pair}", get(pair))
            .route("/v1/bars", get(bars))
            .with_state(world.clone());
        (Self, router)
    }

    fn asks_for_candles(uri: &Uri) -> bool {
        uri.path().ends_with("/bars")
    }

    fn as_served(candle: Candle) -> Candle {
        Candle { quote_volume: None, trades: None, taker_buy_base: None, taker_buy_quote: None, ..candle }
    }

    /// It is in no registry: an adapter may live anywhere.
    fn connect(settings: &ExchangeSettings, transport: Transport) -> Arc<dyn Exchange> {
        Arc::new(crate::harbour::Harbour::new(settings, &transport).unwrap())
    }
}

async fn clock(State(world): State<World>) -> String {
    json!({ "now_ms": world.clock.now().as_ms() }).to_string()
}

async fn pair(Path(pair): Path<String>) -> Response {
    if pair != PAIR {
        return unknown();
    }
    json!({ "base": "BTC", "quote": "USDT", "trading": true }).to_string().into_response()
}

async fn bars(State(world): State<World>, query: Query<BTreeMap<String, String>>) -> Response {
    if query["pair"] != PAIR {
        return unknown();
    }
    let interval = match query["minutes"].as_str() {
        "60" => Interval::H1,
        "1440" => Interval::D1,
        other => panic!("{other}"),
    };
    let time = |name: &str| Timestamp::from_ms(query[name].parse().unwrap());
    let range = TimeRange { start: time("from"), end: time("to") };
    let mut candles = world.closed(interval, range);
    candles.extend(world.forming(interval, range));
    candles.truncate(query["count"].parse::<usize>().unwrap().min(500));
    let rows: Vec<Value> = candles.iter().map(row).collect();
    json!({ "bars": rows }).to_string().into_response()
}

fn row(candle: &Candle) -> Value {
    let prices = [candle.open, candle.high, candle.low, candle.close, candle.volume];
    let cells =
        [candle.open_time.as_ms().to_string()].into_iter().chain(prices.map(|price| price.to_string()));
    cells.collect::<Vec<_>>().into()
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, r#"{"error":"unknown pair"}"#).into_response()
}
