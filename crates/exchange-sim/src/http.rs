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

async fn about(State(sim): State<Simulator>) -> String {
    let symbols: Vec<String> = sim.symbols().iter().map(ToString::to_string).collect();
    format!(
        "This is a simulator of Binance's market data on this machine. It is no exchange: its candles are synthetic \
         (generated or replayed) and worth nothing.\n\nSymbols: {}\nClock: {} UTC\nREST: /api/v3/… · streams: /ws, \
         /stream · controls: /sim/…\n",
        symbols.join(" "),
        sim.clock().now()
    )
}

async fn unknown() -> Response {
    let help = "The simulator does not serve this path. It has /api/v3/{ping,time,exchangeInfo,klines,uiKlines,\
                ticker/price}, /ws, /stream and /sim/{faults,stats,truth,clock}.\n";
    (StatusCode::NOT_FOUND, help).into_response()
}
