//! A diagnostic as the terminal shows it: place, message, the line of the source with a caret, and help.

use std::fmt::Write as _;

use crate::codes;
use crate::diagnostic::Diagnostic;

/// The widest stretch of a source line that is quoted, in characters.
const WINDOW: usize = 120;

/// Returns the problem with the line it is on:
///
/// ```text
/// config/strategies.yaml:7:20: error[CFG012]: unknown key 'fast_perod'
///   |
/// 7 |     params: { fast_perod: 10 }
///   |               ^^^^^^^^^^
///   = help: did you mean 'fast_period'?
/// ```
///
/// `source` is the text that was checked. A line that holds a secret is not quoted.
pub fn render(diagnostic: &Diagnostic, source: &str) -> String {
    let mut out = diagnostic.to_string();
    let number = diagnostic.line.to_string();
    let margin = " ".repeat(number.len());
    if diagnostic.code != codes::LITERAL_SECRET.id
        && let Some(line) = nth_line(source, diagnostic.line)
    {
        let (quoted, caret) = quote(line, diagnostic);
        // Writing to a String cannot fail.
        let quoted = format!("{number} | {quoted}");
        let _ = write!(out, "\n{margin} |\n{}\n{margin} | {caret}", quoted.trim_end());
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        let _ = write!(out, "\n{margin} = help: {suggestion}");
    }
    out.push('\n');
    out
}

/// Returns a line by its number from 1; `\n`, `\r\n` and `\r` end lines, as YAML has it.
fn nth_line(source: &str, number: u32) -> Option<&str> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let mut rest = source;
    for _ in 0..index {
        let end = rest.find(['\n', '\r'])?;
        let is_pair = rest[end..].starts_with("\r\n");
        rest = &rest[end + if is_pair { 2 } else { 1 }..];
    }
    Some(rest.split(['\n', '\r']).next().unwrap_or(rest))
}

/// Returns the part of a line that is worth showing and the carets under it.
fn quote(line: &str, diagnostic: &Diagnostic) -> (String, String) {
    let characters: Vec<char> = line.chars().collect();
    let start = column_index(diagnostic.column).min(characters.len());
    let end = if diagnostic.end_line == diagnostic.line {
        column_index(diagnostic.end_column).min(characters.len())
    } else {
        characters.len()
    };
    let from = if start > WINDOW * 2 / 3 { start - WINDOW / 3 } else { 0 };
    let to = (from + WINDOW).min(characters.len());
    let ellipsis = if from > 0 { "…" } else { "" };
    let mut quoted = ellipsis.to_owned();
    quoted.extend(characters[from..to].iter().map(|&c| printable(c)));
    if to < characters.len() {
        quoted.push('…');
    }
    let indent = start - from + ellipsis.chars().count();
    let width = end.min(to).saturating_sub(start).max(1);
    (quoted.trim_end().to_owned(), format!("{}{}", " ".repeat(indent), "^".repeat(width)))
}

fn column_index(column: u32) -> usize {
    usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1)
}

/// A tab becomes one space so that the caret stays under its character; nothing may command the terminal.
fn printable(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            '\u{fffd}'
        }
        c => c,
    }
}

/// Returns a text fit for a message: short, and without anything that could command a terminal or reorder the line.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut out: String = text.chars().take(LONGEST).map(printable).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    fn at(line: u32, column: u32, end_column: u32) -> Diagnostic {
        Diagnostic {
            code: "CFG012",
            severity: Severity::Error,
            message: "unknown key 'x'".into(),
            file: "a.yaml".into(),
            line,
            column,
            end_line: line,
            end_column,
            suggestion: Some("remove it".into()),
        }
    }

    #[test]
    fn the_caret_is_under_the_place() {
        let expected =
            "a.yaml:2:4: error[CFG012]: unknown key 'x'\n  |\n2 | ä: x\n  |    ^\n  = help: remove it\n";
        for newline in ["\n", "\r\n", "\r"] {
            assert_eq!(render(&at(2, 4, 5), &format!("one{newline}ä: x{newline}three")), expected);
        }
    }

    #[test]
    fn places_beyond_the_text_and_long_lines_are_survived() {
        assert!(!render(&at(9, 9, 10), "one").contains('|'));
        assert!(render(&at(1, 90, 95), "one").contains("1 | one"));
        let long = render(&at(1, 5000, 5010), &"abcdefghij".repeat(1000));
        assert!(long.lines().all(|line| line.chars().count() < 140), "{long}");
        assert!(long.contains("^^^^^^^^^^\n"));
    }

    #[test]
    fn terminal_commands_in_the_source_are_defused() {
        let rendered = render(&at(1, 1, 2), "\u{1b}[31m\u{202e}x");
        assert!(!rendered.contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn a_secret_is_not_quoted() {
        let diagnostic = Diagnostic { code: codes::LITERAL_SECRET.id, ..at(1, 1, 2) };
        assert!(!render(&diagnostic, "api_key: hunter2").contains("hunter2"));
    }
}
