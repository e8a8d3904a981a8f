//! Results of backtests outside the run: in the parts that are stored, and as documents in files.
//!
//! Invariant: whatever is stored reads back, also what an older version stored; a page reads only the parts that it shows. This module
//! asks nobody who is reading: its callers pass the user on.

mod columns;
mod document;
mod lean_json;
mod overview;
mod stored;
mod trade_blocks;

pub(crate) use document::{MarketText, write_result};
pub(crate) use overview::Overview;
pub(crate) use stored::{ReadError, overview_of, parts, trades_of};
