//! The simulator over a real socket: what a Binance client sees.

mod faults;
mod harness;
mod limits;
mod pages;
mod replay;
mod streams;
