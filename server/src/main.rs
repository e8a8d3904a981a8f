//! The `crypto` binary: reads the command line, runs one verb, turns its outcome into an exit code.
#![recursion_limit = "256"]

mod accounts;
mod auth;
mod cli;
mod fan_out;
mod following;
mod jobs;
mod output;
mod results;
mod services;
mod web;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    // One TLS provider for the whole process, before anything opens a connection.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return cli::report_usage(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return output::report(&output::Failure::failed(format!("cannot start: {error}")), false);
        }
    };
    let is_json = arguments.global.json;
    let outcome = runtime.block_on(cli::run(arguments));
    // Blocking work that was cancelled may still hold a thread; the process must not wait for it.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output::report(&failure, is_json),
    }
}
