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

/// Returns candles with indicators (separated by `;`) over them. Read by `chart.js` too, hence plain arguments in the address.
#[server(endpoint = "candles", input = leptos::server_fn::codec::GetUrl)]
pub async fn candles(
    exchange: String,
    symbol: String,
    interval: String,
    before: Option<i64>,
    limit: u32,
    #[server(default)] indicators: String,
) -> Result<CandleWindow, AppError> {
    let text = format!("{exchange} {symbol} {interval}");
    let Some(key) = crate::backtests::model::parse_key(&text) else {
        return answer(Err(AppError::not_found("series")));
    };
    let indicators = super::indicators::split(&indicators);
    let limit = limit.clamp(1, MOST_CANDLES);
    let query = super::model::CandleQuery { key, before_ms: before, limit, indicators };
    answer(use_services()?.candles(query).await)
}
