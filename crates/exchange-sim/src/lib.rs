//! A Binance-compatible exchange on localhost, for tests, demos and machines without internet.
//!
//! It serves REST market data and kline streams for a generated or a recorded market, keeps Binance's limits, and misbehaves on
//! request. Invariants: the market is a pure function of seed, symbol, time and the list of revisions; nothing later than the simulator's clock ever
//! shows; every candle is synthetic or recorded, and says so at `/`. It deliberately knows no accounts or orders yet, signs nothing
//! and must never be reachable from another machine.

mod bar;
mod chaos;
mod clock;
mod config;
mod connection_limit;
mod faults;
mod generator;
mod http;
mod market;
mod rate_limit;
mod replay;
mod serve;
mod signals;
mod simulator;
mod stats;
mod streams;

pub use bar::BarError;
pub use chaos::{ChaosPlan, Planned};
pub use clock::Clock;
pub use config::{Limits, MarketSource, SimConfig, StreamLimits, StreamTimings};
pub use faults::Fault;
pub use generator::{Listing, default_listings};
pub use http::router;
pub use replay::{ReplayError, ReplaySeries};
pub use serve::serve;
pub use simulator::{SimError, Simulator};
pub use stats::{ChaosProgress, Stats};
