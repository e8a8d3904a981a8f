//! `crypto ingest`: candles from an exchange.

use clap::Args;
use tokio_util::sync::CancellationToken;
use types::Timestamp;

use super::backtest::Terminal;
use super::data::SeriesArguments;
use crate::jobs::{IngestJob, ingest_summary, perform_ingest};
use crate::output::{Failure, Kind, Output};
use crate::wiring::{Folders, House, now};

#[derive(Debug, Args)]
pub(super) struct IngestArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// The last so many days
    #[arg(long, default_value_t = 365, conflicts_with = "start", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// First open time (UTC), instead of --days
    #[arg(long)]
    start: Option<Timestamp>,
    /// End of the range (UTC), not included; the last closed candle unless given
    #[arg(long)]
    end: Option<Timestamp>,
}

pub(super) async fn run(
    arguments: IngestArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    let house = House::open(folders).await?;
    let days_ago = now().plus_ms(-i64::from(arguments.days) * Timestamp::DAY_MS);
    let start = arguments.start.unwrap_or_else(|| days_ago.floor_day());
    if let Some(end) = arguments.end
        && end <= start
    {
        let message = format!("the range is empty: --end {end} must lie after the start {start}");
        return Err(Failure::new(Kind::Usage, message));
    }
    let job = IngestJob { series: arguments.series.key(), start, end: arguments.end };
    let cancel = CancellationToken::new();
    super::cancel_on_interrupt(&cancel);
    let report = perform_ingest(&house, &job, &Terminal { output }, cancel).await?;
    if output.is_json() {
        return output.json(&report);
    }
    output.text(&ingest_summary(&report))
}
