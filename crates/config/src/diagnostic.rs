//! What the checker says: a problem, the place it is at, and what to do about it.

use std::fmt;

use serde::Serialize;

use crate::codes::{self, Code};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look; the configuration is usable.
    Warning,
    /// The configuration is not usable.
    Error,
}

impl Severity {
    /// Returns `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One problem of one file.
///
/// Lines and columns count from 1, columns in characters; the end is the column after the last character.
/// Values that came from the environment never appear in it, only the placeholder that asked for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The stable code, documented under its own heading: `CFG012`.
    pub code: &'static str,
    /// Whether the configuration can be used in spite of it.
    pub severity: Severity,
    /// What was found and what was allowed.
    pub message: String,
    /// The file, as its source was named.
    pub file: String,
    /// The line it starts on.
    pub line: u32,
    /// The column it starts at.
    pub column: u32,
    /// The line it ends on.
    pub end_line: u32,
    /// The column after its last character.
    pub end_column: u32,
    /// What to do about it; this checker always knows something.
    pub suggestion: Option<String>,
}

impl Diagnostic {
    /// Returns whether it makes the configuration unusable.
    pub const fn is_error(&self) -> bool {
        matches!(self.severity, Severity::Error)
    }
}

/// One line without the source: `config/strategies.yaml:7:20: error[CFG012]: …`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, code, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {}[{code}]: {message}", self.severity.as_str())
    }
}

/// A stretch of a source: from a line and column to the column after its end, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
}

impl Span {
    /// The first character of a file: where problems of the file as a whole are shown.
    pub(crate) const START: Span = Span { line: 1, column: 1, end_line: 1, end_column: 2 };

    /// Returns a stretch of one line.
    pub(crate) const fn on_line(line: u32, column: u32, end_column: u32) -> Self {
        Self { line, column, end_line: line, end_column }
    }
}

/// Collects the problems of one file.
#[derive(Debug)]
pub(crate) struct Sink<'a> {
    file: &'a str,
    diagnostics: Vec<Diagnostic>,
    is_cut_short: bool,
}

/// More than this many problems in one file help nobody.
const MAX_DIAGNOSTICS: usize = 100;

impl<'a> Sink<'a> {
    pub(crate) const fn new(file: &'a str) -> Self {
        Self { file, diagnostics: Vec::new(), is_cut_short: false }
    }

    /// Notes that the rest of the file could not be read: what is absent from here on may just not have been seen.
    pub(crate) const fn cut_short(&mut self) {
        self.is_cut_short = true;
    }

    pub(crate) const fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    /// Returns whether no more problems are listed, so that none need be worded.
    pub(crate) const fn is_full(&self) -> bool {
        self.diagnostics.len() > MAX_DIAGNOSTICS
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Reports a problem; `suggestion` says what to do about it.
    pub(crate) fn error(&mut self, code: Code, span: Span, message: String, suggestion: String) {
        self.report(Severity::Error, code, span, message, suggestion);
    }

    /// Reports something that is worth a look and can be used all the same.
    pub(crate) fn warning(&mut self, code: Code, span: Span, message: String, suggestion: String) {
        self.report(Severity::Warning, code, span, message, suggestion);
    }

    fn report(&mut self, severity: Severity, code: Code, span: Span, message: String, suggestion: String) {
        if self.is_full() {
            return;
        }
        let (severity, code, message, suggestion) = if self.diagnostics.len() == MAX_DIAGNOSTICS {
            let message =
                format!("more than {MAX_DIAGNOSTICS} problems in this file; the rest is not listed");
            let help = "correct these first, then check again".to_owned();
            (Severity::Error, codes::TOO_MANY, message, help)
        } else {
            (severity, code, message, suggestion)
        };
        self.diagnostics.push(Diagnostic {
            code: code.id,
            severity,
            message,
            file: self.file.to_owned(),
            line: span.line,
            column: span.column,
            end_line: span.end_line,
            end_column: span.end_column,
            suggestion: Some(suggestion),
        });
    }

    /// Returns the problems in the order of the file.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics;
        // The note that there are more comes last wherever it was made.
        diagnostics.sort_by_key(|diagnostic| {
            (diagnostic.code == codes::TOO_MANY.id, diagnostic.line, diagnostic.column, diagnostic.code)
        });
        diagnostics
    }
}
