//! Strategies: the shared library, explained.

mod api;
mod detail;
pub mod model;
mod page;

pub(crate) use detail::StrategyPage;
pub(crate) use page::StrategiesPage;
