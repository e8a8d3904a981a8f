//! `GET /api/v3/ticker/price`: the last price of one symbol, some, or all.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use types::Symbol;

use crate::bar::text;
use crate::http::error::ApiError;
use crate::http::exchange_info::asked_symbols;
use crate::http::params::Params;
use crate::simulator::Simulator;

/// Answers an object for `symbol`, a list otherwise.
pub(crate) async fn price(State(sim): State<Simulator>, params: Params) -> Result<Json<Value>, ApiError> {
    params.only(&["symbol", "symbols", "symbolStatus"])?;
    let asked = asked_symbols(&sim, &params)?;
    let is_single = params.text("symbol")?.is_some();
    let symbols = asked.unwrap_or_else(|| sim.symbols());
    let now = sim.clock().now();
    let line = |symbol: &Symbol| {
        let price = sim.market().last_price(symbol, now)?;
        Some(json!({ "symbol": symbol, "price": text(price) }))
    };
    let mut lines: Vec<Value> = symbols.iter().filter_map(line).collect();
    match (is_single, lines.pop()) {
        (true, Some(only)) => Ok(Json(only)),
        (true, None) => Err(ApiError::invalid_symbol()),
        (false, last) => Ok(Json(lines.into_iter().chain(last).collect())),
    }
}
