//! `crypto data migrate`: every candle from one store into the other, read back and compared.

use std::sync::Arc;

use clap::Args;
use config::StoreKind;
use market_data::{CandleStore, MigrateReport, migrate};

use crate::output::{Failure, Output, table};
use crate::wiring::{Folders, open_candles, read_configuration};

#[derive(Debug, Args)]
pub(crate) struct MigrateArguments {
    /// The store to read: parquet or timescale
    #[arg(long, value_parser = kind)]
    from: StoreKind,
    /// The store to fill: parquet or timescale
    #[arg(long, value_parser = kind)]
    to: StoreKind,
}

fn kind(text: &str) -> Result<StoreKind, String> {
    StoreKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| "write parquet or timescale".to_owned())
}

pub(super) async fn run(
    arguments: &MigrateArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    if arguments.from == arguments.to {
        return Err(Failure::usage("--from and --to name the same store; choose two different ones"));
    }
    let configuration = read_configuration(folders)?;
    let from = open_candles(&configuration, folders, arguments.from).await?;
    let to = open_candles(&configuration, folders, arguments.to).await?;
    let reports = migrate_all(&from, &to, output).await?;
    if output.is_json() {
        output.json(&reports)?;
    } else if reports.is_empty() {
        output.text(&format!("nothing is stored in {}", arguments.from.as_str()))?;
    } else {
        let rows: Vec<Vec<String>> = reports.iter().map(row).collect();
        output.text(&table(&["series", "candles", "added", "verified", "differing"], &rows))?;
    }
    match reports.iter().filter(|report| !report.is_complete()).count() {
        0 => Ok(()),
        count => Err(Failure::failed(format!(
            "{count} series differ between the two stores; what the target says was left as it is"
        ))),
    }
}

async fn migrate_all(
    from: &Arc<dyn CandleStore>,
    to: &Arc<dyn CandleStore>,
    output: Output,
) -> Result<Vec<MigrateReport>, Failure> {
    let failed = |error: market_data::StoreError| Failure::failed(error.to_string());
    let series = from.series().await.map_err(failed)?;
    let mut reports = Vec::with_capacity(series.len());
    for (number, summary) in (1..).zip(&series) {
        output.notice(&format!("{} ({number} of {}): {} candles", summary.key, series.len(), summary.rows));
        reports.push(migrate(from.as_ref(), to.as_ref(), &summary.key).await.map_err(failed)?);
    }
    Ok(reports)
}

fn row(report: &MigrateReport) -> Vec<String> {
    let MigrateReport { key, rows, added, verified, differing, .. } = report;
    vec![key.to_string(), rows.to_string(), added.to_string(), verified.to_string(), differing.to_string()]
}
