//! What happens while somebody looks, as streams of server-sent events. Only for the signed-in.

mod candles;
mod jobs;

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{Stream, StreamExt as _};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

pub(super) use candles::live_candles;
pub(super) use jobs::live_jobs;

/// How often a silent stream says that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Answers with an event for each thing told, until nobody looks or the process stops.
fn events<T: Serialize + Send + 'static>(
    told: impl Stream<Item = T> + Send + 'static,
    closing: CancellationToken,
) -> Response {
    let events = told.take_until(closing.cancelled_owned()).filter_map(|told| async move {
        let event = Event::default().json_data(told);
        event
            .inspect_err(|error| tracing::error!(%error, "an event cannot be written down"))
            .ok()
            .map(Ok::<_, Infallible>)
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response()
}
