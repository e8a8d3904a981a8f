//! The Leptos UI: pages, components and thin server functions.
//!
//! Built twice, never both at once: with `ssr` into the server and with `hydrate` into the browser's bundle. It holds no business
//! rules and reaches everything through [`services::Services`], which the server implements.
#![recursion_limit = "256"]

pub mod account;
pub mod backtests;
pub mod dashboard;
pub mod data;
pub mod error;
mod form;
pub mod jobs;
pub mod markets;
#[cfg(feature = "ssr")]
pub mod services;
pub mod strategies;

pub use error::{AppError, FieldError};
