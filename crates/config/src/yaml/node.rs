//! The tree: scalars, lists and maps with their spans.

use crate::diagnostic::Span;
use crate::render::shown;
use crate::yaml::scalar::{Resolved, resolve_plain};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) content: Content,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something was here that a diagnostic already speaks of: neither missing nor worth another complaint.
    Broken,
}

/// A key of a map with its value; keys are unique within their map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// A scalar after interpolation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scalar {
    /// The text it stands for.
    pub(crate) text: String,
    /// Whether it was written without quotes, so that `10` is a number.
    pub(crate) is_plain: bool,
    /// The text as written, when part of the value came from a placeholder: messages print this instead of the value.
    pub(crate) template: Option<String>,
}

impl Scalar {
    /// Returns what the text means.
    pub(crate) fn resolve(&self) -> Resolved {
        if self.template.is_none() {
            return if self.is_plain { resolve_plain(&self.text) } else { Resolved::Text };
        }
        // Quotes around a placeholder are there for YAML: what comes out has the type of what was put in. `${PORT:}` stands for
        // nothing given. What the environment holds often ends in a space or newline by accident.
        match resolve_plain(self.text.trim()) {
            Resolved::Null if !self.is_plain && !self.text.is_empty() => Resolved::Text,
            resolved => resolved,
        }
    }

    /// Returns the text for a message: never a value from the environment, never long, never a control character.
    pub(crate) fn shown(&self) -> String {
        shown(self.template.as_deref().unwrap_or(&self.text))
    }

    /// Returns the value with its type for a message: `text 'ten'`, `integer 10`.
    pub(crate) fn described(&self) -> String {
        let shown = self.shown();
        if self.template.is_some() {
            return format!("{} from {shown}", self.resolve().as_str());
        }
        match self.resolve() {
            Resolved::Null => "nothing".to_owned(),
            Resolved::Text if self.text.is_empty() => "empty text".to_owned(),
            Resolved::Text => format!("text '{shown}'"),
            other => format!("{} {shown}", other.as_str()),
        }
    }
}

impl Node {
    /// Returns whether the key is there but nothing was given for it: `key:`, `key: ~`, `key: ${UNSET:}`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar(scalar) if scalar.resolve() == Resolved::Null)
    }

    /// Returns the value with its type for a message.
    pub(crate) fn described(&self) -> String {
        match &self.content {
            Content::Scalar(scalar) => scalar.described(),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "a map of keys".to_owned(),
            Content::Broken => "something unreadable".to_owned(),
        }
    }

    /// Returns the entries of a map; nothing of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the value of a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}
