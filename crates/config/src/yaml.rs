//! From YAML text to a tree in which everything knows its place.
//!
//! Invariants: any text ends in a tree, diagnostics or both, in time linear in its length and without recursion deeper than
//! [`parse::MAX_DEPTH`]; nothing is expanded, so nothing can blow up. It deliberately knows no keys.

mod interpolate;
mod mask;
mod node;
mod parse;
mod scalar;

use crate::diagnostic::{Sink, Span};

pub(crate) use interpolate::interpolate;
pub(crate) use node::{Content, Entry, Node, Scalar};
pub(crate) use parse::parse;
pub(crate) use scalar::{Resolved, resolve_plain};

/// Returns the list that a placeholder stands for: `${SYMBOLS:[BTCUSDT, ETHUSDT]}`. Its entries stand where the placeholder stands, and
/// messages print the placeholder in place of them.
pub(crate) fn list_of(scalar: &Scalar, span: Span) -> Option<Node> {
    let template = scalar.template.as_ref()?;
    let text = scalar.text.trim();
    if !(text.starts_with('[') && text.ends_with(']')) {
        return None;
    }
    let mut sink = Sink::new("");
    let Node { content: Content::List(items), .. } = parse(text, &mut sink)? else { return None };
    let entry = |item: Node| match item.content {
        Content::Scalar(entry) => {
            let entry = Scalar { template: Some(template.clone()), ..entry };
            Some(Node { span, content: Content::Scalar(entry) })
        }
        _ => None,
    };
    let items: Vec<Node> = items.into_iter().map(entry).collect::<Option<_>>()?;
    (!sink.has_errors()).then_some(Node { span, content: Content::List(items) })
}

/// Returns a text as a YAML double-quoted scalar that interpolation leaves alone.
pub(crate) fn quoted(text: &str) -> String {
    // JSON's strings are YAML's, escapes included.
    serde_json::Value::from(text.replace("${", "$${")).to_string()
}
