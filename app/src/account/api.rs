//! Server functions of accounts.

use leptos::prelude::*;

use super::model::SessionView;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// Returns who is signed in.
#[server(endpoint = "session")]
pub async fn session() -> Result<SessionView, AppError> {
    answer(use_services()?.session().await)
}

/// Creates the first account and signs it in.
#[server(endpoint = "set_up")]
pub async fn set_up(name: String, password: String, password_again: String) -> Result<(), AppError> {
    let account = super::model::NewAccount { name: name.trim().to_owned(), password, password_again };
    answer(use_services()?.set_up(account).await)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Signs in and goes where the reader wanted to.
#[server(endpoint = "sign_in")]
pub async fn sign_in(name: String, password: String, next: String) -> Result<(), AppError> {
    answer(use_services()?.sign_in(name.trim(), &password).await)?;
    leptos_axum::redirect(super::sign_in::safe_target(&next));
    Ok(())
}

/// Signs out.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    answer(use_services()?.sign_out().await)?;
    leptos_axum::redirect("/signin");
    Ok(())
}
