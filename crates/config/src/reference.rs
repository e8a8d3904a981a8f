//! The reference of the four files as Markdown tables, made from the tables that check them.

use std::fmt::Write as _;

use crate::catalogue;
use crate::shape::{self, Field, Presence, Shape};
use crate::source::ConfigFile;

/// Returns the keys of a file as Markdown: a table per level, and for strategies the parameters of each type.
pub fn reference(file: ConfigFile) -> String {
    let mut out = String::new();
    section(&mut out, "", shape::fields(file));
    if file == ConfigFile::Strategies {
        for kind in catalogue::strategies() {
            // Writing to a String cannot fail, here and below.
            let _ = write!(out, "Parameters of `type: {}`. {}\n\n", kind.name, kind.summary);
            if kind.params.is_empty() {
                out.push_str("None.\n\n");
                continue;
            }
            out.push_str("| parameter | value | default | meaning |\n|---|---|---|---|\n");
            for param in kind.params {
                let default = catalogue::ParamValue::from(param.default);
                let _ = writeln!(
                    out,
                    "| `{}` | {} | `{default}` | {} |",
                    param.name,
                    param.kind.describe(),
                    param.doc
                );
            }
            for (lesser, greater) in kind.orderings {
                let _ = write!(out, "\n`{lesser}` must be less than `{greater}`.\n");
            }
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

fn section(out: &mut String, path: &str, fields: &[Field]) {
    if !path.is_empty() {
        let _ = write!(out, "Under `{path}`:\n\n");
    }
    out.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
    for field in fields {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            field.key,
            expected(field.shape),
            default(field),
            field.doc
        );
    }
    out.push('\n');
    for field in fields {
        match field.shape {
            Shape::Table(inner) => section(out, &join(path, field.key), inner),
            Shape::Named { of, .. } => section(out, &join(path, &format!("{}.NAME", field.key)), of),
            _ => {}
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn expected(shape: Shape) -> String {
    match shape {
        Shape::Table(_) => "keys".to_owned(),
        Shape::Named { what, names, .. } => format!("one {what} per name; names are {}", names.rule()),
        shape => shape.expected(),
    }
}

fn default(field: &Field) -> String {
    match field.presence {
        Presence::Required => "**required**".to_owned(),
        Presence::Optional => String::new(),
        Presence::Default("") => "none".to_owned(),
        Presence::Default(text) => format!("`{text}`"),
        Presence::Inherited(from) => format!("`{from}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/concepts/configuration.md");

    #[test]
    fn the_page_holds_the_reference_as_it_is() {
        for file in ConfigFile::ALL {
            let (begin, end) = (format!("<!-- reference: {file} -->\n"), format!("\n<!-- end: {file} -->"));
            let (_, rest) = PAGE.split_once(&begin).expect("the page marks the beginning");
            let (written, _) = rest.split_once(&end).expect("the page marks the end");
            assert_eq!(
                written,
                reference(file),
                "docs/concepts/configuration.md is stale: put the text on the right between the marks of {file}"
            );
        }
    }
}
