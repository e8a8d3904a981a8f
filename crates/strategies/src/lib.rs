//! Built-in strategies, a module each, and the explicit registry that builds them from checked parameters.
//!
//! Invariants: a strategy sees closed bars only, draws no random number and reads no clock; the registry holds exactly the kinds
//! of the configuration's catalogue. This crate deliberately talks to no exchange and no store.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod buy_and_hold;
mod registry;
mod rsi_mean_reversion;
mod sma_crossover;
#[cfg(test)]
mod tests;

pub use buy_and_hold::BuyAndHold;
pub use registry::{BuildError, build, kinds};
pub use rsi_mean_reversion::RsiMeanReversion;
pub use sma_crossover::SmaCrossover;
