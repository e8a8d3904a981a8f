//! Hands what was typed into a refused form back to its page, for browsers without JavaScript.
//!
//! A plain form's refusal is a redirect to the page that it came from, with the error in the address. This adds the form's texts as
//! `typed[NAME]`, from which the fields take what they begin with. Passwords stay out: an address is kept in histories and logs.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::router::FORM_BYTES;

/// The most of a form that is handed back; what is longer would not fit an address.
const MOST: usize = 4_000;

/// Middleware: lets everything pass, and adds what was typed to the redirect of a refused form.
pub(crate) async fn keep_input(request: Request, next: Next) -> Response {
    if *request.method() != Method::POST || !is_plain_form(request.headers()) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, FORM_BYTES).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "This form is too large.").into_response();
    };
    let typed = body.clone();
    let mut response = next.run(Request::from_parts(head, Body::from(body))).await;
    let target = response.headers().get(header::LOCATION).and_then(|target| target.to_str().ok());
    if let Some(target) = target.and_then(|target| with_typed(target, &typed))
        && let Ok(target) = HeaderValue::from_str(&target)
    {
        response.headers_mut().insert(header::LOCATION, target);
    }
    response
}

/// Returns whether a browser without our code in it sends a form.
fn is_plain_form(headers: &HeaderMap) -> bool {
    let has = |name: header::HeaderName, part: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
    };
    has(header::CONTENT_TYPE, "application/x-www-form-urlencoded") && has(header::ACCEPT, "text/html")
}

/// Adds the form's texts to a redirect that carries an error; `None` for any other redirect.
fn with_typed(target: &str, form: &Bytes) -> Option<String> {
    let (path, query) = target.split_once('?')?;
    let pairs = || form_urlencoded::parse(query.as_bytes());
    if !pairs().any(|(name, _)| name == "__err") {
        return None;
    }
    let mut address = form_urlencoded::Serializer::new(String::new());
    // What an earlier refusal left is outdated.
    address.extend_pairs(pairs().filter(|(name, _)| !name.starts_with("typed[")));
    for (name, text) in form_urlencoded::parse(form) {
        let is_secret = name.contains("password");
        if !is_secret && text.len() + name.len() <= MOST {
            address.append_pair(&format!("typed[{name}]"), &text);
        }
    }
    let query = address.finish();
    (query.len() <= 2 * MOST).then(|| format!("{path}?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_takes_its_texts_along_and_nothing_else_does() {
        let form = Bytes::from_static(b"start=2024-13-01&params%5Bfast_period%5D=ten&password=secret");
        let target =
            with_typed("/backtests/new?strategy=a&typed%5Bstart%5D=old&__err=x", &form).expect("a refusal");
        assert_eq!(
            target,
            "/backtests/new?strategy=a&__err=x&typed%5Bstart%5D=2024-13-01&typed%5Bparams%5Bfast_period%5D%5D=ten"
        );
        assert_eq!(with_typed("/backtests?job=1", &form), None);
        assert_eq!(with_typed("/backtests", &form), None);
        let long = Bytes::from(format!("note={}", "a".repeat(MOST)));
        assert_eq!(with_typed("/x?__err=1", &long).as_deref(), Some("/x?__err=1"));
    }
}
