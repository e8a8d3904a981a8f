//! Hides placeholders from the YAML parser, which would read the braces, colons and commas in them as its own.
//!
//! Each placeholder is replaced by as many characters of the private use areas, so that every line and column stays what it is; the
//! scalars that come out of the parser get their placeholders back. What they stand for is put in later, when no place can move
//! any more.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// The first character of a hidden placeholder is this one plus its number.
const FIRST: u32 = 0xF_0000;
/// As many placeholders fit the two private planes; a file has fewer.
const MOST: usize = 0x1_FFFE;
/// The longest body that is hidden, in bytes: what is read twice is bounded.
const LONGEST: usize = 1024;
/// The characters after it.
const FILLER: char = '\u{E000}';

/// A text without placeholders, and the placeholders.
pub(super) struct Masked<'a> {
    pub(super) text: String,
    hidden: Vec<&'a str>,
}

/// Returns the length of a placeholder's body up to its closing brace, braces in the default counted in pairs; `None` when it is not
/// closed. `body` is what follows the `${`.
pub(super) fn body_length(body: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

impl<'a> Masked<'a> {
    /// Hides the placeholders that are closed on the line on which they are opened, escaped ones (`$${…}`) too.
    pub(super) fn new(source: &'a str) -> Self {
        let mut masked = Self { text: String::with_capacity(source.len()), hidden: Vec::new() };
        for line in source.split_inclusive(['\n', '\r']) {
            masked.line(line);
        }
        masked
    }

    fn line(&mut self, line: &'a str) {
        let mut quotes = Quotes::default();
        let mut rest = line;
        while let Some(at) = rest.find("${") {
            let body = &rest[at + 2..];
            let start = if rest[..at].ends_with('$') { at - 1 } else { at };
            quotes.pass(&rest[..start]);
            let length = body_length(&body[..body.floor_char_boundary(LONGEST)]);
            // A brace behind the closing quote closes something else.
            if let Some(length) = length.filter(|length| !quotes.end_in(&body[..*length])) {
                let end = at + 2 + length + 1;
                self.text.push_str(&rest[..start]);
                self.hide(&rest[start..end]);
                rest = &rest[end..];
            } else {
                self.text.push_str(&rest[..at + 2]);
                rest = body;
            }
        }
        self.text.push_str(rest);
    }

    fn hide(&mut self, placeholder: &'a str) {
        let number = self.hidden.len();
        // Surrogates of the private planes end with two characters that are none.
        let code = FIRST + u32::try_from(number + if number >= 0xFFFE { 2 } else { 0 }).unwrap_or(u32::MAX);
        match char::from_u32(code).filter(|_| number < MOST) {
            Some(first) => {
                self.text.push(first);
                self.text.extend(placeholder.chars().skip(1).map(|_| FILLER));
                self.hidden.push(placeholder);
            }
            None => self.text.push_str(placeholder),
        }
    }

    /// Returns a scalar's text with its placeholders, read as its style has it.
    pub(super) fn restore(&self, text: &str, style: ScalarStyle) -> String {
        let mut restored = String::with_capacity(text.len());
        let mut rest = text.chars();
        while let Some(next) = rest.next() {
            match self.hidden_by(next, rest.as_str()) {
                Some(placeholder) => {
                    restored.push_str(&unescaped(placeholder, style));
                    let length = placeholder.chars().count() - 1;
                    rest = rest.as_str()[FILLER.len_utf8() * length..].chars();
                }
                None => restored.push(next),
            }
        }
        restored
    }

    /// Returns the placeholder that a character and the ones after it stand for. Such characters may also be the file's own.
    fn hidden_by(&self, first: char, rest: &str) -> Option<&'a str> {
        let number = usize::try_from(u32::from(first).checked_sub(FIRST)?).ok()?;
        let number = if number >= 0x1_0000 { number - 2 } else { number };
        let placeholder = *self.hidden.get(number)?;
        let length = placeholder.chars().count();
        let fillers = rest.chars().take(length - 1).filter(|next| *next == FILLER).count();
        (fillers + 1 == length).then_some(placeholder)
    }
}

/// Which quotes are open at a place of a line.
#[derive(Default)]
struct Quotes {
    double: bool,
    single: bool,
}

impl Quotes {
    /// Goes over a part of the line.
    fn pass(&mut self, part: &str) {
        self.double ^= doubles(part) % 2 == 1;
        self.single ^= singles(part) % 2 == 1;
    }

    /// Returns whether a quote that is open is closed in this part.
    fn end_in(&self, part: &str) -> bool {
        (self.double && doubles(part) > 0) || (self.single && singles(part) > 0)
    }
}

fn doubles(text: &str) -> usize {
    text.replace("\\\\", "").replace("\\\"", "").matches('"').count()
}

fn singles(text: &str) -> usize {
    text.replace("''", "").matches('\'').count()
}

/// Returns what quotes around a text make of it.
fn unescaped(text: &str, style: ScalarStyle) -> String {
    match style {
        ScalarStyle::SingleQuoted => text.replace("''", "'"),
        ScalarStyle::DoubleQuoted if text.contains('\\') => {
            let quoted = format!("\"{text}\"");
            let scalar = Parser::new_from_str(&quoted).find_map(|event| match event {
                Ok((Event::Scalar(text, ..), _)) => Some(text.into_owned()),
                _ => None,
            });
            scalar.unwrap_or_else(|| text.to_owned())
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_keeps_its_place() {
        let text = "a: { b: ${B:{x}, y: z}, é: $${C} } # ${D\nf: ${E}\n";
        let masked = Masked::new(text);
        assert_eq!(masked.hidden, ["${B:{x}, y: z}", "$${C}", "${E}"]);
        let columns = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
        assert_eq!(columns(&masked.text), columns(text));
        assert_eq!(masked.restore(&masked.text, ScalarStyle::Plain), text);
    }

    #[test]
    fn a_brace_behind_the_closing_quote_is_none_of_the_placeholder() {
        let text = "a: { b: \"costs $${ 5\", c: '${C', d: \"${D:\\\"}\", e: ${E:\"} }\n";
        assert_eq!(Masked::new(text).hidden, ["${D:\\\"}", "${E:\"}"]);
    }

    #[test]
    fn quotes_mean_in_a_default_what_they_mean_around_it() {
        let masked = Masked::new(r#""${A:x\ty}" '${B:it''s}'"#);
        assert_eq!(masked.restore("\u{F0000}", ScalarStyle::Plain), "\u{F0000}");
        let hidden = |number: u32, length: usize| {
            let first = char::from_u32(FIRST + number).expect("a character");
            format!("{first}{}", FILLER.to_string().repeat(length - 1))
        };
        assert_eq!(masked.restore(&hidden(0, 9), ScalarStyle::DoubleQuoted), "${A:x\ty}");
        assert_eq!(masked.restore(&hidden(1, 10), ScalarStyle::SingleQuoted), "${B:it's}");
    }
}
