//! Builders and generated markets for tests: the same seed gives the same bars, candles and bytes on every machine.
//!
//! Invariants: every candle it makes passes [`types::Candle::check`]; nothing reads a clock or an ambient random source.
//! The features `postgres` and `redis` add empty databases and servers, the one thing here that talks to the world.
//! A dev-dependency only: it never ships, and generated prices are no evidence of anything but arithmetic.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod candle_builder;
#[cfg(feature = "postgres")]
mod postgres;
mod random_walk;
#[cfg(feature = "redis")]
mod redis;
mod split_mix;
#[cfg(feature = "postgres")]
mod timescale;

pub use candle_builder::{CandleBuilder, at, bars_from_closes};
#[cfg(feature = "postgres")]
pub use postgres::postgres_url;
pub use random_walk::RandomWalk;
#[cfg(feature = "redis")]
pub use redis::{RedisServer, redis_url};
pub use split_mix::SplitMix64;
#[cfg(feature = "postgres")]
pub use timescale::timescale_url;
