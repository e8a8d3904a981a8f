//! Server functions of users; each refuses whoever is no administrator.

use leptos::prelude::*;
use types::UserId;

use super::model::UserRow;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::{respond::answer, services::use_services};

/// Returns every user.
#[server(endpoint = "users")]
pub async fn users() -> Result<Vec<UserRow>, AppError> {
    answer(use_services()?.users().await)
}

/// Adds a user.
#[server(endpoint = "add_user")]
pub async fn add_user(
    name: String,
    role: String,
    password: String,
    password_again: String,
) -> Result<(), AppError> {
    let is_admin = answer(is_admin(&role))?;
    let form = super::model::NewUserForm { name, is_admin, password, password_again };
    answer(use_services()?.add_user(form).await)?;
    leptos_axum::redirect("/users?done=added");
    Ok(())
}

/// Gives a user a role.
#[server(endpoint = "set_user_role")]
pub async fn set_user_role(id: UserId, role: String) -> Result<(), AppError> {
    let is_admin = answer(is_admin(&role))?;
    answer(use_services()?.set_user_role(id, is_admin).await)?;
    leptos_axum::redirect("/users?done=role");
    Ok(())
}

/// Keeps a user out, and ends their login sessions.
#[server(endpoint = "disable_user")]
pub async fn disable_user(id: UserId) -> Result<(), AppError> {
    answer(use_services()?.set_user_enabled(id, false).await)?;
    leptos_axum::redirect("/users?done=disabled");
    Ok(())
}

/// Lets a disabled user in again.
#[server(endpoint = "enable_user")]
pub async fn enable_user(id: UserId) -> Result<(), AppError> {
    answer(use_services()?.set_user_enabled(id, true).await)?;
    leptos_axum::redirect("/users?done=enabled");
    Ok(())
}

/// Gives a user a new password, and ends their login sessions.
#[server(endpoint = "set_user_password")]
pub async fn set_user_password(id: UserId, password: String) -> Result<(), AppError> {
    answer(use_services()?.set_user_password(id, password).await)?;
    leptos_axum::redirect("/users?done=password");
    Ok(())
}

#[cfg(feature = "ssr")]
fn is_admin(role: &str) -> Result<bool, AppError> {
    match role {
        "admin" => Ok(true),
        "member" => Ok(false),
        _ => Err(AppError::invalid("role", "Choose member or administrator.")),
    }
}
