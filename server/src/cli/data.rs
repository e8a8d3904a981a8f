//! `crypto data list|gaps|repair|fill|resample|export|migrate|delete`: what is stored, what is missing in it, and what can be made of
//! it.

mod delete;
mod export;
mod fill;
mod migrate;
mod repair;
mod resample;

use clap::{Args, Subcommand};
use market_data::{
    ExplainedGap, GapCause, Ledger, ProvenanceCounts, RejectedRow, RevisedCandle, SeriesSummary, explain,
};
use serde::Serialize;
use types::{ExchangeId, Interval, SeriesKey, Symbol, Timestamp};

use crate::output::{Failure, Output, table};
use crate::wiring::{Folders, House};

#[derive(Debug, Subcommand)]
pub(super) enum DataVerb {
    /// List the stored series
    List,
    /// List the holes in a series, with their causes: bars missing between its first and its last
    Gaps(SeriesArguments),
    /// Ask the exchange again for what is missing in a series
    Repair(repair::RepairArguments),
    /// Make flat candles where the exchange has none, marked as synthetic, and take them out again
    Fill(fill::FillArguments),
    /// Make candles of a coarser interval out of stored ones, exactly; what is there already is compared, not overwritten
    Resample(resample::ResampleArguments),
    /// Write a series, or a stretch of it, to a CSV or Parquet file
    Export(export::ExportArguments),
    /// Copy every series from one candle store into the other, read it back and compare
    Migrate(migrate::MigrateArguments),
    /// Delete a series with everything that is noted about it
    Delete(delete::DeleteArguments),
}

/// Names a series on the command line.
#[derive(Debug, Clone, Args)]
pub(super) struct SeriesArguments {
    /// The exchange, as in exchanges.yaml
    #[arg(long)]
    exchange: ExchangeId,
    /// The traded pair, as its exchange writes it
    #[arg(long)]
    symbol: Symbol,
    /// The length of a candle: 1m, 1h, 1d …
    #[arg(long)]
    interval: Interval,
}

impl SeriesArguments {
    pub(super) fn key(&self) -> SeriesKey {
        SeriesKey { exchange: self.exchange.clone(), symbol: self.symbol.clone(), interval: self.interval }
    }
}

#[derive(Debug, Serialize)]
struct GapRow {
    start: String,
    end: String,
    missing: u64,
    #[serde(flatten)]
    cause: GapCause,
}

#[derive(Debug, Serialize)]
struct SeriesDocument<'a> {
    #[serde(flatten)]
    series: &'a SeriesKey,
    first: String,
    last: String,
    rows: u64,
    provenance: ProvenanceCounts,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct GapsDocument {
    #[serde(flatten)]
    series: SeriesKey,
    first: String,
    last: String,
    rows: u64,
    gaps: Vec<GapRow>,
    missing: u64,
    /// Candles whose values changed after they were stored: how many in all, and the latest with both values.
    revised: u64,
    revisions: Vec<RevisedCandle>,
    /// Rows that could not be stored: how many in all, and the latest.
    refused: u64,
    refused_rows: Vec<RejectedRow>,
}

pub(super) async fn run(verb: DataVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    match verb {
        DataVerb::List => list(&House::open(folders).await?, output).await,
        DataVerb::Gaps(series) => gaps(&House::open(folders).await?, &series.key(), output).await,
        DataVerb::Repair(arguments) => repair::run(&House::open(folders).await?, arguments, output).await,
        DataVerb::Fill(arguments) => fill::run(&House::open(folders).await?, arguments, output).await,
        DataVerb::Resample(arguments) => resample::run(&House::open(folders).await?, arguments, output).await,
        DataVerb::Export(arguments) => export::run(arguments, folders, output).await,
        DataVerb::Migrate(arguments) => migrate::run(&arguments, folders, output).await,
        DataVerb::Delete(arguments) => delete::run(arguments, folders, output).await,
    }
}

async fn list(house: &House, output: Output) -> Result<(), Failure> {
    let series = house.candles.series().await.map_err(|error| Failure::failed(error.to_string()))?;
    if output.is_json() {
        return output.json(&series.iter().map(series_document).collect::<Vec<_>>());
    }
    if series.is_empty() {
        return output
            .text("no candles are stored yet: see `crypto ingest --help` and `crypto import --help`");
    }
    let rows: Vec<Vec<String>> = series.iter().map(row).collect();
    output.text(&table(
        &["exchange", "symbol", "interval", "candles", "first (UTC)", "last (UTC)", "from", "kB"],
        &rows,
    ))
}

fn row(series: &SeriesSummary) -> Vec<String> {
    let sources: Vec<String> =
        series.provenance.iter().map(|(provenance, count)| format!("{provenance} {count}")).collect();
    vec![
        series.key.exchange.to_string(),
        series.key.symbol.to_string(),
        series.key.interval.to_string(),
        series.rows.to_string(),
        series.first.to_string(),
        series.last.to_string(),
        sources.join(", "),
        (series.bytes / 1000).to_string(),
    ]
}

fn series_document(series: &SeriesSummary) -> SeriesDocument<'_> {
    SeriesDocument {
        series: &series.key,
        first: series.first.to_rfc3339(),
        last: series.last.to_rfc3339(),
        rows: series.rows,
        provenance: series.provenance,
        bytes: series.bytes,
    }
}

async fn gaps(house: &House, key: &SeriesKey, output: Output) -> Result<(), Failure> {
    let failed = |error: market_data::StoreError| Failure::failed(error.to_string());
    let summary = stored(house, key).await?;
    let gaps = house.candles.gaps(key).await.map_err(failed)?;
    let ledger = house.candles.ledger(key).await.map_err(failed)?;
    let gaps = explain(key.interval, &gaps, &ledger);
    let missing = gaps.iter().map(|part| part.gap.missing).sum();
    if output.is_json() {
        let gaps = gaps.into_iter().map(document).collect();
        let (first, last) = (summary.first.to_rfc3339(), summary.last.to_rfc3339());
        return output.json(&GapsDocument {
            series: key.clone(),
            first,
            last,
            rows: summary.rows,
            gaps,
            missing,
            revised: ledger.revised_candles,
            revisions: ledger.revised,
            refused: ledger.rejected_rows,
            refused_rows: ledger.rejected,
        });
    }
    if gaps.is_empty() {
        return output.text(&format!("{key}: no gaps in {} candles{}", summary.rows, noted(&ledger)));
    }
    let rows: Vec<Vec<String>> = gaps
        .iter()
        .map(|ExplainedGap { gap, cause }| {
            vec![gap.start.to_string(), gap.end.to_string(), gap.missing.to_string(), describe(cause)]
        })
        .collect();
    let listing = table(&["first missing (UTC)", "first back (UTC)", "missing", "cause"], &rows);
    output.text(&format!(
        "{listing}\n{key}: {} gaps, {missing} candles missing of {}{}",
        gaps.len(),
        summary.rows + missing,
        noted(&ledger)
    ))
}

/// Says what else is noted about a series.
fn noted(ledger: &Ledger) -> String {
    let Ledger { revised_candles, rejected_rows, .. } = ledger;
    match (revised_candles, rejected_rows) {
        (0, 0) => String::new(),
        _ => format!("\n{revised_candles} candles revised, {rejected_rows} rows refused (--json lists them)"),
    }
}

/// Returns what is stored of a series, or says that nothing is.
async fn stored(house: &House, key: &SeriesKey) -> Result<SeriesSummary, Failure> {
    let summary = house.candles.summary(key).await.map_err(|error| Failure::failed(error.to_string()))?;
    summary.ok_or_else(|| {
        Failure::not_found(format!("no candles of {key} are stored; `crypto data list` shows what is"))
            .at(key)
    })
}

fn document(part: ExplainedGap) -> GapRow {
    let text = |at: Timestamp| at.to_rfc3339();
    let ExplainedGap { gap, cause } = part;
    GapRow { start: text(gap.start), end: text(gap.end), missing: gap.missing, cause }
}

fn describe(cause: &GapCause) -> String {
    match cause {
        GapCause::Outage { checked_at } => format!("the exchange has none (asked {checked_at})"),
        GapCause::Rejected { reason, rows } => format!("{rows} rows refused: {reason}"),
        GapCause::NotFetched => "not fetched: try `crypto data repair`".to_owned(),
    }
}
