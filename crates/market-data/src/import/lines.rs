//! Lines of a text, one at a time, whatever ends them, none of them too long.

use std::io::{self, BufRead, Read as _};

/// Longest line that a CSV of candles can have; without a limit a file of zeros would be one line.
const LONGEST: u64 = 16 * 1024;

/// A reader of lines.
pub(super) struct Lines<'a> {
    reader: &'a mut dyn BufRead,
    buffer: Vec<u8>,
    number: u64,
}

/// What stopped a reader of lines.
#[derive(Debug)]
pub(super) enum LineError {
    /// Reading failed.
    Io(io::Error),
    /// It is no text: a line is too long or holds a zero byte.
    NotText {
        /// The line, from 1.
        line: u64,
    },
}

impl<'a> Lines<'a> {
    pub(super) fn new(reader: &'a mut dyn BufRead) -> Self {
        Self { reader, buffer: Vec::with_capacity(256), number: 0 }
    }

    /// Returns the next line that is not blank, without its end and without a byte order mark, and its number from 1.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, LineError> {
        loop {
            self.buffer.clear();
            let read = (&mut *self.reader)
                .take(LONGEST)
                .read_until(b'\n', &mut self.buffer)
                .map_err(LineError::Io)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            let is_cut = read as u64 == LONGEST && self.buffer.last() != Some(&b'\n');
            if is_cut || self.buffer.contains(&0) {
                return Err(LineError::NotText { line: self.number });
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let line = self.buffer.trim_ascii();
        let line = if self.number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
        Ok(Some((self.number, line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_marks_and_ends_are_taken_off() {
        let mut text: &[u8] = b"\xEF\xBB\xBFa,b\r\n\r\n  \nc\n\nlast";
        let mut lines = Lines::new(&mut text);
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next().expect("a text") {
            seen.push((number, String::from_utf8_lossy(line).into_owned()));
        }
        assert_eq!(seen, [(1, "a,b".to_owned()), (4, "c".to_owned()), (6, "last".to_owned())]);
    }

    #[test]
    fn what_is_no_text_is_found_early() {
        let long = vec![b'1'; 20_000];
        assert!(matches!(Lines::new(&mut &long[..]).next(), Err(LineError::NotText { line: 1 })));
        let mut zeros: &[u8] = b"1,2\n\0\0\n";
        let mut lines = Lines::new(&mut zeros);
        assert!(lines.next().is_ok());
        assert!(matches!(lines.next(), Err(LineError::NotText { line: 2 })));
    }
}
