//! How the reader's own jobs go on (`/api/live/jobs`).

use std::sync::Arc;

use app::jobs::model::JobNewsView;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use tokio::sync::broadcast::{self, error::RecvError};
use tower_sessions::Session;
use types::UserId;

use super::events;
use crate::jobs::JobNews;
use crate::services::{RequestServices, Shared, news_view};
use crate::wiring::now;

/// Streams what happens to the jobs of the signed-in user.
pub(in crate::web) async fn live_jobs(State(shared): State<Arc<Shared>>, session: Session) -> Response {
    let (news, closing) = (shared.job_news.subscribe(), shared.closing.clone());
    let Ok(user) = RequestServices::new(shared, session, None).signed_in().await else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let told = stream::unfold((news, user.id), |(mut news, user)| async move {
        let told = next(&mut news, user).await;
        Some((told, (news, user)))
    });
    events(told, closing)
}

async fn next(news: &mut broadcast::Receiver<JobNews>, user: UserId) -> JobNewsView {
    loop {
        match news.recv().await {
            Ok(news) if news.user == user => return news_view(news, now()),
            // A reader who is too slow asks again now and then anyway.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
