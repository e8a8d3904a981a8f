//! The contract of every storage trait, run against both databases; and what is particular to one of them.
#![expect(
    clippy::unwrap_used,
    reason = "a contract is a test, though the attribute stands on its two callers"
)]

mod concurrency;
mod crash;
mod following;
mod harness;
mod instruments;
mod isolation;
mod jobs;
mod login_throttle;
mod opening;
mod properties;
mod queue;
mod runs;
mod sessions;
mod users;
