//! Turns what goes wrong inside into what a user may read; the cause is logged once, here, under the id that the user sees.

use app::{AppError, FieldError};
use store::StoreError;
use uuid::Uuid;

/// Logs an unexpected error and returns what the user sees of it: an id to find it by.
pub(crate) fn internal(error: impl std::fmt::Display) -> AppError {
    let id = Uuid::now_v7().to_string();
    tracing::error!(error.id = %id, %error, "a request failed");
    AppError::Internal { id }
}

/// Returns the error of one form field.
pub(super) fn invalid(field: &str, message: impl Into<String>) -> AppError {
    AppError::Invalid { fields: vec![FieldError { field: field.to_owned(), message: message.into() }] }
}

/// Maps a store's refusal; what is not the user's doing is internal.
pub(super) fn from_store(error: StoreError) -> AppError {
    match error {
        // Pages call what a run leaves by its name on screen.
        StoreError::NotFound { what: "run" } => AppError::not_found("backtest"),
        StoreError::NotFound { what } => AppError::not_found(what),
        StoreError::Conflict { .. } | StoreError::Transition(_) => {
            AppError::Conflict { message: error.to_string() }
        }
        other => internal(other),
    }
}
