//! The `crypto` binary.
fn main() {}
