//! Data: what is stored, and how more gets in.

mod api;
mod coverage;
mod demo;
mod download;
mod fill;
mod folded;
mod following;
mod import;
mod meter;
pub mod model;
mod page;
mod quality;
mod stored;

pub(crate) use api::{StartIngest, exchanges};
pub(crate) use demo::{DemoButton, demo_exchange};
pub(crate) use page::DataPage;
