//! Server functions of accounts.

use leptos::prelude::*;

use super::model::{AccountView, SessionView};
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

/// Returns the reader's own account with its login sessions.
#[server(endpoint = "account")]
pub async fn account() -> Result<AccountView, AppError> {
    answer(use_services()?.account().await)
}

/// Changes the reader's password and ends their other login sessions.
#[server(endpoint = "change_password")]
pub async fn change_password(
    current_password: String,
    new_password: String,
    new_password_again: String,
) -> Result<(), AppError> {
    let form = super::model::NewPassword { current_password, new_password, new_password_again };
    answer(use_services()?.change_password(form).await)?;
    leptos_axum::redirect("/account?done=password");
    Ok(())
}

/// Ends one of the reader's other login sessions.
#[server(endpoint = "end_login_session")]
pub async fn end_login_session(id: String) -> Result<(), AppError> {
    answer(use_services()?.end_login_session(&id).await)?;
    leptos_axum::redirect("/account?done=ended");
    Ok(())
}

/// Ends all of the reader's other login sessions.
#[server(endpoint = "end_other_login_sessions")]
pub async fn end_other_login_sessions() -> Result<(), AppError> {
    answer(use_services()?.end_other_login_sessions().await)?;
    leptos_axum::redirect("/account?done=others");
    Ok(())
}
