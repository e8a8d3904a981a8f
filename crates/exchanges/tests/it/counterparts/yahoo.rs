//! Yahoo's chart service by its rules: everything in a stretch at once, floats, nulls for what is missing, the price of the moment
//! as a last row, hours of two years, its errors, and 429 for whoever does not look like a browser.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use types::{Candle, Interval, TimeRange, Timestamp};

use crate::contract::{Counterpart, World};

const PAIR: &str = "BTC-USD";
const TOO_MANY: &str = "<html><body>Edge: Too Many Requests</body></html>";
/// A shorter hole is told as nulls, a longer one not at all: both occur.
const MOST_NULLS: usize = 24;

#[derive(Debug)]
pub(crate) struct Yahoo;

impl Counterpart for Yahoo {
    const ADAPTER: &'static str = "yahoo";
    const SYMBOL: &'static str = PAIR;
    const UNKNOWN: &'static str = "NOPE-USD";
    const UNSUPPORTED: Interval = Interval::M1;
    const PLACE: &'static str = "chart";
    const TOO_MANY: &'static str = TOO_MANY;

    fn open(world: &World) -> (Self, Router) {
        (Self, Router::new().route("/v8/finance/chart/{symbol}", get(chart)).with_state(world.clone()))
    }

    fn asks_for_candles(uri: &Uri) -> bool {
        uri.query().is_some_and(|query| query.contains("period1"))
    }

    fn as_served(candle: Candle) -> Candle {
        Candle {
            volume: candle.volume.trunc(),
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
            ..candle
        }
    }
}

async fn chart(
    State(world): State<World>,
    Path(symbol): Path<String>,
    query: Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (status, body) = if !agent.starts_with("Mozilla/5.0") {
        (StatusCode::TOO_MANY_REQUESTS, TOO_MANY.to_owned())
    } else if symbol == PAIR {
        answer(&world, &query)
    } else {
        complaint(StatusCode::NOT_FOUND, "Not Found", "No data found, symbol may be delisted")
    };
    // The second is begun: a server cuts the rest off.
    let date = world.clock.now().date_time().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    (status, [(header::DATE, date)], body).into_response()
}

fn answer(world: &World, query: &BTreeMap<String, String>) -> (StatusCode, String) {
    let now = world.clock.now();
    let interval = match query.get("interval").map(String::as_str) {
        Some("1h") => Interval::H1,
        Some("1d") => Interval::D1,
        other => panic!("{other:?}"),
    };
    let seconds =
        |name: &str| query.get(name).map(|text| Timestamp::from_ms(text.parse::<i64>().unwrap() * 1000));
    let range = match (seconds("period1"), seconds("period2")) {
        (Some(start), Some(end)) => TimeRange { start, end },
        _ => TimeRange { start: now.plus_ms(-Timestamp::DAY_MS), end: now },
    };
    if interval == Interval::H1 && now.ms_since(range.start) > 730 * Timestamp::DAY_MS {
        let why = "1h data not available for startTime and endTime. The requested range must be within the last 730 days.";
        return complaint(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Entity", why);
    }
    let candles = world.closed(interval, range);
    let forming = world.forming(interval, range);
    if candles.is_empty() && forming.is_none() {
        let why = format!(
            "Data doesn't exist for startDate = {}, endDate = {}",
            range.start.as_ms() / 1000,
            range.end.as_ms() / 1000
        );
        return complaint(StatusCode::BAD_REQUEST, "Bad Request", &why);
    }
    let mut rows: Vec<(Timestamp, Option<Candle>)> = Vec::new();
    for candle in candles.into_iter().chain(forming.clone()) {
        if let Some((last, _)) = rows.last() {
            let next = interval.next_open(*last);
            let missing = interval.bars_between(next, candle.open_time);
            let nulls =
                (0..missing).scan(next, |open, _| Some(std::mem::replace(open, interval.next_open(*open))));
            let nulls: Vec<_> = nulls.map(|open| (open, None)).collect();
            rows.extend(nulls.into_iter().filter(|_| missing <= MOST_NULLS as u64));
        }
        rows.push((candle.open_time, Some(candle)));
    }
    // The price of the moment, at its own time.
    if let Some(forming) = forming {
        rows.push((now, Some(forming)));
    }
    (StatusCode::OK, body(&rows, now))
}

fn body(rows: &[(Timestamp, Option<Candle>)], now: Timestamp) -> String {
    let times: Vec<i64> = rows.iter().map(|(at, _)| at.as_ms() / 1000).collect();
    let column = |pick: fn(&Candle) -> Decimal| -> Vec<Value> {
        let number = |candle: &Candle| json!(pick(candle).to_string().parse::<f64>().unwrap());
        rows.iter().map(|(_, candle)| candle.as_ref().map_or(Value::Null, number)).collect()
    };
    let quote = json!({
        "open": column(|candle| candle.open),
        "high": column(|candle| candle.high),
        "low": column(|candle| candle.low),
        "close": column(|candle| candle.close),
        "volume": column(|candle| candle.volume.trunc()),
    });
    let meta = json!({ "currency": "USD", "symbol": PAIR, "exchangeName": "CCC", "instrumentType": "CRYPTOCURRENCY",
        "regularMarketTime": now.as_ms() / 1000, "gmtoffset": 0, "timezone": "UTC" });
    let result = json!({ "meta": meta, "timestamp": times, "indicators": { "quote": [quote] } });
    json!({ "chart": { "result": [result], "error": null } }).to_string()
}

fn complaint(status: StatusCode, code: &str, description: &str) -> (StatusCode, String) {
    let error = json!({ "code": code, "description": description });
    (status, json!({ "chart": { "result": null, "error": error } }).to_string())
}
