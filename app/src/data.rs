//! Data: what is stored, and how more gets in.

pub mod model;
