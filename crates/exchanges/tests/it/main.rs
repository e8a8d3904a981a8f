//! Adapters and the download against real sockets: our simulator with its faults, a scripted server for answers that no
//! simulator gives, and one contract for every adapter. No test waits: both sides read a clock that jumps instead.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the failure")]

mod contract;
mod counterparts;
mod harbour;
mod live;
mod okx;
mod scripted;
mod scripted_faults;
mod shared_budget;
mod simulated;
mod simulated_faults;
mod support;
mod yahoo;
