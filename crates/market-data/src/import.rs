//! Reading candles from files as Binance publishes them: CSV, plain, gzipped or zipped; with or without a header; milliseconds or
//! microseconds; 6, 11 or 12 columns. `docs/concepts/import.md` lists what is read and what is refused.
//!
//! Invariants: a row is stored as it stands or refused with its reason, never shifted, rounded or repaired; every row that was
//! read is counted exactly once; an archive that is damaged anywhere imports nothing, nor does a file that is not what it is said
//! to be; a file of any size needs little memory.
//! It does not fetch anything and reads no clock: the caller says what time it is.

mod agreement;
mod collect;
mod container;
mod error;
mod file;
mod first_rows;
mod layout;
mod length;
mod lines;
mod named;
mod number;
mod quote;
mod refusal;
mod report;
mod row;
mod run;
mod source;
mod spacing;

pub use error::ImportError;
pub use file::FileReport;
pub use length::CandleLength;
pub use refusal::{RefusalReason, Refusals, RefusedRow};
pub use report::{ImportPhase, ImportProgress, ImportReport, KeptBecause, RowPlace, Superseded};
pub use run::{ImportOptions, run};
pub use source::ImportSource;
