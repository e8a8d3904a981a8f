//! `${NAME}` and `${NAME:default}` in the values of a tree, `$${` for a literal `${`.
//!
//! A default ends at the closing brace that has no opening one in it. A variable that is set to nothing counts as not set: that is how compose files hand on what nobody gave. What a variable
//! holds is never interpolated again, and keys are left alone.

use crate::codes;
use crate::diagnostic::{Sink, Span};
use crate::render::shown;
use crate::yaml::mask::body_length;
use crate::yaml::node::{Content, Node, Scalar};

/// How the checker asks for the environment.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The most text that all values of a file may grow to: a long variable named often is a bomb too.
const MAX_EXPANDED_BYTES: usize = 1024 * 1024;

/// Replaces the placeholders in every value of the tree.
pub(crate) fn interpolate(root: &mut Node, environment: Environment<'_>, sink: &mut Sink<'_>) {
    let mut budget = MAX_EXPANDED_BYTES;
    visit(root, environment, &mut budget, sink);
}

fn visit(node: &mut Node, environment: Environment<'_>, budget: &mut usize, sink: &mut Sink<'_>) {
    let span = node.span;
    match &mut node.content {
        Content::Scalar(scalar) if scalar.text.contains("${") => {
            if !expand(scalar, span, environment, budget, sink) {
                node.content = Content::Broken;
            }
        }
        Content::Scalar(_) | Content::Broken => {}
        Content::List(items) => {
            for item in items {
                visit(item, environment, budget, sink);
            }
        }
        Content::Map(entries) => {
            for entry in entries {
                visit(&mut entry.value, environment, budget, sink);
            }
        }
    }
}

/// Expands one scalar; returns whether it has a value now.
fn expand(
    scalar: &mut Scalar,
    span: Span,
    environment: Environment<'_>,
    budget: &mut usize,
    sink: &mut Sink<'_>,
) -> bool {
    let mut out = String::new();
    let mut has_placeholder = false;
    let mut is_whole = true;
    let mut rest = scalar.text.as_str();
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at - 1]);
            out.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        has_placeholder = true;
        let body = &rest[at + 2..];
        let Some(end) = body_length(body) else {
            let message = format!("'{}' has no closing '}}'", shown(&rest[at..]));
            let help = "write ${NAME} or ${NAME:default}, or $${ for a literal ${".to_owned();
            sink.error(codes::BAD_PLACEHOLDER, span, message, help);
            return false;
        };
        match look_up(&body[..end], environment) {
            Ok(value) => out.push_str(&value),
            Err(problem) => {
                problem.report(span, sink);
                is_whole = false;
            }
        }
        if out.len() > *budget {
            let message = format!("the values of this file grow beyond {MAX_EXPANDED_BYTES} bytes");
            sink.error(codes::TOO_LONG, span, message, "use shorter environment variables".to_owned());
            *budget = 0;
            return false;
        }
        rest = &body[end + 1..];
    }
    out.push_str(rest);
    *budget = budget.saturating_sub(out.len());
    let written = std::mem::replace(&mut scalar.text, out);
    if has_placeholder {
        scalar.template = Some(written);
    }
    is_whole
}

/// Why a placeholder has no value.
enum Problem {
    NotSet { name: String },
    BadName { body: String },
    Nested { body: String },
}

impl Problem {
    fn report(self, span: Span, sink: &mut Sink<'_>) {
        let (code, message, help) = match self {
            Self::NotSet { name } => (
                codes::VARIABLE_MISSING,
                format!("environment variable {name} is not set and has no default"),
                format!("set {name}, or give a default: ${{{name}:default}}"),
            ),
            Self::BadName { body } => (
                codes::BAD_PLACEHOLDER,
                format!("'${{{}}}' names no environment variable", shown(&body)),
                "names are letters, digits and '_', not starting with a digit: ${NAME} or ${NAME:default}"
                    .into(),
            ),
            Self::Nested { body } => (
                codes::BAD_PLACEHOLDER,
                format!("'${{{}}}' holds a placeholder in its default", shown(&body)),
                "a default is a plain text; placeholders do not nest".into(),
            ),
        };
        sink.error(code, span, message, help);
    }
}

fn look_up(body: &str, environment: Environment<'_>) -> Result<String, Problem> {
    let (name, default) = match body.split_once(':') {
        Some((name, default)) => (name, Some(default)),
        None => (body, None),
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err(Problem::BadName { body: body.to_owned() });
    }
    if body.contains("${") {
        return Err(Problem::Nested { body: body.to_owned() });
    }
    match (environment(name).filter(|value| !value.is_empty()), default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(Problem::NotSet { name: name.to_owned() }),
    }
}
