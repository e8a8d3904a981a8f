//! Work that runs on the server: imports, downloads, backtests.

mod api;
mod list;
pub mod model;

pub(crate) use api::{jobs, wait_for_jobs};
pub(crate) use list::JobList;
