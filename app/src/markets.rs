//! Markets: every stored series and its interactive chart.

pub mod model;
