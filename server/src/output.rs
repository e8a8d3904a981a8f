//! What a verb tells its caller: results on standard output, progress and failures on standard error, a documented exit code.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

/// Why a verb failed; the number is the process's exit code and part of the command line's contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Something went wrong.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The configuration is wrong.
    InvalidConfiguration = 3,
    /// No such data, name or user.
    NotFound = 4,
    /// The exchange or the network.
    Exchange = 5,
    /// Refused: risk or permission.
    Refused = 6,
}

/// A failure as the user reads it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    /// Which kind; its number is the exit code.
    pub(crate) kind: Kind,
    /// What happened, where, and what to do.
    pub(crate) message: String,
    /// The file, the series or the option that it is about, where there is one.
    pub(crate) place: Option<String>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None }
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Says which file, series or option it is about.
    pub(crate) fn at(self, place: impl std::fmt::Display) -> Self {
        Self { place: Some(place.to_string()), ..self }
    }

    /// Returns what `--json` says of it under `error`.
    pub(crate) fn error(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.kind as u8,
            "kind": self.kind,
            "message": self.message,
            "place": self.place,
            "remedy": remedy_in(&self.message).map(|(_, remedy)| remedy),
        })
    }

    fn document(&self) -> serde_json::Value {
        serde_json::json!({ "error": self.error() })
    }
}

/// Splits a message of this program, `what is wrong; what to do`, before its remedy.
fn remedy_in(message: &str) -> Option<(&str, &str)> {
    message.rsplit_once("; ").or_else(|| message.rsplit_once("? "))
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::failed(format!("{error:#}"))
    }
}

/// Whether standard output has its document, or holds what is none. Nothing may follow either.
static IS_OUTPUT_TAKEN: AtomicBool = AtomicBool::new(false);

/// Reports a failure and returns its exit code: as a line on standard error, and with `--json` as a document on standard output,
/// unless the verb has written one that tells it.
pub(crate) fn report(failure: &Failure, is_json: bool) -> ExitCode {
    // Nothing is left to report to when the outputs themselves are gone.
    let _ = if is_json && !IS_OUTPUT_TAKEN.swap(true, Ordering::Relaxed) {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", failure.document()).and_then(|()| stdout.flush())
    } else if is_json {
        writeln!(io::stderr().lock(), "{}", failure.document())
    } else {
        writeln!(io::stderr().lock(), "error: {}", failure.message)
    };
    ExitCode::from(failure.kind as u8)
}

/// Where a verb writes its result and its progress.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    is_json: bool,
    is_terminal: bool,
}

impl Output {
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json, is_terminal: io::stderr().is_terminal() }
    }

    pub(crate) fn is_json(self) -> bool {
        self.is_json
    }

    /// Writes the result as one JSON document.
    pub(crate) fn json(self, value: &impl Serialize) -> Result<(), Failure> {
        let document =
            serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
        IS_OUTPUT_TAKEN.store(true, Ordering::Relaxed);
        self.text(&document)
    }

    /// Says that standard output holds something else than a document, such as an exported file.
    #[expect(clippy::unused_self, reason = "results go out through the same object as progress")]
    pub(crate) fn take_standard_output(self) {
        IS_OUTPUT_TAKEN.store(true, Ordering::Relaxed);
    }

    /// Writes a JSON document to standard error, for verbs whose result takes up standard output itself.
    pub(crate) fn notice_json(self, value: &impl Serialize) -> Result<(), Failure> {
        let document =
            serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
        self.notice(&document);
        Ok(())
    }

    /// Writes text of the result. A reader that has gone, such as `head`, has what it wanted: that is no failure.
    #[expect(clippy::unused_self, reason = "results go out through the same object as progress")]
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        let end: &[u8] = if text.ends_with('\n') { b"" } else { b"\n" };
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.write_all(end));
        match written.and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::failed(format!("the result cannot be written to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Writes a part of the result, as large as it may be; more may follow. A reader that has gone is no failure here either.
    #[expect(clippy::unused_self, reason = "results go out through the same object as progress")]
    pub(crate) fn part(
        self,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        IS_OUTPUT_TAKEN.store(true, Ordering::Relaxed);
        let mut stdout = io::BufWriter::with_capacity(1 << 18, io::stdout().lock());
        match write(&mut stdout).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::failed(format!("the result cannot be written to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Writes a progress line to standard error: rewritten in place on a terminal, left out elsewhere unless it is the last.
    pub(crate) fn progress(self, line: &str, is_last: bool) {
        let mut stderr = io::stderr().lock();
        // Progress that cannot be shown is not worth failing for.
        let _ = if self.is_terminal {
            let end = if is_last { "\n" } else { "" };
            write!(stderr, "\r\x1b[2K{line}{end}").and_then(|()| stderr.flush())
        } else if is_last {
            writeln!(stderr, "{line}")
        } else {
            Ok(())
        };
    }

    /// Writes something worth knowing to standard error.
    pub(crate) fn notice(self, text: &str) {
        let clear = if self.is_terminal { "\r\x1b[2K" } else { "" };
        // As above.
        let _ = writeln!(io::stderr().lock(), "{clear}{text}");
    }
}

/// Lays out rows under headings; numbers are right-aligned.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let is_number = |column: usize| {
        !rows.is_empty()
            && rows.iter().filter_map(|row| row.get(column)).all(|cell| {
                cell.is_empty()
                    || cell == "n/a"
                    || cell.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit())
                        && !cell.contains(':')
            })
    };
    let right: Vec<bool> = (0..headings.len()).map(is_number).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .enumerate()
            .map(|(column, cell)| {
                let pad = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                if right[column] { format!("{pad}{cell}") } else { format!("{cell}{pad}") }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut text = line(&mut headings.iter().copied());
    text.push('\n');
    text.push_str(&line(
        &mut widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().iter().map(String::as_str),
    ));
    text.push('\n');
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_align_numbers_to_the_right() {
        let rows = vec![vec!["BTCUSDT".into(), "9".into()], vec!["ETH".into(), "10".into()]];
        let text = table(&["symbol", "rows"], &rows);
        assert_eq!(text, "symbol   rows\n───────  ────\nBTCUSDT     9\nETH        10\n");
    }

    #[test]
    fn a_document_of_a_failure_has_code_place_and_remedy() {
        let failure =
            Failure::not_found("no candles of x are stored; `crypto data list` shows what is").at("x");
        assert_eq!(
            failure.document(),
            serde_json::json!({ "error": {
                "code": 4, "kind": "not_found", "place": "x", "remedy": "`crypto data list` shows what is",
                "message": "no candles of x are stored; `crypto data list` shows what is",
            } })
        );
        assert_eq!(Failure::failed("broken").document()["error"]["remedy"], serde_json::Value::Null);
    }

    #[test]
    fn kinds_are_the_documented_exit_codes() {
        let codes = [
            Kind::Failed,
            Kind::Usage,
            Kind::InvalidConfiguration,
            Kind::NotFound,
            Kind::Exchange,
            Kind::Refused,
        ];
        assert_eq!(codes.map(|kind| kind as u8), [1, 2, 3, 4, 5, 6]);
    }
}
