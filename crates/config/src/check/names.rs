//! The names that one file defines and another refers to.

use indexmap::IndexSet;

use crate::codes::Code;
use crate::diagnostic::{Sink, Span};
use crate::render::shown;
use crate::source::ConfigFile;
use crate::suggest::nearest;
use crate::yaml::Node;

/// Names that may be referred to.
#[derive(Debug)]
pub(super) struct Known {
    /// `None` when the file was not handed in or could not be read: then nothing can be said about a name.
    names: Option<IndexSet<String>>,
}

impl Known {
    /// Accepts every name.
    pub(super) const fn anything() -> Self {
        Self { names: None }
    }

    /// Returns the names of a file, those of faulty entries included: one fault is not to be reported twice.
    pub(super) fn of(root: &Node, file: ConfigFile) -> Self {
        let names = root
            .get(file.as_str())
            .map(|map| map.entries().iter().map(|entry| entry.key.clone()).collect())
            .unwrap_or_default();
        Self { names: Some(names) }
    }

    /// Reports a reference to a name that is not there.
    ///
    /// `shown_name` is what messages may print of the name.
    pub(super) fn require(&self, name: &str, reference: Reference<'_>, span: Span, sink: &mut Sink<'_>) {
        let Some(names) = &self.names else { return };
        if names.contains(name) || sink.is_full() {
            return;
        }
        let Reference { code, what, file, written } = reference;
        let suggestion = match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean '{}'?", shown(near)),
            None if names.is_empty() => format!("add it to {file}, which defines none"),
            None => format!("add it to {file}, which defines {}", listed(names)),
        };
        sink.error(code, span, format!("no {what} '{written}' in {file}"), suggestion);
    }
}

/// What refers to a name, for the message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference<'a> {
    pub(super) code: Code,
    pub(super) what: &'a str,
    pub(super) file: ConfigFile,
    /// The name as messages may print it.
    pub(super) written: &'a str,
}

/// Returns the first few names.
fn listed(names: &IndexSet<String>) -> String {
    const FEW: usize = 6;
    let mut out = names.iter().take(FEW).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    if names.len() > FEW {
        out.push_str(", …");
    }
    out
}
