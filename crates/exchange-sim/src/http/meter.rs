//! Weighs every request to `/api`, refuses those over the limit or during an outage, and writes the used weight on every answer.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::http::error::{ApiError, RetryAfter};
use crate::rate_limit::Verdict;
use crate::simulator::Simulator;

/// The middleware.
pub(crate) async fn meter(State(sim): State<Simulator>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (verdict, used) = sim.admit(&path, &query, weight(&path, &query));
    let mut response = match verdict {
        Verdict::Served => next.run(request).await,
        Verdict::TooMany { retry_after_secs } => {
            ApiError::too_many(retry_after_secs, sim.weight_per_minute()).into_response()
        }
        Verdict::Banned { retry_after_secs, until } => {
            ApiError::banned(retry_after_secs, until).into_response()
        }
        Verdict::Down => {
            sim.answered(StatusCode::SERVICE_UNAVAILABLE, None);
            return down();
        }
    };
    let retry_after_secs = response.extensions().get::<RetryAfter>().map(|wait| wait.0);
    sim.answered(response.status(), retry_after_secs);
    let headers = response.headers_mut();
    for name in ["x-mbx-used-weight", "x-mbx-used-weight-1m"] {
        headers.insert(name, HeaderValue::from(used));
    }
    response
}

/// What stands before an exchange that is down: a page that is no JSON, without a word about weight.
pub(crate) fn down() -> Response {
    let page = "<html><head><title>503 Service Temporarily Unavailable</title></head>\
                <body><h1>503 Service Temporarily Unavailable</h1></body></html>";
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

fn weight(path: &str, query: &str) -> u32 {
    let is_single = query.split('&').any(|pair| pair.starts_with("symbol="));
    match path {
        "/api/v3/exchangeInfo" => 20,
        "/api/v3/klines" | "/api/v3/uiKlines" => 2,
        "/api/v3/ticker/price" if is_single => 2,
        "/api/v3/ticker/price" => 4,
        _ => 1,
    }
}
