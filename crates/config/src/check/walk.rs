//! A tree against its tables: unknown, missing and repeated things, and every value read into its type.
//!
//! A faulty value is reported and left out; everything beside it is still checked.

mod decimal;
mod scalar;

use indexmap::IndexMap;

use crate::check::value::{Item, NamedTable, Table, Value};
use crate::codes;
use crate::diagnostic::{Sink, Span};
use crate::render::shown;
use crate::shape::{Field, Names, Presence, Shape, VERSION};
use crate::suggest::nearest;
use crate::yaml::{self, Content, Entry, Node, Scalar};

/// The key that a value belongs to.
#[derive(Debug, Clone, Copy)]
struct Slot {
    key: &'static str,
    presence: Presence,
}

impl Slot {
    const fn of(field: &Field) -> Self {
        Self { key: field.key, presence: field.presence }
    }

    /// Returns help for a value about which nothing better can be said.
    fn help(self, shape: Shape) -> String {
        match self.presence {
            Presence::Default(text) if !text.is_empty() => format!("leave it out for the default {text}"),
            Presence::Inherited(from) => format!("leave it out to use {from} of settings.yaml"),
            _ => shape.example(self.key),
        }
    }
}

/// Returns the values of a file. `root` is `None` when the text is empty or could not be read at all.
pub(super) fn file(root: Option<&Node>, fields: &'static [Field], sink: &mut Sink<'_>) -> Table {
    table(root, fields, "the file", Span::START, sink)
}

/// Returns the values of a map; `owner` names it in messages and `span` is where it is shown as a whole.
fn table(
    node: Option<&Node>,
    fields: &'static [Field],
    owner: &str,
    span: Span,
    sink: &mut Sink<'_>,
) -> Table {
    let mut table = Table { span, items: Vec::new(), given: Vec::new() };
    let entries: &[Entry] = match node {
        None => &[],
        Some(node) if node.is_null() => &[],
        Some(Node { content: Content::Map(entries), .. }) => entries,
        Some(Node { content: Content::Broken, .. }) => return table,
        Some(node) => {
            let message = format!("{owner}: found {}, expected keys with values", node.described());
            let help =
                format!("its keys are {}; write each on a line of its own with its value", listed(fields));
            sink.error(codes::WRONG_TYPE, node.span, message, help);
            return table;
        }
    };
    for entry in entries.iter().filter(|entry| !fields.iter().any(|field| field.key == entry.key)) {
        unknown_key(entry, fields, owner, sink);
    }
    for field in fields {
        let entry = entries.iter().find(|entry| entry.key == field.key);
        let item = match entry {
            Some(entry) if !entry.value.is_null() => {
                table.given.push(field.key);
                given(entry, field, sink)
            }
            _ => absent(field, owner, entry.map_or(span, |entry| entry.key_span), entry.is_some(), sink),
        };
        table.items.extend(item.map(|item| (field.key, item)));
    }
    table
}

fn given(entry: &Entry, field: &Field, sink: &mut Sink<'_>) -> Option<Item> {
    let value = match field.shape {
        Shape::Table(fields) => {
            Some(Value::Table(table(Some(&entry.value), fields, field.key, entry.key_span, sink)))
        }
        shape => value(&entry.value, shape, Slot::of(field), sink),
    };
    Some(Item { value: value?, span: entry.value.span, written: written(&entry.value) })
}

/// Returns what stands for a key that is not there, or reports that it must be.
fn absent(field: &Field, owner: &str, span: Span, is_empty: bool, sink: &mut Sink<'_>) -> Option<Item> {
    let key = field.key;
    let value = match (field.shape, field.presence) {
        (Shape::Table(fields), _) => Some(Value::Table(table(None, fields, key, span, sink))),
        (shape, Presence::Default(text)) => {
            let scalar = Scalar { text: text.to_owned(), is_plain: true, template: None };
            value(&Node { span, content: Content::Scalar(scalar) }, shape, Slot::of(field), sink)
        }
        (_, Presence::Optional | Presence::Inherited(_)) => None,
        // What is missing may stand beyond the place where reading ended.
        (_, Presence::Required) if sink.is_cut_short() => None,
        (Shape::Version, Presence::Required) => {
            let message = format!("{owner} names no version, expected 'version: {VERSION}'");
            let help = format!("write `version: {VERSION}` as the first line");
            sink.error(codes::VERSION_MISSING, span, message, help);
            None
        }
        (shape, Presence::Required) => {
            let message = if is_empty {
                format!("'{key}' of {owner} has no value")
            } else {
                format!("{owner} has no '{key}'")
            };
            let help = format!("add `{key}: …`: {}", shape.expected());
            sink.error(codes::MISSING_KEY, span, message, help);
            None
        }
    };
    value.map(|value| Item { value, span, written: String::new() })
}

/// Returns a value read into its type, or reports what is wrong with it.
fn value(node: &Node, shape: Shape, slot: Slot, sink: &mut Sink<'_>) -> Option<Value> {
    let key = slot.key;
    let from_placeholder = match (&node.content, shape) {
        (Content::Scalar(scalar), Shape::List(_)) => yaml::list_of(scalar, node.span),
        _ => None,
    };
    let node = from_placeholder.as_ref().unwrap_or(node);
    match (&node.content, shape) {
        (Content::Broken, _) => None,
        (_, Shape::Table(fields)) => Some(Value::Table(table(Some(node), fields, key, node.span, sink))),
        (_, Shape::Named { what, names, of }) => named(node, key, what, names, of, sink),
        (Content::Map(_), Shape::Params) => Some(Value::Raw(node.clone())),
        (Content::List(items), Shape::List(shape)) => list(node, items, *shape, slot, sink),
        (Content::Scalar(scalar), shape) if shape.is_scalar() => {
            scalar::read(scalar, node.span, shape, slot, sink)
        }
        _ => {
            let message = format!("{key}: found {}, expected {}", node.described(), shape.expected());
            let help = match (&node.content, shape) {
                (Content::Scalar(scalar), Shape::List(_)) => Some(format!("write [{}]", scalar.shown())),
                (Content::List(items), shape) if items.len() == 1 && shape.is_scalar() => {
                    items.first().map(|item| format!("write {key}: {} without brackets", written(item)))
                }
                _ => None,
            };
            let help = help.unwrap_or_else(|| slot.help(shape));
            sink.error(codes::WRONG_TYPE, node.span, message, help);
            None
        }
    }
}

fn list(node: &Node, items: &[Node], shape: Shape, slot: Slot, sink: &mut Sink<'_>) -> Option<Value> {
    let key = slot.key;
    if items.is_empty() {
        let message = format!("{key}: found an empty list, expected at least one entry");
        sink.error(codes::EMPTY, node.span, message, "add one".to_owned());
        return None;
    }
    let mut read: IndexMap<String, Item> = IndexMap::with_capacity(items.len());
    for item in items {
        let Some(value) = value(item, shape, slot, sink) else { continue };
        let identity = match &value {
            Value::Text(text) => text.clone(),
            Value::Symbol(symbol) => symbol.to_string(),
            _ => continue,
        };
        let written = written(item);
        if read.contains_key(&identity) {
            let message = format!("{key}: '{written}' is listed twice");
            sink.error(codes::LISTED_TWICE, item.span, message, "remove one of them".to_owned());
            continue;
        }
        read.insert(identity, Item { value, span: item.span, written });
    }
    Some(Value::List(read.into_values().collect()))
}

fn named(
    node: &Node,
    key: &str,
    what: &str,
    names: Names,
    fields: &'static [Field],
    sink: &mut Sink<'_>,
) -> Option<Value> {
    let Content::Map(entries) = &node.content else {
        let message = format!("{key}: found {}, expected one {what} per name", node.described());
        let help = format!("write a name, a colon and below it the keys of the {what}, indented");
        sink.error(codes::WRONG_TYPE, node.span, message, help);
        return None;
    };
    let mut tables = Vec::with_capacity(entries.len());
    for entry in entries {
        let name = shown(&entry.key);
        if !names.allow(&entry.key) {
            let message = format!("'{name}' is no {what} name: {}", names.rule());
            sink.error(
                codes::BAD_NAME,
                entry.key_span,
                message,
                names
                    .repaired(&entry.key)
                    .map_or_else(|| "choose another name".to_owned(), |name| format!("write {name}")),
            );
        }
        let owner = format!("{what} '{name}'");
        let table = table(Some(&entry.value), fields, &owner, entry.key_span, sink);
        tables.push(NamedTable { name: entry.key.clone(), table });
    }
    Some(Value::Named(tables))
}

fn unknown_key(entry: &Entry, fields: &[Field], owner: &str, sink: &mut Sink<'_>) {
    if sink.is_full() {
        return;
    }
    let help = match nearest(&entry.key, fields.iter().map(|field| field.key)) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("the keys of {owner} are {}", listed(fields)),
    };
    let message = format!("unknown key '{}' in {owner}", shown(&entry.key));
    sink.error(codes::UNKNOWN_KEY, entry.key_span, message, help);
}

fn listed(fields: &[Field]) -> String {
    fields.iter().map(|field| field.key).collect::<Vec<_>>().join(", ")
}

/// Returns how a message may print a value.
fn written(node: &Node) -> String {
    match &node.content {
        Content::Scalar(scalar) => scalar.shown(),
        _ => node.described(),
    }
}
