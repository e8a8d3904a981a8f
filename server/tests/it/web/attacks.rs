//! Attempts to stop the server for everybody, each bounded; what is measured is how another user fares meanwhile.
#![expect(clippy::print_stderr, reason = "the figures are what is asked for")]

mod bystander;
mod guesses;
mod half_sent;
mod heavy_reads;
