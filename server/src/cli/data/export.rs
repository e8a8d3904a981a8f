//! `crypto data export`: a series, or a stretch of it, into a file or to standard output.

mod target;

use std::path::Path;

use clap::Args;
use market_data::{ExportError, ExportFormat, ExportProgress, ExportReport, export};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use types::{TimeRange, Timestamp};

use super::SeriesArguments;
use crate::cli::cancel_on_interrupt;
use crate::output::{Failure, Kind, Output};
use crate::wiring::{Folders, House};
use target::Target;

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// The file to write; - writes to standard output, and the summary to standard error
    #[arg(long, short, value_name = "FILE")]
    output: String,
    /// csv (12 columns with a header, as Binance's archives; `crypto import` reads it) or parquet (with the provenance of each
    /// candle); by the end of the file's name unless given, else csv
    #[arg(long)]
    format: Option<ExportFormat>,
    /// First open time (UTC); from the first candle unless given
    #[arg(long)]
    start: Option<Timestamp>,
    /// End of the range (UTC), not included; the last candle unless given
    #[arg(long)]
    end: Option<Timestamp>,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a ExportReport,
    output: &'a str,
}

pub(super) async fn run(
    arguments: ExportArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    let range = TimeRange {
        start: arguments.start.unwrap_or(TimeRange::ALL.start),
        end: arguments.end.unwrap_or(TimeRange::ALL.end),
    };
    if range.is_empty() {
        let message =
            format!("the range is empty: --end {} must lie after --start {}", range.end, range.start);
        return Err(Failure::usage(message));
    }
    let format = arguments.format.unwrap_or_else(|| format_of(&arguments.output));
    // Looked at before anything is read: nobody waits for an export that has nowhere to go.
    let target = Target::open(&arguments.output, format, arguments.force)?;
    if !target.is_file() {
        output.take_standard_output();
    }
    let house = House::open(folders).await?;
    let key = arguments.series.key();
    let cancel = CancellationToken::new();
    cancel_on_interrupt(&cancel);
    let tell = |progress: &ExportProgress| {
        let ExportProgress { rows, at, whole } = progress;
        let share = at.ms_since(whole.start) * 100 / whole.end.ms_since(whole.start).max(1);
        output.progress(&format!("{key}: {rows} candles up to {at} {share:>3} %"), false);
    };
    let exported = export(house.candles.as_ref(), &key, range, format, target, &tell, &cancel).await;
    let (report, target) = match exported {
        Ok(exported) => exported,
        // A reader that has gone, such as `head`, has what it wanted.
        Err(ExportError::Sink(error)) if is_gone(&error, &arguments.output) => return Ok(()),
        Err(error) => return Err(failure(&error, &arguments.output)),
    };
    let is_file = target.is_file();
    target.keep().map_err(|error| failure(&ExportError::Sink(error), &arguments.output))?;
    let document = Document { report: &report, output: &arguments.output };
    let line = summary(&report, &arguments.output);
    match (is_file, output.is_json()) {
        (true, is_json) => {
            output.progress(&format!("{key}: {} candles exported", report.rows), true);
            if is_json { output.json(&document) } else { output.text(&line) }
        }
        (false, true) => output.notice_json(&document),
        (false, false) => {
            output.progress(&line, true);
            Ok(())
        }
    }
}

fn format_of(output: &str) -> ExportFormat {
    let end = Path::new(output).extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase);
    end.and_then(|end| end.parse().ok()).unwrap_or(ExportFormat::Csv)
}

fn is_gone(error: &std::io::Error, output: &str) -> bool {
    output == target::STANDARD_OUTPUT && error.kind() == std::io::ErrorKind::BrokenPipe
}

fn failure(error: &ExportError, output: &str) -> Failure {
    match error {
        ExportError::Nothing(_) => Failure::not_found(format!("{error}; `crypto data list` shows what is")),
        ExportError::Sink(cause) => target::failure(cause, output),
        ExportError::Cancelled => {
            Failure::new(Kind::Failed, "the export was interrupted; no file was written")
        }
        _ => Failure::failed(error.to_string()),
    }
}

fn summary(report: &ExportReport, output: &str) -> String {
    let ExportReport { key, rows, first, last, bytes, .. } = report;
    let place = if output == target::STANDARD_OUTPUT { "standard output" } else { output };
    format!("{key}: {rows} candles from {first} to {last} written to {place} ({} kB)", bytes.div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_says_its_format() {
        for (name, format) in [
            ("out.parquet", ExportFormat::Parquet),
            ("a.b/OUT.PARQUET", ExportFormat::Parquet),
            ("out.csv", ExportFormat::Csv),
            ("out.txt", ExportFormat::Csv),
            ("-", ExportFormat::Csv),
        ] {
            assert_eq!(format_of(name), format, "{name}");
        }
    }
}
