//! `crypto data repair`: asks the exchange again for what is missing.

use clap::Args;
use ingest::RepairReport;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use types::SeriesKey;

use super::SeriesArguments;
use crate::cli::backtest::Terminal;
use crate::cli::cancel_on_interrupt;
use crate::jobs::{RepairJob, perform_repair, repair_summary};
use crate::output::{Failure, Output};
use crate::wiring::House;

#[derive(Debug, Args)]
pub(in crate::cli) struct RepairArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// Ask again for what the exchange is known not to have
    #[arg(long)]
    recheck_outages: bool,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    series: &'a SeriesKey,
    #[serde(flatten)]
    report: &'a RepairReport,
}

pub(super) async fn run(house: &House, arguments: RepairArguments, output: Output) -> Result<(), Failure> {
    let job = RepairJob { series: arguments.series.key(), recheck_outages: arguments.recheck_outages };
    let cancel = CancellationToken::new();
    cancel_on_interrupt(&cancel);
    let report = perform_repair(house, &job, &Terminal { output }, cancel).await?;
    if output.is_json() {
        return output.json(&Document { series: &job.series, report: &report });
    }
    output.text(&repair_summary(&job.series, &report))
}
