//! The parser's events, gathered into a tree within limits.
//!
//! Anchors and aliases are refused rather than counted: a configuration that repeats itself is read more easily written out,
//! and nothing that is never expanded can explode.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as ParserSpan};

use crate::codes;
use crate::diagnostic::{Sink, Span};
use crate::render::shown;
use crate::yaml::mask::Masked;
use crate::yaml::node::{Content, Entry, Node, Scalar};

/// The longest file that is read: some two thousand strategies.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// The deepest nesting that is read; the files themselves need five levels.
pub(crate) const MAX_DEPTH: usize = 32;

const TOO_DEEP_HELP: &str = "no configuration file needs more than five levels";

/// A list or map whose end has not come yet; `lines` are those of its keys so far.
enum Open {
    List { start: Span, items: Vec<Node> },
    Map { start: Span, entries: Vec<Entry>, lines: BTreeMap<String, u32>, key: Key },
}

/// Where a map stands between two events.
enum Key {
    /// The next node is a key.
    Awaited,
    /// The next node is this key's value.
    Read { text: String, span: Span },
    /// The next node belongs to a key that was refused.
    Refused,
}

/// Returns the tree of a text, as far as it could be read; everything that is wrong with its form goes to `sink`.
pub(crate) fn parse(text: &str, sink: &mut Sink<'_>) -> Option<Node> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, expected at most {MAX_BYTES}", text.len());
        sink.error(codes::TOO_LONG, Span::START, message, "split it into several files".to_owned());
        sink.cut_short();
        return None;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let masked = Masked::new(text);
    let mut builder = Builder { sink, masked: &masked, open: Vec::new(), root: None };
    for event in Parser::new_from_str(&masked.text) {
        let is_done = match event {
            Ok((event, span)) => builder.event(event, to_span(span)),
            Err(error) => {
                builder.syntax_error(&error, text);
                true
            }
        };
        if is_done {
            break;
        }
    }
    builder.finish()
}

struct Builder<'a, 'sink> {
    sink: &'a mut Sink<'sink>,
    masked: &'a Masked<'a>,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_, '_> {
    /// Takes an event in; returns whether reading ends here.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                let text = self.masked.restore(&text, style);
                let scalar = Scalar { text, is_plain: style == ScalarStyle::Plain, template: None };
                self.node(Node { span, content: Content::Scalar(scalar) });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                self.open.push(Open::List { start: span, items: Vec::new() });
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(span, anchor, tag.is_some());
                self.open.push(Open::Map {
                    start: span,
                    entries: Vec::new(),
                    lines: BTreeMap::new(),
                    key: Key::Awaited,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(_) => {
                self.refuse_alias(span);
                self.node(Node { span, content: Content::Broken });
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                let message = "a second YAML document starts here, expected one per file".to_owned();
                let help = "remove the `---`, or move what follows to a file of its own".to_owned();
                self.sink.error(codes::SEVERAL_DOCUMENTS, span, message, help);
                return true;
            }
            _ => {}
        }
        if self.open.len() > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            self.sink.error(codes::TOO_DEEP, span, message, TOO_DEEP_HELP.to_owned());
            self.sink.cut_short();
            return true;
        }
        false
    }

    fn refuse_extras(&mut self, span: Span, anchor: usize, has_tag: bool) {
        if anchor > 0 {
            self.refuse_alias(span);
        }
        if has_tag {
            let help = "remove the tag; put a value in quotes to make it a text".to_owned();
            self.sink.error(codes::TAG, span, "tags such as `!!str` are not read".to_owned(), help);
        }
    }

    fn refuse_alias(&mut self, span: Span) {
        let message = "anchors (&name) and aliases (*name) are not read".to_owned();
        let help = "write the value out; put a text that starts with & or * in quotes".to_owned();
        self.sink.error(codes::ALIAS, span, message, help);
    }

    /// Puts a complete node where it belongs.
    fn node(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = self.root.take().or(Some(node)),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, lines, key, .. }) => match std::mem::replace(key, Key::Awaited) {
                Key::Awaited => *key = read_key(node, lines, self.sink),
                Key::Read { text, span } => entries.push(Entry { key: text, key_span: span, value: node }),
                Key::Refused => {}
            },
        }
    }

    fn close(&mut self, end: Span) {
        let node = match self.open.pop() {
            Some(Open::List { start, items }) => {
                Node { span: between(start, end), content: Content::List(items) }
            }
            Some(Open::Map { start, entries, key, .. }) => {
                let mut entries = entries;
                // Only a file that ends in the middle leaves a key without its value.
                if let Key::Read { text, span } = key {
                    entries.push(Entry {
                        key: text,
                        key_span: span,
                        value: Node { span, content: Content::Broken },
                    });
                }
                Node { span: between(start, end), content: Content::Map(entries) }
            }
            None => return,
        };
        self.node(node);
    }

    fn syntax_error(&mut self, error: &ScanError, text: &str) {
        let last_line = u32::try_from(text.lines().count()).unwrap_or(u32::MAX).max(1);
        let mut span = to_span(ParserSpan::empty(*error.marker()));
        if span.line > last_line {
            // The end of the text is reported on a line that no editor shows.
            let width = text.lines().last().map_or(0, |line| line.chars().count());
            let column = u32::try_from(width).unwrap_or(u32::MAX).saturating_add(1);
            span = Span::on_line(last_line, column, column.saturating_add(1));
        }
        let line = text.lines().nth(span.line as usize - 1).unwrap_or_default();
        let info = error.info();
        if info.contains("unknown anchor") {
            self.refuse_alias(span);
        } else if info.contains("recursion limit") {
            let message = format!("nested more than {MAX_DEPTH} levels deep");
            self.sink.error(codes::TOO_DEEP, span, message, TOO_DEEP_HELP.to_owned());
        } else {
            let message = format!("not valid YAML: {}", shown_info(info));
            self.sink.error(codes::SYNTAX, span, message, syntax_help(line, info).to_owned());
        }
        self.forget_neighbour(span);
        self.sink.cut_short();
    }

    /// Drops the value that the fault touches: of `${A` in a flow map the parser has read `$` by then.
    fn forget_neighbour(&mut self, fault: Span) {
        let last = match self.open.last_mut() {
            Some(Open::List { items, .. }) => items.last_mut(),
            Some(Open::Map { entries, .. }) => entries.last_mut().map(|entry| &mut entry.value),
            None => None,
        };
        if let Some(node) = last
            && (node.span.end_line, node.span.end_column) == (fault.line, fault.column)
        {
            node.content = Content::Broken;
        }
    }

    /// Closes what a cut-off text left open, so that what was read is checked too.
    fn finish(mut self) -> Option<Node> {
        while let Some(open) = self.open.last() {
            let (Open::List { start, .. } | Open::Map { start, .. }) = open;
            self.close(*start);
        }
        self.root
    }
}

fn read_key(node: Node, lines: &mut BTreeMap<String, u32>, sink: &mut Sink<'_>) -> Key {
    let span = node.span;
    let Content::Scalar(Scalar { text, .. }) = node.content else {
        if node.content != Content::Broken {
            let message = format!("found {} as a key, expected a text", node.described());
            let help = "put keys that start with { or [ in quotes".to_owned();
            sink.error(codes::KEY_NOT_TEXT, span, message, help);
        }
        return Key::Refused;
    };
    if let Some(first) = lines.get(&text) {
        let message = format!("key '{}' is already given on line {first}", shown(&text));
        sink.error(codes::DUPLICATE_KEY, span, message, "remove or rename one of the two".to_owned());
        return Key::Refused;
    }
    lines.insert(text.clone(), span.line);
    Key::Read { text, span }
}

/// The parser's own words, without what only its authors understand.
fn shown_info(info: &str) -> String {
    info.replace("<document start>", "the end of the file").replace('`', "'")
}

fn syntax_help(line: &str, info: &str) -> &'static str {
    let indent = line.len() - line.trim_start().len();
    if line[..indent].contains('\t') {
        "indent with spaces; YAML allows no tabs there"
    } else if line.contains("${") && (info.contains("flow") || line.contains(['{', '['])) {
        "close the placeholder on its line: ${NAME} or ${NAME:default}"
    } else if info.contains("mapping values are not allowed") {
        "put a text that holds ': ' in quotes, or check the indentation of this line"
    } else if info.contains("quoted scalar") {
        "close the quote that was opened here, or remove it"
    } else if info.contains("flow") {
        "check the commas and the closing bracket of this list or map"
    } else {
        "check the indentation, quotes and brackets of this line and the one before"
    }
}

fn to_span(span: ParserSpan) -> Span {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let (line, column) = (number(span.start.line()).max(1), number(span.start.col()).saturating_add(1));
    let (end_line, end_column) = (number(span.end.line()).max(1), number(span.end.col()).saturating_add(1));
    let is_empty = (end_line, end_column) <= (line, column);
    if is_empty {
        Span::on_line(line, column, column.saturating_add(1))
    } else {
        Span { line, column, end_line, end_column }
    }
}

const fn between(start: Span, end: Span) -> Span {
    Span { end_line: end.end_line, end_column: end.end_column, ..start }
}
