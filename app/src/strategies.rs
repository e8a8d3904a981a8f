//! Strategies: the shared library, explained.

pub mod model;
