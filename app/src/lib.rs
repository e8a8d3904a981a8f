//! The Leptos UI: pages, components and thin server functions.
//!
//! Built twice, never both at once: with `ssr` into the server and with `hydrate` into the browser's bundle. It holds no business
//! rules and reaches everything through [`services::Services`], which the server implements.
#![recursion_limit = "256"]
#![deny(clippy::disallowed_methods)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a component owns its props: whoever uses it hands them over"
)]
#![expect(unreachable_pub, reason = "the macros for components and server functions write pub items")]

pub mod account;
mod answer;
mod app;
pub mod backtests;
mod browser;
pub mod dashboard;
pub mod data;
pub mod error;
pub mod events;
mod form;
mod frame;
pub mod jobs;
mod live;
pub mod markets;
mod news;
mod not_found;
#[cfg(feature = "ssr")]
mod respond;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
mod shell;
pub mod strategies;
mod theme;
mod typed;
mod ui;
pub mod users;

pub use app::App;
pub use error::{AppError, FieldError};
pub use form::{Faults, sentence};
#[cfg(feature = "ssr")]
pub use services::{Services, provide_services};
#[cfg(feature = "ssr")]
pub use shell::shell;
/// One way to write numbers, amounts and times for the whole house.
pub(crate) use types::format;
