//! Binance's error bodies: `{"code":-1121,"msg":"Invalid symbol."}` with their HTTP status.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use types::Timestamp;

/// An answer that says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: i32,
    message: String,
    retry_after_secs: Option<i64>,
}

/// Seconds a client was told to wait, noted on the response for the meter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryAfter(pub(crate) i64);

impl ApiError {
    fn new(status: StatusCode, code: i32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after_secs: None }
    }

    /// HTTP 400 with a code.
    pub(crate) fn bad(code: i32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn invalid_symbol() -> Self {
        Self::bad(-1121, "Invalid symbol.")
    }

    pub(crate) fn invalid_interval() -> Self {
        Self::bad(-1120, "Invalid interval.")
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self::bad(-1102, format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."))
    }

    pub(crate) fn illegal(name: &str, range: &str) -> Self {
        Self::bad(-1100, format!("Illegal characters found in parameter '{name}'; legal range is '{range}'."))
    }

    /// 429: the weight of this minute is used up.
    pub(crate) fn too_many(retry_after_secs: i64, limit: u32) -> Self {
        let message = format!(
            "Too much request weight used; current limit is {limit} request weight per 1 MINUTE. Please use WebSocket \
             Streams for live updates to avoid polling the API."
        );
        let retry_after_secs = Some(retry_after_secs);
        Self { retry_after_secs, ..Self::new(StatusCode::TOO_MANY_REQUESTS, -1003, message) }
    }

    /// 418: banned for going on after 429.
    pub(crate) fn banned(retry_after_secs: i64, until: Timestamp) -> Self {
        let message = format!(
            "Way too much request weight used; IP banned until {}. Please use WebSocket Streams for live updates to \
             avoid bans.",
            until.as_ms()
        );
        let retry_after_secs = Some(retry_after_secs);
        Self { retry_after_secs, ..Self::new(StatusCode::IM_A_TEAPOT, -1003, message) }
    }

    /// 500: something broke on the exchange's side.
    pub(crate) fn internal() -> Self {
        let message = "An unknown error occurred while processing the request.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, -1000, message)
    }

    /// 503: the exchange sheds load; the request was not processed.
    pub(crate) fn overloaded() -> Self {
        let message =
            "Server is currently overloaded with other requests. Please try again in a few minutes.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, -1008, message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "code": self.code, "msg": self.message }));
        let mut response = (self.status, body).into_response();
        if let Some(seconds) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response.extensions_mut().insert(RetryAfter(seconds));
        }
        response
    }
}
