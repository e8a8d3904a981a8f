//! Backtests: the form, the list of results and one result.

pub mod model;
