//! Server functions of data.

use leptos::prelude::*;

use super::model::{CoverageView, ExchangeView, QualityView, SubscriptionView};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{backtests::model::parse_key, respond::answer, services::use_services};

/// Where what was started shows.
pub(super) const ACTIVITY: &str = "/data/activity";

/// Returns the configured exchanges.
#[server(endpoint = "exchanges")]
pub async fn exchanges() -> Result<Vec<ExchangeView>, AppError> {
    answer(use_services()?.exchanges().await)
}

/// Returns how far a series (`binance BTCUSDT 1h`) can be trusted.
#[server(endpoint = "series_quality")]
pub async fn series_quality(series: String) -> Result<QualityView, AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    answer(use_services()?.series_quality(&key).await)
}

/// Returns how much of each month of every series is there.
#[server(endpoint = "coverage")]
pub async fn coverage() -> Result<Vec<CoverageView>, AppError> {
    answer(use_services()?.coverage().await)
}

/// Queues a repair of a series (`binance BTCUSDT 1h`) and leads to where it shows.
#[server(endpoint = "repair_series")]
pub async fn repair_series(series: String, #[server(default)] recheck: bool) -> Result<(), AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    answer(use_services()?.repair_series(&key, recheck).await)?;
    leptos_axum::redirect(ACTIVITY);
    Ok(())
}

/// Fills the holes of a series (`binance BTCUSDT 1h`) in which its exchange has nothing, or takes out again what was filled.
#[server(endpoint = "fill_series")]
pub async fn fill_series(series: String, #[server(default)] undo: bool) -> Result<u64, AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    let services = use_services()?;
    answer(if undo { services.unfill_series(&key).await } else { services.fill_series(&key).await })
}

/// Returns the user's subscriptions and how they stand.
#[server(endpoint = "subscriptions")]
pub async fn subscriptions() -> Result<Vec<SubscriptionView>, AppError> {
    answer(use_services()?.subscriptions().await)
}

/// Backfills a series and updates it live from now on.
#[server(endpoint = "subscribe")]
pub async fn subscribe(
    exchange: String,
    symbol: String,
    interval: String,
    days: String,
) -> Result<(), AppError> {
    let form = super::model::FollowForm { exchange, symbol, interval, days };
    let services = use_services()?;
    answer(match form.check() {
        Ok(request) => services.subscribe(request).await,
        Err(error) => Err(error),
    })
}

/// Ends a subscription (`binance BTCUSDT 1h`).
#[server(endpoint = "unsubscribe")]
pub async fn unsubscribe(series: String) -> Result<(), AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    answer(use_services()?.unsubscribe(&key).await)
}

/// Queues a download and leads to `next`, a page of ours, where it shows.
#[server(endpoint = "start_ingest")]
pub async fn start_ingest(
    exchange: String,
    symbol: String,
    interval: String,
    range: String,
    #[server(default)] start: String,
    #[server(default)] end: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let form = super::model::IngestForm { exchange, symbol, interval, range, start, end };
    let services = use_services()?;
    answer(match form.check() {
        Ok(request) => services.start_ingest(request).await.map(drop),
        Err(error) => Err(error),
    })?;
    if next == ACTIVITY {
        leptos_axum::redirect(ACTIVITY);
    }
    Ok(())
}

/// Deletes a series (`binance BTCUSDT 1h`).
#[server(endpoint = "delete_series")]
pub async fn delete_series(series: String) -> Result<(), AppError> {
    let Some(key) = parse_key(&series) else { return answer(Err(AppError::not_found("series"))) };
    answer(use_services()?.delete_series(&key).await)
}
