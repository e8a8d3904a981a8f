//! What happens while somebody looks, as streams of server-sent events. Only for the signed-in.

mod candles;
mod jobs;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream::{Stream, StreamExt as _};
use serde::Serialize;
use store::User;
use tokio::sync::broadcast::{self, error::RecvError};
use tower_sessions::Session;

use crate::jobs::{News, What};
use crate::services::{Place, RequestServices, Shared};

pub(super) use candles::live_candles;
pub(super) use jobs::live_jobs;

/// How often a silent stream says that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// How often it is asked whether whoever looks is still signed in, beside being told.
const CHECK: Duration = Duration::from_secs(15);

/// Somebody who may listen: signed in, with a place for one more stream.
struct Listener {
    services: RequestServices,
    user: User,
    place: Place,
}

impl Listener {
    /// Lets a signed-in user in, if they have not too many streams open already.
    async fn admit(shared: &Arc<Shared>, session: Session) -> Result<Self, StatusCode> {
        let services = RequestServices::new(shared.clone(), session, None);
        let user = services
            .signed_in()
            .await
            .map_err(|error| StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNAUTHORIZED))?;
        let place = shared.streams.try_take(user.id).ok_or(StatusCode::TOO_MANY_REQUESTS)?;
        Ok(Self { services, user, place })
    }
}

/// Returns when a login session has ended: signed out, ended by its user, or with the account.
async fn ended(services: RequestServices, user: User, mut news: broadcast::Receiver<News>) {
    let mut check = tokio::time::interval(CHECK);
    check.reset();
    loop {
        tokio::select! {
            _ = check.tick() => {}
            news = news.recv() => match news {
                Ok(news) if news.what == What::LoginSessions && news.is_for(user.id) => {}
                Ok(_) => continue,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
        if !services.is_still_signed_in(&user).await {
            return;
        }
    }
}

/// Answers with an event for each thing told, until nobody looks, the login session ends or the process stops.
fn events<T: Serialize + Send + 'static>(
    told: impl Stream<Item = T> + Send + 'static,
    listener: Listener,
    shared: &Shared,
) -> Response {
    let Listener { services, user, place } = listener;
    let news = shared.news.published.subscribe();
    let ended = Box::pin(async move {
        ended(services, user, news).await;
        // Held until then, or until nobody looks any more.
        drop(place);
    });
    let closing = shared.closing.clone().cancelled_owned();
    let told = told.take_until(ended).take_until(closing);
    let events = told.filter_map(|told| async move {
        let event = Event::default().json_data(told);
        event
            .inspect_err(|error| tracing::error!(%error, "an event cannot be written down"))
            .ok()
            .map(Ok::<_, Infallible>)
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)).into_response()
}
