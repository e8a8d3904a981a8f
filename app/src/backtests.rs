//! Backtests: the form, the list of results and one result.

mod api;
mod choice;
mod heat_map;
mod metrics;
pub mod model;
mod new;
mod new_form;
mod page;
mod result;
mod result_parts;
mod table;
mod trades;

pub(crate) use new::NewBacktestPage;
pub(crate) use page::BacktestsPage;
pub(crate) use result::ResultPage;
pub(crate) use table::{RunTable, Sparkline};
