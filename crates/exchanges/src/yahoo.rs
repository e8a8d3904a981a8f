//! Yahoo Finance: daily and hourly candles where no exchange has them, from its chart service.
//!
//! A fallback, and it says so: prices are floats there, volumes are whole numbers of whatever currency Yahoo counts in, hours
//! reach back two years, nothing is live and there is no list of pairs. Everything that knows Yahoo lives here and nowhere else.

mod adapter;
mod chart;
mod errors;

pub use adapter::Yahoo;
