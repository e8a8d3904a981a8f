//! What the platform does in the background, for the queue and for the command line alike: import, ingest, repair, backtest.
//!
//! Each kind of work is one function over a [`Watch`]; the queue's worker and the command line differ only in who watches.

mod backtest;
mod import;
mod ingest;
mod news;
mod observing;
mod repair;
mod reporter;
mod uploads;
mod watch;
mod worker;
mod worker_name;
mod writers;

pub(crate) use backtest::{BacktestJob, Headline, load_bars, run_over, with_rules};
pub(crate) use import::{
    AskedIn, ImportJob, ImportOrder, perform as perform_import, summary as import_summary,
};
pub(crate) use ingest::{IngestJob, perform as perform_ingest, summary as ingest_summary};
pub(crate) use news::{JobNews, News, What};
pub(crate) use repair::{RepairJob, perform as perform_repair, summary as repair_summary};
pub(crate) use uploads::{Upload, delete_uploads, sweep_uploads};
pub(crate) use watch::{Stopped, Watch};
pub(crate) use worker::Worker;
pub(crate) use worker_name::WorkerName;
pub(crate) use writers::is_written;
