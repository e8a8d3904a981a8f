//! Server functions of backtests.
#![allow(clippy::too_many_arguments, reason = "a server function takes the fields of its form one by one")]

use std::collections::BTreeMap;

use leptos::prelude::*;
use types::RunId;

use super::model::{BacktestDefaults, RunDetail, RunOrder, RunPage, TradePage};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// Results on a page of the list.
#[cfg(feature = "ssr")]
const RUNS: u32 = 50;
/// Trades on a page of a result.
#[cfg(feature = "ssr")]
const TRADES: u32 = 50;

/// Returns what the form of a new backtest offers.
#[server(endpoint = "new_backtest")]
pub async fn new_backtest() -> Result<BacktestDefaults, AppError> {
    answer(use_services()?.backtest_defaults().await)
}

/// Queues a backtest and goes to the queue, which leads on to the result. `params` belong to the strategy named in `params_of`.
#[server(endpoint = "start_backtest")]
pub async fn start_backtest(
    #[server(default)] strategy: String,
    #[server(default)] params: BTreeMap<String, String>,
    #[server(default)] params_of: String,
    #[server(default)] series: String,
    #[server(default)] start: String,
    #[server(default)] end: String,
    #[server(default)] initial_capital: String,
    #[server(default)] commission: String,
    #[server(default)] slippage: String,
) -> Result<(), AppError> {
    // Without JavaScript the fields stay those of the strategy that the page was drawn for; another one keeps its own values.
    let params = if params_of == strategy { params } else { BTreeMap::new() };
    let form = super::model::BacktestForm {
        strategy,
        params,
        series,
        start,
        end,
        initial_capital,
        commission,
        slippage,
    };
    let services = use_services()?;
    let job = answer(match form.check() {
        Ok(request) => services.start_backtest(request).await,
        Err(error) => Err(error),
    })?;
    leptos_axum::redirect(&format!("/backtests?job={job}"));
    Ok(())
}

/// Returns a part of the list of results.
#[server(endpoint = "runs")]
pub async fn runs(
    #[server(default)] order: RunOrder,
    before: Option<String>,
    #[server(default)] page: u32,
) -> Result<RunPage, AppError> {
    answer(use_services()?.runs(super::model::RunQuery { order, before, page, limit: RUNS }).await)
}

/// Returns one result.
#[server(endpoint = "run")]
pub async fn run(id: String) -> Result<RunDetail, AppError> {
    let Ok(id) = id.parse::<RunId>() else { return answer(Err(AppError::not_found("backtest"))) };
    answer(use_services()?.run(id).await)
}

/// Returns a page of the trades of a result.
#[server(endpoint = "trades")]
pub async fn trades(run: RunId, page: u32) -> Result<TradePage, AppError> {
    let query = super::model::TradeQuery { run, page: page.max(1), per_page: TRADES };
    answer(use_services()?.trades(query).await)
}

/// Deletes a result and goes back to the list.
#[server(endpoint = "delete_run")]
pub async fn delete_run(id: RunId) -> Result<(), AppError> {
    answer(use_services()?.delete_run(id).await)?;
    leptos_axum::redirect("/backtests");
    Ok(())
}
