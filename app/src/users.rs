//! Administration of users.

mod add;
mod api;
pub mod model;
mod page;
mod table;

pub(crate) use page::UsersPage;
