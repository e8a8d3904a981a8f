//! `crypto import FILE…`: candles out of files.

use std::path::PathBuf;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::backtest::Terminal;
use super::data::SeriesArguments;
use crate::jobs::{AskedIn, ImportOrder, import_summary, perform_import};
use crate::output::{Failure, Output};
use crate::wiring::{Folders, House};

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// Files as Binance publishes them: .csv, .csv.gz or .zip, with or without a header
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    series: SeriesArguments,
    /// Replace stored candles even where nearly all of them say something else, as those of another market do
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(
    arguments: ImportArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    let house = House::open(folders).await?;
    let cancel = CancellationToken::new();
    super::cancel_on_interrupt(&cancel);
    let watch = Terminal { output };
    let order = ImportOrder {
        series: arguments.series.key(),
        files: arguments.files.into_iter().map(Into::into).collect(),
        replace: arguments.replace,
        asked_in: AskedIn::CommandLine,
    };
    let report = perform_import(&house, &order, &watch, &cancel).await?;
    if output.is_json() {
        return output.json(&report);
    }
    output.text(&import_summary(&report))
}
