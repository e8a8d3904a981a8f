//! Server functions of jobs.

use leptos::prelude::*;
use types::JobId;

use super::model::{JobKind, JobView};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// Returns the user's latest jobs of some kinds.
#[server(endpoint = "jobs", input = leptos::server_fn::codec::Json)]
pub async fn jobs(kinds: Vec<JobKind>, limit: u32) -> Result<Vec<JobView>, AppError> {
    let filter = super::model::JobFilter { kinds, limit: limit.clamp(1, 100) };
    answer(use_services()?.jobs(filter).await)
}

/// Asks a job to stop.
#[server(endpoint = "cancel_job")]
pub async fn cancel_job(id: JobId) -> Result<(), AppError> {
    answer(use_services()?.cancel_job(id).await)
}

/// Queues an ended job once more.
#[server(endpoint = "retry_job")]
pub async fn retry_job(id: JobId) -> Result<(), AppError> {
    answer(use_services()?.retry_job(id).await)
}

/// Removes an ended job from the list.
#[server(endpoint = "delete_job")]
pub async fn delete_job(id: JobId) -> Result<(), AppError> {
    answer(use_services()?.delete_job(id).await)
}
