//! Stands before a counterpart and spoils answers about candles, in order.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, future, stream};

/// How an answer is spoilt.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Harm {
    /// HTTP 429.
    TooMany,
    /// The connection is cut in the middle of the body.
    Cut,
    /// A page that is no answer, with HTTP 200.
    Garbage,
}

/// What is to be spoilt next.
#[derive(Debug, Clone)]
pub(crate) struct Meddler {
    harms: Arc<Mutex<VecDeque<Harm>>>,
    asks_for_candles: fn(&Uri) -> bool,
    too_many: &'static str,
}

impl Meddler {
    pub(crate) fn new(asks_for_candles: fn(&Uri) -> bool, too_many: &'static str) -> Self {
        Self { harms: Arc::default(), asks_for_candles, too_many }
    }

    pub(crate) fn harm(&self, harms: impl IntoIterator<Item = Harm>) {
        self.harms.lock().unwrap().extend(harms);
    }

    /// Whether everything was suffered.
    pub(crate) fn is_done(&self) -> bool {
        self.harms.lock().unwrap().is_empty()
    }

    fn next(&self, uri: &Uri) -> Option<Harm> {
        if (self.asks_for_candles)(uri) { self.harms.lock().unwrap().pop_front() } else { None }
    }
}

pub(crate) async fn meddle(State(meddler): State<Meddler>, request: Request, next: Next) -> Response {
    match meddler.next(request.uri()) {
        None => next.run(request).await,
        Some(Harm::TooMany) => (StatusCode::TOO_MANY_REQUESTS, meddler.too_many).into_response(),
        Some(Harm::Garbage) => "<html>Please sign in to the hotel's wifi</html>".into_response(),
        Some(Harm::Cut) => {
            let end = async {
                // A pause in the body sends what there is; the cut comes after it.
                tokio::task::yield_now().await;
                Err(io::Error::other("cut"))
            };
            let begin = future::ready(Ok(Bytes::from_static(b"{\"")));
            let body = Body::from_stream(stream::once(begin).chain(stream::once(end)));
            ([(header::CONTENT_LENGTH, "1000")], body).into_response()
        }
    }
}
