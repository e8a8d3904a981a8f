//! From a run's specification to its result: data, engine and simulated venue put together.
//!
//! Invariants: [`run`] is a pure function of specification and bars, so a result repeats byte for byte; a result always says which
//! order rules it obeyed and how they are known, and which
//! candles it touched that no exchange published. This crate deliberately serves no HTTP and keeps no queue.

mod load;
mod result;
mod rules;
mod run;
mod spec;

pub use load::{LoadError, load};
pub use result::{Account, DataNote, EquityCurve, OpenPosition, RunResult, TradeRow};
pub use rules::RulesBasis;
pub use run::{Flow, Progress, RunError, run, simulate};
pub use spec::RunSpec;
