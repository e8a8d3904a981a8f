//! Server functions of the dashboard.

use leptos::prelude::*;

use super::model::DashboardView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// Returns everything on the dashboard.
#[server(endpoint = "dashboard")]
pub async fn dashboard() -> Result<DashboardView, AppError> {
    answer(use_services()?.dashboard().await)
}
