//! Server functions of data.

use leptos::prelude::*;

use super::model::ExchangeView;
use crate::error::AppError;
use crate::markets::model::GapView;
#[cfg(feature = "ssr")]
use crate::{backtests::model::parse_key, respond::answer, services::use_services};

/// More holes than a page shows.
#[cfg(feature = "ssr")]
const MOST_GAPS: u32 = 500;

/// Returns the configured exchanges.
#[server(endpoint = "exchanges")]
pub async fn exchanges() -> Result<Vec<ExchangeView>, AppError> {
    answer(use_services()?.exchanges().await)
}

/// Returns the latest holes of a series (`binance BTCUSDT 1h`).
#[server(endpoint = "series_gaps")]
pub async fn series_gaps(series: String) -> Result<Vec<GapView>, AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    answer(use_services()?.series_gaps(&key, MOST_GAPS).await)
}

/// Queues a download.
#[server(endpoint = "start_ingest")]
pub async fn start_ingest(
    exchange: String,
    symbol: String,
    interval: String,
    range: String,
    #[server(default)] start: String,
    #[server(default)] end: String,
) -> Result<(), AppError> {
    let form = super::model::IngestForm { exchange, symbol, interval, range, start, end };
    let services = use_services()?;
    answer(match form.check() {
        Ok(request) => services.start_ingest(request).await.map(drop),
        Err(error) => Err(error),
    })
}

/// Deletes a series (`binance BTCUSDT 1h`).
#[server(endpoint = "delete_series")]
pub async fn delete_series(series: String) -> Result<(), AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    answer(use_services()?.delete_series(&key).await)
}
