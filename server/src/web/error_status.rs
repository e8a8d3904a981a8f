//! Gives an error of a server function the HTTP status that says the same, where it failed before our own code ran.
//!
//! What cannot be read never reaches a service: Leptos answers it with 500, as if it were our fault. The body already says what it is.

use app::AppError;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use uuid::Uuid;

use crate::services::internal;

/// Far more than an error has to say.
const MOST_BYTES: usize = 64 * 1024;

/// Middleware: corrects the status of refused calls, and says in a header how long to wait.
pub(crate) async fn status_of_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_ours = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    let is_unclear =
        matches!(response.status(), StatusCode::INTERNAL_SERVER_ERROR | StatusCode::TOO_MANY_REQUESTS);
    if !is_ours || !is_unclear {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let mut bytes = match to_bytes(body, MOST_BYTES).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "an error's own text could not be read");
            return Response::from_parts(parts, Body::empty());
        }
    };
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        let error = match error {
            // It failed before our own code ran, which would have logged it and given it an id.
            AppError::Internal { id } if Uuid::try_parse(&id).is_err() => {
                let error = internal(id);
                bytes = serde_json::to_vec(&error).unwrap_or_default().into();
                error
            }
            other => other,
        };
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(parts.status);
        if let Some(secs) = error.retry_after_secs() {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}
