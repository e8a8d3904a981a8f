//! `GET /api/v3/exchangeInfo`: limits, symbols and their filters.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use types::Symbol;

use crate::http::error::ApiError;
use crate::http::params::{Params, read_symbol};
use crate::market::Pair;
use crate::simulator::Simulator;

const KNOWN: [&str; 5] = ["symbol", "symbols", "permissions", "symbolStatus", "showPermissionSets"];

/// Answers the rules of the symbols asked for, or of all.
pub(crate) async fn exchange_info(
    State(sim): State<Simulator>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    params.only(&KNOWN)?;
    let asked = asked_symbols(&sim, &params)?;
    // Every symbol here is spot and trading, so any other wish leaves nothing.
    let status = params.text("symbolStatus")?.unwrap_or("TRADING");
    if !matches!(status, "TRADING" | "HALT" | "BREAK" | "END_OF_DAY" | "CANCEL_ONLY") {
        return Err(ApiError::bad(-1122, "Invalid symbolStatus."));
    }
    let is_spot = params.text("permissions")?.is_none_or(|wanted| wanted.contains("SPOT"));
    let shows_permissions = params.text("showPermissionSets")? != Some("false");
    let symbols: Vec<Value> = sim
        .market()
        .pairs()
        .iter()
        .filter(|pair| asked.as_ref().is_none_or(|asked| asked.contains(&pair.symbol)))
        .filter(|_| is_spot && status == "TRADING")
        .map(|pair| describe(pair, shows_permissions))
        .collect();
    Ok(Json(json!({
        "timezone": "UTC",
        "serverTime": sim.clock().now().as_ms() * params.time_scale(),
        "rateLimits": [
            { "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": sim.weight_per_minute() },
            { "rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 300_000 },
        ],
        "exchangeFilters": [],
        "symbols": symbols,
    })))
}

/// Reads `symbol` or `symbols`; `None` means all.
pub(crate) fn asked_symbols(sim: &Simulator, params: &Params) -> Result<Option<Vec<Symbol>>, ApiError> {
    let (single, list) = (params.text("symbol")?, params.text("symbols")?);
    if single.is_some() && list.is_some()
        || params.text("symbolStatus")?.is_some() && single.or(list).is_some()
    {
        return Err(ApiError::bad(-1128, "Combination of optional parameters invalid."));
    }
    let names = match (single, list) {
        (Some(symbol), _) => vec![read_symbol("symbol", symbol)?],
        (None, Some(list)) => {
            let names: Vec<String> = serde_json::from_str(list).map_err(|_| {
                ApiError::illegal("symbols", "^\\[(\"[\\w\\-._&&[^a-z]]{1,50}\"(,...)*)?\\]$")
            })?;
            names.iter().map(|name| read_symbol("symbols", name)).collect::<Result<_, _>>()?
        }
        (None, None) => return Ok(None),
    };
    if names.iter().all(|name| sim.market().has_symbol(name)) {
        Ok(Some(names))
    } else {
        Err(ApiError::invalid_symbol())
    }
}

fn describe(pair: &Pair, shows_permissions: bool) -> Value {
    let mut symbol = json!({
        "symbol": pair.symbol,
        "status": "TRADING",
        "baseAsset": pair.base,
        "baseAssetPrecision": 8,
        "quoteAsset": pair.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [
            "LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT",
        ],
        "icebergAllowed": true,
        "ocoAllowed": true,
        "otoAllowed": true,
        "opoAllowed": false,
        "quoteOrderQtyMarketAllowed": true,
        "allowTrailingStop": true,
        "cancelReplaceAllowed": true,
        "amendAllowed": true,
        "pegInstructionsAllowed": false,
        "isSpotTradingAllowed": true,
        "isMarginTradingAllowed": false,
        "filters": filters(),
        "permissions": [],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
    });
    if let Some(object) = symbol.as_object_mut().filter(|_| shows_permissions) {
        object.insert("permissionSets".to_owned(), json!([["SPOT"]]));
    }
    symbol
}

/// The same rules for every symbol: tick 0.01, step 0.00001, at least 5 quote an order.
fn filters() -> Value {
    json!([
        {
            "filterType": "PRICE_FILTER",
            "minPrice": "0.01000000", "maxPrice": "10000000.00000000", "tickSize": "0.01000000",
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": "0.00001000", "maxQty": "900000.00000000", "stepSize": "0.00001000",
        },
        { "filterType": "ICEBERG_PARTS", "limit": 100 },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": "0.00000000", "maxQty": "9000.00000000", "stepSize": "0.00000000",
        },
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 2000,
            "minTrailingBelowDelta": 10, "maxTrailingBelowDelta": 2000,
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "5", "bidMultiplierDown": "0.2", "askMultiplierUp": "5", "askMultiplierDown": "0.2",
            "avgPriceMins": 5,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": "5.00000000", "applyMinToMarket": true,
            "maxNotional": "9000000.00000000", "applyMaxToMarket": false, "avgPriceMins": 5,
        },
        { "filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200 },
        { "filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20 },
        { "filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5 },
        { "filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10 },
    ])
}
