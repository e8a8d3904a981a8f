//! Back-fill, repair, audit and following against the simulator through the real adapter, on real stores.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the failure")]

mod day;
mod fill;
mod follow;
mod snapshot_due;
mod support;
