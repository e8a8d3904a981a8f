//! JSON that people can read and that does not grow with every value: keys on lines of their own down to the second level, everything
//! below on one line. A trade is a line, a column of the equity curve is a line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Levels whose elements stand on lines of their own.
const BROKEN: usize = 2;

/// Writes an object as JSON but for its last bracket, so that further keys can follow. `writer` should be buffered.
pub(super) fn write_lean_open(writer: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(writer, Lean::default()))
}

#[derive(Debug, Default)]
struct Lean {
    depth: usize,
    has_value: bool,
}

impl Lean {
    fn open(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        writer.write_all(bracket)
    }

    fn close(&mut self, writer: &mut (impl Write + ?Sized), bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.depth == 0 {
            return Ok(());
        }
        if self.has_value && self.depth < BROKEN {
            self.line(writer)?;
        }
        self.has_value = true;
        writer.write_all(bracket)
    }

    fn element(&mut self, writer: &mut (impl Write + ?Sized), is_first: bool) -> io::Result<()> {
        if !is_first {
            writer.write_all(b",")?;
        }
        if self.depth <= BROKEN { self.line(writer) } else { Ok(()) }
    }

    fn line(&self, writer: &mut (impl Write + ?Sized)) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Lean {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.element(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.element(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.depth <= BROKEN { b": " } else { b":" })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &Value) -> String {
        let mut bytes = Vec::new();
        write_lean_open(&mut bytes, value).expect("it is written to memory");
        bytes.extend_from_slice(b"\n}");
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    #[test]
    fn two_levels_are_broken_into_lines_and_the_rest_is_not() {
        let value = json!({
            "account": { "cash": "1.5", "none": {} },
            "equity": { "time": [1, 2], "value": [0.5, null] },
            "name": "a \"b\"",
            "trades": [{ "n": 1, "why": ["x"] }, { "n": 2, "why": [] }],
            "empty": [],
        });
        let expected = r#"{
  "account": {
    "cash": "1.5",
    "none": {}
  },
  "empty": [],
  "equity": {
    "time": [1,2],
    "value": [0.5,null]
  },
  "name": "a \"b\"",
  "trades": [
    {"n":1,"why":["x"]},
    {"n":2,"why":[]}
  ]
}"#;
        let text = written(&value);
        // The order of keys is serde_json's own.
        let lines = |text: &str| {
            let mut lines: Vec<String> =
                text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&text), lines(expected));
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
