//! Work that runs on the server: imports, downloads, backtests.

pub mod model;
