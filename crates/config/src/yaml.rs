//! From YAML text to a tree in which everything knows its place.
//!
//! Invariants: any text ends in a tree, diagnostics or both, in time linear in its length and without recursion deeper than
//! [`parse::MAX_DEPTH`]; nothing is expanded, so nothing can blow up. It deliberately knows no keys.

mod interpolate;
mod node;
mod parse;
mod scalar;

pub(crate) use interpolate::interpolate;
pub(crate) use node::{Content, Entry, Node, Scalar};
pub(crate) use parse::parse;
pub(crate) use scalar::{Resolved, resolve_plain};

/// Returns a text as a YAML double-quoted scalar that interpolation leaves alone.
pub(crate) fn quoted(text: &str) -> String {
    // JSON's strings are YAML's, escapes included.
    serde_json::Value::from(text.replace("${", "$${")).to_string()
}
