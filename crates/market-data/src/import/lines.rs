//! Lines of a text, one at a time, whatever ends them, none of them too long.

use std::io::{self, BufRead, Read as _};

/// Longest line that a CSV of candles can have; without a limit a file of zeros would be one line.
const LONGEST: u64 = 16 * 1024;

/// What some programs put at the beginning of a text; files that were joined end to end have it in the middle, too.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A reader of lines.
pub(super) struct Lines<'a> {
    reader: &'a mut dyn BufRead,
    buffer: Vec<u8>,
    /// Where in `buffer` the next line begins, when a mark divided what was read last.
    rest: usize,
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
        Self { reader, buffer: Vec::with_capacity(256), rest: 0, number: 0 }
    }

    /// Returns the next line that is not blank, without its end and without byte order marks, and its number from 1. A mark within
    /// a line is where the next file begins whose predecessor had no last line end: there the line ends.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, LineError> {
        loop {
            if self.rest == self.buffer.len() {
                self.buffer.clear();
                self.rest = 0;
                if !self.read()? {
                    return Ok(None);
                }
            }
            let (start, whole) = (self.rest, self.buffer.len());
            // A mark is rare, its first byte quickly looked for.
            let line = &self.buffer[start..];
            let mark = if line.contains(&MARK[0]) {
                line.windows(MARK.len()).position(|window| window == MARK)
            } else {
                None
            };
            let end = mark.map_or(whole, |at| start + at);
            self.rest = if end < whole { end + MARK.len() } else { whole };
            if !self.buffer[start..end].trim_ascii().is_empty() {
                return Ok(Some((self.number, self.buffer[start..end].trim_ascii())));
            }
        }
    }

    fn read(&mut self) -> Result<bool, LineError> {
        let read =
            (&mut *self.reader).take(LONGEST).read_until(b'\n', &mut self.buffer).map_err(LineError::Io)?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        let is_cut = read as u64 == LONGEST && self.buffer.last() != Some(&b'\n');
        if is_cut || self.buffer.contains(&0) {
            return Err(LineError::NotText { line: self.number });
        }
        Ok(true)
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
    fn a_mark_where_files_were_joined_begins_a_line() {
        let mut text: &[u8] = b"\xEF\xBB\xBF\xEF\xBB\xBFa\n\xEF\xBB\xBFb\r\nc\xEF\xBB\xBFd\n\xEF\xBB\xBF";
        let mut lines = Lines::new(&mut text);
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next().expect("a text") {
            seen.push((number, String::from_utf8_lossy(line).into_owned()));
        }
        assert_eq!(seen, [(1, "a".into()), (2, "b".into()), (3, "c".into()), (3, "d".to_owned())]);
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
