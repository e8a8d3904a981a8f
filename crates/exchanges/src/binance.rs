//! Binance spot: market data over REST and streams.
//!
//! Everything that knows Binance's hosts, paths, rows, headers and error codes lives here and nowhere else.
//! Signed requests are not part of it yet.

mod adapter;
mod errors;
mod feed;
mod wire;

pub use adapter::Binance;
