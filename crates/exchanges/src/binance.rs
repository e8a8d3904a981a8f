//! Binance spot: market data over REST.
//!
//! Everything that knows Binance's hosts, paths, rows, headers and error codes lives here and nowhere else.
//! Signed requests and streams are not part of it yet.

mod adapter;
mod call;
mod errors;
mod http;
mod rest;
mod server_clock;
mod wire;

pub use adapter::Binance;
