//! The simulator over a real socket: what a Binance client sees.

mod chaos;
mod connection_limits;
mod faults;
mod frame_faults;
mod harness;
mod limits;
mod outages;
mod pages;
mod replay;
mod revisions;
mod socket;
mod streams;
