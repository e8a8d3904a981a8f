//! The command line: one module per verb, every verb with `--json`, progress on standard error, documented exit codes.

mod backtest;
mod config;
mod data;
mod doctor;
mod exchange_sim;
mod import;
mod indicators;
mod ingest;
mod serve;
mod strategies;
mod subscription;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::output::{Failure, Kind, Output};
use crate::wiring::Folders;

/// Self-hosted crypto trading platform: market data, strategies, backtests.
#[derive(Debug, Parser)]
#[command(name = "crypto", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 failed, 2 usage, 3 invalid configuration, 4 not found (data, name), \
                          5 exchange or network, 6 refused (risk, permission)";

/// Options of every verb.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// Folder of settings.yaml, exchanges.yaml, strategies.yaml and backtests.yaml
    #[arg(long, global = true, default_value = "config", env = "CRYPTO_CONFIG_DIR")]
    config_dir: PathBuf,
    /// Folder of the database and the candle lake, where the settings do not say otherwise
    #[arg(long, global = true, default_value = "data", env = "CRYPTO_DATA_DIR")]
    data_dir: PathBuf,
    /// Write the result as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve the web interface and run its jobs
    Serve(serve::ServeArguments),
    /// Run jobs and keep subscriptions current, without the web interface
    Daemon(serve::DaemonArguments),
    /// Import candle files as Binance publishes them (.csv, .gz, .zip)
    Import(import::ImportArguments),
    /// Download candles from an exchange
    Ingest(ingest::IngestArguments),
    /// Look at stored candles, complete them, write them to files
    #[command(subcommand)]
    Data(data::DataVerb),
    /// Keep series current while `serve` or `daemon` runs
    #[command(subcommand)]
    Subscription(subscription::SubscriptionVerb),
    /// List indicators or compute them on stored candles
    #[command(subcommand)]
    Indicators(indicators::IndicatorsVerb),
    /// List the kinds of strategies and their parameters
    #[command(subcommand)]
    Strategies(strategies::StrategiesVerb),
    /// Check the configuration or print its JSON Schema
    #[command(subcommand)]
    Config(config::ConfigVerb),
    /// Run backtests of the configuration
    #[command(subcommand)]
    Backtest(backtest::BacktestVerb),
    /// Serve a simulated exchange with synthetic market data on this machine
    ExchangeSim(exchange_sim::ExchangeSimArguments),
    /// Look at the installation: what works, what does not, and what to do about it
    Doctor(doctor::DoctorArguments),
    /// Manage accounts of the web interface
    #[command(subcommand)]
    User(user::UserVerb),
}

/// Prints what clap says: help on standard output with code 0, a wrong command line with code 2.
pub(crate) fn report_usage(error: &clap::Error) -> ExitCode {
    // What could not be parsed is looked through for the one word that matters here.
    let is_json = std::env::args_os().any(|argument| argument == "--json");
    if is_json && error.exit_code() == Kind::Usage as i32 {
        let text = error.render().to_string();
        let text = text.trim().trim_start_matches("error: ");
        return crate::output::report(&Failure::usage(text), true);
    }
    // Printing to a closed pipe is the reader's choice.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Runs the verb.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { global, verb } = arguments;
    let output = Output::new(global.json);
    // Queued work remembers where its files lie, and the next process may be started somewhere else.
    let data = std::path::absolute(&global.data_dir).unwrap_or(global.data_dir);
    let folders = Folders { config: global.config_dir, data };
    match verb {
        Verb::Serve(arguments) => serve::run(arguments, &folders, output).await,
        Verb::Daemon(arguments) => serve::run(arguments.into(), &folders, output).await,
        Verb::Subscription(verb) => subscription::run(verb, &folders, output).await,
        Verb::Import(arguments) => import::run(arguments, &folders, output).await,
        Verb::Ingest(arguments) => ingest::run(arguments, &folders, output).await,
        Verb::Data(verb) => data::run(verb, &folders, output).await,
        Verb::Indicators(verb) => indicators::run(verb, &folders, output).await,
        Verb::Strategies(verb) => strategies::run(&verb, &folders, output),
        Verb::Config(verb) => config::run(verb, &folders, output),
        Verb::Backtest(verb) => backtest::run(verb, &folders, output).await,
        Verb::ExchangeSim(arguments) => exchange_sim::run(arguments, &folders, output).await,
        Verb::Doctor(arguments) => doctor::run(arguments, &folders, output).await,
        Verb::User(verb) => user::run(verb, &folders, output).await,
    }
}

/// Cancels on Ctrl+C, so that what has been done is kept and the verb ends in order.
fn cancel_on_interrupt(cancel: &tokio_util::sync::CancellationToken) {
    let cancel = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
    });
}
