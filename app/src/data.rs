//! Data: what is stored, and how more gets in.

mod api;
mod demo;
mod download;
mod gaps;
mod import;
pub mod model;
mod page;
mod stored;

pub(crate) use demo::{DemoButton, demo_exchange};
pub(crate) use page::DataPage;
