//! Dashboard: what is there, what is going on, what came out.

pub mod model;
