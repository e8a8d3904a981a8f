//! The command line as a black box: one module per verb; exit codes, both output streams and `--json` documents.

mod backtest;
mod bad_configuration;
mod bad_data;
mod config;
mod data;
mod disk;
mod doctor;
mod exchange_sim;
mod export;
mod house;
mod import;
mod indicators;
mod ingest;
mod ingest_faults;
mod market;
mod outcome;
mod postgres;
mod running;
mod serve;
mod sim;
mod strategies;
mod usage;
mod user;
