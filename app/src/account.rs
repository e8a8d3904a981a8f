//! Accounts: the first one, signing in and out.

mod api;
pub mod model;
mod set_up;
mod sign_in;

pub(crate) use api::{SignOut, session};
pub(crate) use set_up::SetUpPage;
pub(crate) use sign_in::{SignInPage, sign_in_link};
