//! Tests of the `crypto` binary from outside: what a person at a terminal, or a script, sees.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the failure")]

mod cli;
mod crash;
mod sharing;
mod web;
