//! The tree's own rules, checked on every test run; each failure says what to do about it.

mod directions;
mod layout;
mod licences;
mod sizes;
mod text;
#[expect(clippy::unwrap_used, reason = "helpers of tests, called by nothing else")]
mod tree;
