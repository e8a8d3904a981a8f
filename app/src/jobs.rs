//! Work that runs on the server: imports, downloads, backtests.

mod api;
mod list;
mod live;
pub mod model;

pub(crate) use api::jobs;
pub(crate) use list::JobList;
pub(crate) use live::{keep_current, live_jobs};
