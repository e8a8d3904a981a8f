//! Binance spot: market data over REST and streams.
//!
//! Everything that knows Binance's hosts, paths, rows, headers and error codes lives here and nowhere else.
//! Signed requests are not part of it yet.

mod adapter;
mod call;
mod errors;
mod feed;
mod http;
mod rest;
mod server_clock;
mod wire;

pub use adapter::Binance;
