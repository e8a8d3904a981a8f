//! The exchange's REST side: routes, one file per endpoint, and the controls under `/sim`.
//!
//! Orders and accounts will be further files here.

mod control;
mod error;
mod exchange_info;
mod klines;
mod meter;
mod params;
mod ticker;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use crate::simulator::Simulator;
use crate::streams;
use error::ApiError;
use params::Params;

pub(crate) use meter::down;

/// Returns everything the simulator serves.
pub fn router(sim: Simulator) -> Router {
    let api = Router::new()
        .route("/api/v3/ping", get(ping))
        .route("/api/v3/time", get(time))
        .route("/api/v3/exchangeInfo", get(exchange_info::exchange_info))
        .route("/api/v3/klines", get(klines::klines))
        .route("/api/v3/uiKlines", get(klines::klines))
        .route("/api/v3/ticker/price", get(ticker::price))
        .layer(middleware::from_fn_with_state(sim.clone(), meter::meter));
    let controls = Router::new()
        .route("/sim/faults", post(control::inject).get(control::pending).delete(control::clear))
        .route("/sim/chaos", post(control::start_chaos).delete(control::stop_chaos))
        .route("/sim/stats", get(control::stats))
        .route("/sim/truth", get(control::truth))
        .route("/sim/clock", get(control::clock).post(control::move_clock));
    Router::new()
        .route("/", get(about))
        .merge(api)
        .merge(controls)
        .merge(streams::routes())
        .fallback(unknown)
        .with_state(sim)
}

async fn ping(params: Params) -> Result<Json<Value>, ApiError> {
    params.only(&[])?;
    Ok(Json(json!({})))
}

async fn time(State(sim): State<Simulator>, params: Params) -> Result<Json<Value>, ApiError> {
    params.only(&[])?;
    Ok(Json(json!({ "serverTime": sim.clock().now().as_ms() * params.time_scale() })))
}

/// What `/` says about misbehaviour on request.
const FAULTS: &str = "\
POST /sim/faults takes one fault or a list; \"times\" repeats one. Times are real, those marked * follow the rate clock.
  the next klines request:
    {\"kind\":\"rate_limited\",\"retry_after_secs\":2}  {\"kind\":\"banned\",\"retry_after_secs\":2}
    {\"kind\":\"server_error\"}  {\"kind\":\"overloaded\"}  {\"kind\":\"cut_body\"}  {\"kind\":\"short_page\",\"rows\":5}
    {\"kind\":\"latency\",\"ms\":50}  {\"kind\":\"drop_unfinished\"}  {\"kind\":\"duplicate_rows\",\"count\":1}  {\"kind\":\"out_of_order\"}
  the next kline frames of any stream:
    {\"kind\":\"skip_closing_frame\"}  {\"kind\":\"delay_frames\",\"ms\":200,\"count\":5}
    {\"kind\":\"duplicate_frames\",\"count\":5}  {\"kind\":\"reorder_frames\",\"count\":2}
  everybody, at once:
    {\"kind\":\"disconnect_streams\"}  {\"kind\":\"stall_streams\",\"ms\":5000}  {\"kind\":\"server_shutdown\",\"after_ms\":2000}
    {\"kind\":\"outage\",\"ms\":60000}*  {\"kind\":\"ban\",\"secs\":120}*
    {\"kind\":\"revise\",\"symbol\":\"BTCUSDT\",\"open_time\":\"2024-01-31T10:00:00Z\"}
    {\"kind\":\"revise_recent\",\"nth_symbol\":0,\"minutes_ago\":5}
POST /sim/chaos {\"seed\":1,\"hours\":24,\"per_hour\":4} carries out a plan of all of them, in simulated time; DELETE ends it.
GET /sim/stats counts what clients did and suffered, GET /sim/truth?symbol=&interval=&start=&end= has the candles as they are.
";

async fn about(State(sim): State<Simulator>) -> String {
    let symbols: Vec<String> = sim.symbols().iter().map(ToString::to_string).collect();
    format!(
        "This is a simulator of Binance's market data on this machine. It is no exchange: its candles are synthetic \
         (generated or replayed) and worth nothing.\n\nSymbols: {}\nClock: {} UTC\nREST: /api/v3/… · streams: /ws, \
         /stream · controls: /sim/…\n\n{FAULTS}",
        symbols.join(" "),
        sim.clock().now()
    )
}

async fn unknown() -> Response {
    let help = "The simulator does not serve this path. It has /api/v3/{ping,time,exchangeInfo,klines,uiKlines,\
                ticker/price}, /ws, /stream and /sim/{faults,chaos,stats,\
                truth,clock}.\n";
    (StatusCode::NOT_FOUND, help).into_response()
}
