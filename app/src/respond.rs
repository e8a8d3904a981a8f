//! What a server function's answer does to the HTTP response around it: its status, and where the browser goes next.
//!
//! The same functions run while a page is rendered, where the status belongs to the page.

use leptos::context::use_context;
use leptos_axum::ResponseOptions;
use leptos_router::location::RequestUrl;

use crate::error::AppError;

/// Gives the response the status that an error stands for and hands the answer on.
pub(crate) fn answer<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    if let Err(error) = &result {
        note(error);
    }
    result
}

fn note(error: &AppError) {
    let is_page = use_context::<RequestUrl>().is_some();
    // A page without a reader leads to the sign-in, a plain form back to itself: both need their redirect's status.
    if (is_page && *error == AppError::Unauthenticated) || (!is_page && wants_html()) {
        return;
    }
    if let (Some(options), Ok(status)) =
        (use_context::<ResponseOptions>(), http::StatusCode::from_u16(error.status()))
    {
        options.set_status(status);
        if let Some(secs) = error.retry_after_secs() {
            options.insert_header(http::header::RETRY_AFTER, http::HeaderValue::from(secs));
        }
    }
}

/// Sends whoever asks for this page to another one; leptos' own redirect leaves the status alone unless a browser asks.
pub(crate) fn redirect_page(path: &str) {
    if let (Some(options), Ok(location)) =
        (use_context::<ResponseOptions>(), http::HeaderValue::from_str(path))
    {
        options.insert_header(http::header::LOCATION, location);
        options.set_status(http::StatusCode::FOUND);
    }
}

/// Returns whether a plain form asks rather than our own code in the browser.
fn wants_html() -> bool {
    use_context::<http::request::Parts>()
        .and_then(|parts| {
            parts.headers.get(http::header::ACCEPT)?.to_str().ok().map(|text| text.contains("text/html"))
        })
        .unwrap_or(false)
}
