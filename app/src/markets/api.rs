//! Server functions of markets.

use leptos::prelude::*;

use super::model::{CandleWindow, SeriesView};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// More candles than a chart draws at once.
#[cfg(feature = "ssr")]
const MOST_CANDLES: u32 = 5000;

/// Returns every stored series.
#[server(endpoint = "series_list")]
pub async fn series_list() -> Result<Vec<SeriesView>, AppError> {
    answer(use_services()?.series_list().await)
}

/// Returns candles with indicators (separated by `;`) over them. Read by `chart.js` too, hence plain arguments in the address; it has
/// `known_only` indicators shown and the others told.
#[server(endpoint = "candles", input = leptos::server_fn::codec::GetUrl)]
pub async fn candles(
    exchange: String,
    symbol: String,
    interval: String,
    before: Option<i64>,
    limit: u32,
    #[server(default)] indicators: String,
    #[server(default)] known_only: bool,
) -> Result<CandleWindow, AppError> {
    let Some(key) = key_of(&exchange, &symbol, &interval) else {
        return answer(Err(AppError::not_found("series")));
    };
    let indicators = super::indicators::split(&indicators);
    let limit = limit.clamp(1, MOST_CANDLES);
    let query = super::model::CandleQuery { key, before_ms: before, limit, indicators, known_only };
    answer(use_services()?.candles(query).await)
}

/// Adds an indicator to those that a chart shows, and goes to the chart with all of them.
#[server(endpoint = "add_indicator")]
pub async fn add_indicator(
    exchange: String,
    symbol: String,
    interval: String,
    #[server(default)] indicators: String,
    #[server(default)] add: String,
) -> Result<(), AppError> {
    let Some(key) = key_of(&exchange, &symbol, &interval) else {
        return answer(Err(AppError::not_found("series")));
    };
    let mut list = super::indicators::split(&indicators);
    let checked = use_services()?.indicator(&add).await;
    let added = answer(checked.and_then(|()| super::indicators::room_for(&list, &add)))?;
    if !list.contains(&added) {
        list.push(added);
    }
    leptos_axum::redirect(&super::indicators::link(&super::model::series_link(&key), &list));
    Ok(())
}

/// Makes a series out of a finer one that is stored, and goes to its chart.
#[server(endpoint = "derive_series")]
pub async fn derive_series(
    exchange: String,
    symbol: String,
    interval: String,
    from: String,
) -> Result<(), AppError> {
    let (Some(key), Some(finer)) = (key_of(&exchange, &symbol, &interval), key_of(&exchange, &symbol, &from))
    else {
        return answer(Err(AppError::not_found("series")));
    };
    answer(use_services()?.derive_series(&finer, key.interval).await)?;
    leptos_axum::redirect(&super::model::series_link(&key));
    Ok(())
}

#[cfg(feature = "ssr")]
fn key_of(exchange: &str, symbol: &str, interval: &str) -> Option<types::SeriesKey> {
    crate::backtests::model::parse_key(&format!("{exchange} {symbol} {interval}"))
}
