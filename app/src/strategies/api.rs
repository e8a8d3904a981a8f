//! Server functions of strategies.

use leptos::prelude::*;

use super::model::StrategyView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// Returns the library.
#[server(endpoint = "strategies")]
pub async fn strategies() -> Result<Vec<StrategyView>, AppError> {
    answer(use_services()?.strategies().await)
}

/// Returns one strategy of the library.
#[server(endpoint = "strategy")]
pub async fn strategy(name: String) -> Result<StrategyView, AppError> {
    answer(use_services()?.strategy(&name).await)
}
