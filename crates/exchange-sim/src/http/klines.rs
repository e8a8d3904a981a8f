//! `GET /api/v3/klines` and `/api/v3/uiKlines`: the candles, and the faults that tests ask for.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use serde_json::Value;

use crate::faults::Fault;
use crate::http::error::ApiError;
use crate::http::params::{Params, Round};
use crate::market::{NoSeries, Row, Window};
use crate::simulator::Simulator;

const DEFAULT_LIMIT: i64 = 500;
const MOST_ROWS: i64 = 1000;
/// How long the first half of a cut body has to get out.
const BEFORE_CUT: Duration = Duration::from_millis(20);
const KNOWN: [&str; 6] = ["symbol", "interval", "startTime", "endTime", "timeZone", "limit"];

/// Answers one page, right or as wrong as the fault at hand wants it.
pub(crate) async fn klines(State(sim): State<Simulator>, params: Params) -> Result<Response, ApiError> {
    let fault = sim.take_fault();
    match &fault {
        Some(Fault::RateLimited { retry_after_secs }) => {
            return Err(ApiError::too_many((*retry_after_secs).into(), sim.weight_per_minute()));
        }
        Some(Fault::Banned { retry_after_secs }) => {
            return Err(ApiError::banned((*retry_after_secs).into(), sim.rate_clock_in(*retry_after_secs)));
        }
        Some(Fault::ServerError) => return Err(ApiError::internal()),
        Some(Fault::Overloaded) => return Err(ApiError::overloaded()),
        Some(Fault::Latency { ms }) => tokio::time::sleep(Duration::from_millis((*ms).into())).await,
        _ => {}
    }
    let time_scale = params.time_scale();
    let (symbol, interval, window) = read(&params)?;
    let now = sim.clock().now();
    // A page of months over years folds a million minutes the first time: too long for an async thread.
    let page = tokio::task::spawn_blocking(move || sim.market().rows(&symbol, interval, window, now)).await;
    let mut rows = page.map_err(|_| ApiError::internal())?.map_err(|missing| match missing {
        NoSeries::Symbol => ApiError::invalid_symbol(),
        NoSeries::Interval => ApiError::invalid_interval(),
    })?;
    match &fault {
        Some(Fault::ShortPage { rows: most }) => rows.truncate(*most),
        Some(Fault::DropUnfinished) => rows.retain(|row| row.is_closed(now)),
        Some(Fault::OutOfOrder) => rows.reverse(),
        Some(Fault::DuplicateRows { count }) => {
            rows = rows
                .iter()
                .enumerate()
                .flat_map(|(at, row)| vec![*row; 1 + usize::from(at < *count)])
                .collect();
        }
        _ => {}
    }
    let json = Value::Array(rows.into_iter().map(|row: Row| row.to_json(time_scale)).collect());
    Ok(if fault == Some(Fault::CutBody) { cut(&json) } else { Json(json).into_response() })
}

fn read(params: &Params) -> Result<(types::Symbol, types::Interval, Window), ApiError> {
    params.only(&KNOWN)?;
    let (symbol, interval) = (params.symbol()?, params.interval()?);
    let from = params.time("startTime", Round::Up)?;
    let to = params.time("endTime", Round::Down)?;
    let limit = params.number("limit")?.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 {
        return Err(ApiError::bad(-1130, "Data sent for parameter 'limit' is not valid."));
    }
    // The real grid can be shifted; ours is UTC, and a wrong grid would be worse than a refusal.
    if params
        .text("timeZone")?
        .is_some_and(|zone| !matches!(zone.trim(), "0" | "00:00" | "0:00" | "+00:00" | "-00:00"))
    {
        return Err(ApiError::bad(-1130, "Data sent for parameter 'timeZone' is not valid."));
    }
    let limit = usize::try_from(limit.min(MOST_ROWS)).unwrap_or(0);
    Ok((symbol, interval, Window { from, to, limit }))
}

/// Announces the whole body, sends half of it and breaks the connection.
fn cut(json: &Value) -> Response {
    let body = json.to_string();
    let half = Bytes::copy_from_slice(body.as_bytes().split_at(body.len() / 2).0);
    let broken = async {
        // The half has to be on its way before the line breaks.
        tokio::time::sleep(BEFORE_CUT).await;
        Err(std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "cut on request"))
    };
    let body_until_cut = stream::iter([Ok(half)]).chain(stream::once(broken));
    let mut response = Response::new(Body::from_stream(body_until_cut));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    response
}
