//! Accounts: the first one, signing in and out.

pub mod model;
