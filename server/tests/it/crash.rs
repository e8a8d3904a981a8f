//! `kill -9` at random moments of an import, an ingest, backtests, and of an installation that downloads and follows as two processes.
//!
//! After each kill the database is sound and every Parquet file readable, with nothing in it that was not sent; after the restart
//! the work is taken up again by itself, and in the end everything is there exactly once. How long an operation takes is measured
//! before the first kill, so that the moments lie all over it. The wait before a kill is the experiment itself and the only one;
//! everything else asks the server until a deadline.
//!
//! `CRYPTO_CRASH_ROUNDS` says how many moments are tried per operation (3 unless set), `CRYPTO_CRASH_SEED` repeats a run.

mod aftermath;
mod backtest;
mod dice;
mod fast_exchange;
mod following;
mod import;
mod ingest;
mod market;
mod reader;
mod restarts;
mod two_processes;
