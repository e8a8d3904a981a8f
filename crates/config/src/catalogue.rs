//! What there is to choose from: strategy types with their parameters, and exchange adapters.
//!
//! The same entries check YAML and web forms, draw the form, and make the schema and the reference page. The code that runs a
//! strategy lives elsewhere and refers to it by name; a test there asserts that both lists are equal.

mod adapters;
mod check;
mod kind;
mod params;
mod strategies;

pub use adapters::{AdapterKind, adapter, adapters};
pub(crate) use check::{Given, GivenValue, check_given};
pub use check::{ParamPlace, ParamProblem, check_params, check_texts};
pub use kind::{ParamDefault, ParamKind, ParamSpec, StrategyCategory, StrategyKind};
pub use params::{ParamValue, Params};
pub use strategies::{strategies, strategy};
