//! The contract of every storage trait, run against both databases; and what is particular to one of them.
#![expect(
    clippy::unwrap_used,
    reason = "a contract is a test, though the attribute stands on its two callers"
)]
#![expect(clippy::doc_markdown, reason = "SQLite and PostgreSQL are names of products, not code")]

mod concurrency;
mod crash;
mod harness;
mod isolation;
mod jobs;
mod login_throttle;
mod opening;
mod properties;
mod queue;
mod runs;
mod sessions;
mod users;
