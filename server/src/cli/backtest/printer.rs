//! What `backtest run` and `run-all` print: each run as soon as those before it are out, then a comparison, then what failed.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader};

use types::RunId;

use super::files::RESULT;
use super::show;
use crate::output::{Failure, Output};

/// A run that ended: what is printed of it, and where the rest was written.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) run_id: RunId,
    pub(super) elapsed_ms: u64,
    /// Paths of the files it left.
    pub(super) files: Vec<String>,
    pub(super) name: String,
    pub(super) bars: u64,
    /// The run for a reader.
    pub(super) text: String,
    /// Its row in the comparison.
    pub(super) comparison: Vec<String>,
}

/// Prints runs in the order in which they are handed in.
#[derive(Debug)]
pub(super) struct Printer {
    output: Output,
    total: usize,
    ended: usize,
    compared: Vec<Vec<String>>,
    failures: Vec<(String, Failure)>,
}

impl Printer {
    pub(super) fn new(output: Output, total: usize) -> Self {
        Self { output, total, ended: 0, compared: Vec::new(), failures: Vec::new() }
    }

    pub(super) fn output(&self) -> Output {
        self.output
    }

    /// Says on standard error that a run has ended, in whatever order they do.
    pub(super) fn count(&mut self, finished: Option<&Finished>) {
        self.ended += 1;
        if let Some(Finished { name, bars, elapsed_ms, .. }) = finished {
            self.output.progress(&format!("{name}: {bars} bars in {elapsed_ms} ms"), true);
        }
        if self.total > 1 {
            let is_last = self.ended == self.total;
            self.output.progress(&format!("{} of {} runs ended", self.ended, self.total), is_last);
        }
    }

    /// Prints the next run, or keeps why there is none for the end.
    pub(super) fn print(&mut self, outcome: Result<Finished, (String, Failure)>) -> Result<(), Failure> {
        match outcome {
            Err(failure) => {
                self.failures.push(failure);
                Ok(())
            }
            Ok(finished) => {
                let is_first = self.compared.is_empty();
                if self.output.is_json() {
                    self.document(&finished, is_first)?;
                } else {
                    self.text(&finished)?;
                }
                self.compared.push(finished.comparison);
                Ok(())
            }
        }
    }

    fn text(&self, finished: &Finished) -> Result<(), Failure> {
        let mut text = finished.text.clone();
        for file in &finished.files {
            let _ = writeln!(text, "wrote {file}");
        }
        text.push('\n');
        self.output.text(&text)
    }

    /// Writes a run as an element of the document. What is the same for the same candles and specification is its `result`: the
    /// contents of result.json.
    fn document(&self, finished: &Finished, is_first: bool) -> Result<(), Failure> {
        let result = finished.files.iter().find(|file| file.ends_with(RESULT));
        let result = result.ok_or_else(|| Failure::failed("the run left no result"))?;
        let unreadable = |error: io::Error| Failure::failed(format!("cannot read {result} again: {error}"));
        let mut file = BufReader::new(File::open(result).map_err(unreadable)?);
        self.output.part(|out| {
            out.write_all(if is_first { b"[\n" } else { b",\n" })?;
            writeln!(out, "  {{\n    \"run_id\": \"{}\",", finished.run_id)?;
            writeln!(out, "    \"elapsed_ms\": {},\n    \"files\": [", finished.elapsed_ms)?;
            for (place, file) in finished.files.iter().enumerate() {
                let end = if place + 1 < finished.files.len() { "," } else { "" };
                writeln!(out, "      {}{end}", serde_json::Value::from(file.as_str()))?;
            }
            out.write_all(b"    ],\n    \"result\": ")?;
            io::copy(&mut file, out)?;
            out.write_all(b"  }")
        })
    }

    /// Prints what is said at the end, and fails when a run did.
    pub(super) fn close(mut self) -> Result<(), Failure> {
        let count = self.compared.len();
        if self.output.is_json() {
            // Where every run failed, the failure is the document.
            if count > 0 || self.failures.is_empty() {
                let end: &[u8] = if count > 0 { b"\n]\n" } else { b"[]\n" };
                self.output.part(|out| out.write_all(end))?;
            }
        } else if count > 1 {
            self.output.text(&show::comparison(&self.compared))?;
        }
        match self.failures.len() {
            0 => Ok(()),
            1 if count == 0 => Err(self.failures.remove(0).1),
            failed => {
                let kind = self.failures[0].1.kind;
                let lines: Vec<String> =
                    self.failures.iter().map(|(what, failure)| format!("{what}: {failure}")).collect();
                let message = format!("{failed} of {} runs failed\n{}", failed + count, lines.join("\n"));
                Err(Failure::new(kind, message))
            }
        }
    }
}
