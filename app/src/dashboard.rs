//! Dashboard: what is there, what is going on, what came out.

mod api;
pub mod model;
mod page;
mod welcome;

pub(crate) use page::DashboardPage;
