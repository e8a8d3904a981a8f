//! `crypto data resample`: coarser candles out of finer ones that are stored.

use clap::Args;
use market_data::{Holes, ResampleError, ResampleReport, resample};
use types::{Interval, TimeRange, Timestamp};

use super::SeriesArguments;
use crate::output::{Failure, Output};
use crate::wiring::{House, now};

#[derive(Debug, Args)]
pub(crate) struct ResampleArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// The coarser interval: 5m, 1h, 1d, 1w, 1M …
    #[arg(long)]
    to: Interval,
    /// First open time (UTC); from the first candle unless given
    #[arg(long)]
    start: Option<Timestamp>,
    /// End of the range (UTC), not included; the last candle unless given
    #[arg(long)]
    end: Option<Timestamp>,
    /// Make bars of which finer ones are missing too; right where the exchange was out, when nothing was traded
    #[arg(long)]
    with_holes: bool,
}

pub(super) async fn run(house: &House, arguments: ResampleArguments, output: Output) -> Result<(), Failure> {
    let range = TimeRange {
        start: arguments.start.unwrap_or(TimeRange::ALL.start),
        end: arguments.end.unwrap_or(TimeRange::ALL.end),
    };
    if range.is_empty() {
        let message =
            format!("the range is empty: --end {} must lie after --start {}", range.end, range.start);
        return Err(Failure::usage(message));
    }
    let holes = if arguments.with_holes { Holes::Accept } else { Holes::LeaveOut };
    let key = arguments.series.key();
    let report = resample(house.candles.as_ref(), &key, arguments.to, range, holes, now())
        .await
        .map_err(|error| failure(&error))?;
    if output.is_json() {
        return output.json(&report);
    }
    output.text(&summary(&report, holes))
}

fn failure(error: &ResampleError) -> Failure {
    match error {
        ResampleError::Intervals { .. } => Failure::usage(error.to_string()),
        ResampleError::Nothing(_) => Failure::not_found(format!("{error}; `crypto data list` shows what is")),
        _ => Failure::failed(error.to_string()),
    }
}

/// Says what was done, one sentence a line, and nothing about what did not happen.
fn summary(report: &ResampleReport, holes: Holes) -> String {
    let ResampleReport { from, to, read, added, .. } = report;
    let mut lines = vec![format!("{to}: {added} candles made of {read} of {}", from.interval)];
    if report.remade > 0 {
        lines.push(format!("{} made again, because the candles below them changed", report.remade));
    }
    if report.confirmed > 0 {
        lines.push(format!("{} that were there already agree", report.confirmed));
    }
    if report.differing > 0 {
        let first = times(&report.differing_at);
        lines.push(format!(
            "{} that were published or imported differ and were left as they are: {first}",
            report.differing
        ));
    }
    if report.incomplete > 0 {
        let first = times(&report.incomplete_at);
        lines.push(match holes {
            Holes::Accept => format!("{} have holes: {first}", report.incomplete),
            Holes::LeaveOut => format!(
                "{} have holes and were left out (--with-holes makes them too): {first}",
                report.incomplete
            ),
        });
    }
    if let Some(at) = report.begins_inside {
        lines.push(format!(
            "not made: the bar of {at}, because the {} candles begin in its middle",
            from.interval
        ));
    }
    if let Some(at) = report.unfinished {
        lines
            .push(format!("not made: the bar of {at}, which closes after the last {} candle", from.interval));
    }
    lines.join("\n")
}

fn times(first: &[Timestamp]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = first.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if first.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
