//! Integration tests of the candle stores and the importer.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the failure")]

mod contract;
mod crash;
mod database_failures;
mod examine;
mod export;
mod fill;
mod import_bad;
mod import_files;
mod import_hostile;
mod journal;
mod journal_crash;
mod journal_properties;
mod journal_readers;
mod lake;
mod migrate;
mod properties;
mod real_data;
mod resample;
mod support;
mod timescale;
mod timescale_aggregates;
