//! From a run's specification to its result: data, engine and simulated venue put together.
//!
//! Invariants: [`run`] is a pure function of specification and bars, so a result repeats byte for byte; a result always says which
//! order rules it obeyed and how they are known, how much of the range that was asked for its candles cover, and which of them no
//! exchange published. This crate deliberately serves no HTTP and keeps no queue.

mod coverage;
mod digits;
mod load;
mod result;
mod rules;
mod run;
mod source;
mod spec;

pub use coverage::Coverage;
pub use load::{LoadError, load};
pub use result::{Account, DataNote, EquityCurve, OpenPosition, RunResult, TradeRow};
pub use rules::{RulesBasis, RulesKind};
pub use run::{Flow, Progress, RunError, run, simulate};
pub use source::{Source, source};
pub use spec::RunSpec;
