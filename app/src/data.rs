//! Data: what is stored, what is kept current, how more gets in, and what is being done about it; a page for each.

mod activity;
mod api;
mod coverage;
mod demo;
mod download;
mod fill;
mod folded;
mod get;
mod head;
mod import;
mod meter;
pub mod model;
mod page;
mod series;
mod series_fields;
mod series_parts;
mod stored;
mod subscriptions;

pub(crate) use activity::ActivityPage;
pub(crate) use api::{StartIngest, exchanges};
pub(crate) use demo::{DemoButton, demo_exchange};
pub(crate) use get::GetDataPage;
pub(crate) use page::DataPage;
pub(crate) use series::SeriesPage;
pub(crate) use subscriptions::SubscriptionsPage;
