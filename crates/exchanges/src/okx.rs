//! OKX spot: market data over REST and its candle channels.
//!
//! Everything that knows OKX's hosts, paths, rows and error codes lives here and nowhere else. Pairs are named as OKX names them
//! (`BTC-USDT`), and of its two grids the UTC one is used. Derivatives and signed requests are not part of it.

mod adapter;
mod bars;
mod errors;
mod feed;
mod wire;

pub use adapter::Okx;
