//! The memory of the house: candles on disk, read from files, with their provenance, their holes and their quality.
//!
//! Invariants: a stored candle has passed [`types::Candle::check`], is kept in exact decimals and says where it came from; open
//! times within a series are unique; every file is either the old one or the new one, whatever kills the process.
//! This crate deliberately talks to no exchange, simulates nothing and reads no clock: `now` is handed in.

mod columns;
mod error;
mod export;
mod fill;
mod gaps;
pub mod import;
mod lake;
mod ledger;
mod migrate;
mod postgres;
mod quality;
mod report;
mod resample;
mod store;

pub use columns::CandleColumns;
pub use error::{CandleRefusal, StoreError};
pub use export::{ExportError, ExportFormat, ExportProgress, ExportReport, ParseExportFormatError, export};
pub use fill::{FillReport, FillRules, LeftBecause, Unfilled, count_filled, fill};
pub use gaps::{Gap, find_gaps};
pub use lake::{JournalPolicy, Lake, LakeReport};
pub use ledger::{EmptyStretch, ExplainedGap, GapCause, Ledger, Note, RejectedRow, RevisedCandle, explain};
pub use migrate::{MigrateReport, migrate};
pub use postgres::{AboutDatabase, AboutTimescale, CandleInspection, PostgresCandles};
pub use quality::{FlatRun, Quality};
pub use report::{AppendReport, ProvenanceCounts, Revision};
pub use resample::{Holes, ResampleError, ResampleReport, resample};
pub use store::{CandleStore, LoadedBars, SeriesSummary, StoredCandle, Take};
