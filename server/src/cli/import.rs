//! `crypto import FILE…`: candles out of files.

use std::path::PathBuf;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::backtest::Terminal;
use super::data::SeriesArguments;
use crate::jobs::{import_summary, perform_import};
use crate::output::{Failure, Output};
use crate::wiring::{Folders, House};

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// Files as Binance publishes them: .csv, .csv.gz or .zip, with or without a header
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    series: SeriesArguments,
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
    let report = perform_import(&house, &arguments.series.key(), &arguments.files, &watch, &cancel).await?;
    if output.is_json() {
        return output.json(&report);
    }
    output.text(&import_summary(&report))
}
