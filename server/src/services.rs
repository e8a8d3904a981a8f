//! The web interface's services: what pages ask for, answered from the house for the signed-in user only.
//!
//! Invariant: every method that touches what belongs to somebody asks [`RequestServices::user`] first, and passes that user on.

mod account_view;
mod accounts;
mod answer;
mod backtest_form;
mod candles;
mod charts;
mod derive;
mod errors;
mod exchanges_view;
mod following_view;
mod heavy;
mod jobs_view;
mod months;
mod per_user;
mod places;
mod quality_view;
mod ranking;
mod request;
mod run_view;
mod runs_view;
mod series_cache;
mod series_view;
mod strategies_view;
mod users_view;
mod windows;

pub(crate) use charts::equity_chart;
pub(crate) use errors::internal;
pub(crate) use heavy::Turns;
pub(crate) use jobs_view::event;
pub(crate) use per_user::{PerUser, Place};
pub(crate) use places::Places;
pub(crate) use request::{RequestServices, Shared};
pub(crate) use series_cache::SeriesCache;
pub(crate) use strategies_view::described;
pub(crate) use windows::HotWindows;
