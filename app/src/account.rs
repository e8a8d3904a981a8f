//! Accounts: the first one, signing in and out, one's own.

mod api;
pub mod model;
mod page;
mod set_up;
mod sign_in;

pub(crate) use api::{SignOut, session};
pub(crate) use page::AccountPage;
pub(crate) use set_up::SetUpPage;
pub(crate) use sign_in::{SignInPage, sign_in_link};
