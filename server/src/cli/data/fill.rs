//! `crypto data fill`: flat candles where the exchange has none, because the user asks for them.

use clap::Args;
use market_data::{FillReport, FillRules, LeftBecause, fill};
use serde::Serialize;
use types::SeriesKey;

use super::{SeriesArguments, stored};
use crate::output::{Failure, Output};
use crate::wiring::House;

#[derive(Debug, Args)]
pub(in crate::cli) struct FillArguments {
    #[command(flatten)]
    series: SeriesArguments,
    /// Leave holes that lack more candles than this
    #[arg(long, value_name = "CANDLES")]
    longest: Option<u64>,
    /// Fill holes too of which nobody knows whether the exchange has candles there
    #[arg(long)]
    unverified: bool,
    /// Take out again what was filled
    #[arg(long, conflicts_with_all = ["longest", "unverified"])]
    undo: bool,
}

#[derive(Debug, Serialize)]
struct Undone<'a> {
    #[serde(flatten)]
    series: &'a SeriesKey,
    removed: u64,
}

pub(super) async fn run(house: &House, arguments: FillArguments, output: Output) -> Result<(), Failure> {
    let key = arguments.series.key();
    let store = house.candles.as_ref();
    let failed = |error: market_data::StoreError| Failure::failed(error.to_string());
    stored(house, &key).await?;
    if arguments.undo {
        let removed = store.remove_filled(&key).await.map_err(failed)?;
        return if output.is_json() {
            output.json(&Undone { series: &key, removed })
        } else {
            output.text(&match removed {
                0 => format!("{key}: nothing was filled"),
                removed => format!("{key}: {} taken out again", counted(removed, "filled candle")),
            })
        };
    }
    let rules = FillRules { unverified: arguments.unverified, longest: arguments.longest };
    let report = fill(store, &key, rules).await.map_err(failed)?;
    if output.is_json() {
        return output.json(&report);
    }
    output.text(&summary(&report))
}

/// Says what was done and what was left, one sentence a line.
fn summary(report: &FillReport) -> String {
    let key = &report.series;
    let mut lines = vec![match report.filled {
        0 if report.left.is_empty() => format!("{key}: nothing is missing"),
        0 => format!("{key}: nothing was filled"),
        filled => format!(
            "{key}: {} made in {}, marked as synthetic (--undo takes them out again)",
            counted(filled, "flat candle"),
            counted(report.holes, "hole")
        ),
    }];
    let mut left = |because: LeftBecause, text: &str| {
        let holes = report.left.iter().filter(|left| left.left_because == because);
        let missing: Vec<u64> = holes.map(|left| left.hole.gap.missing).collect();
        if !missing.is_empty() {
            let candles: u64 = missing.iter().sum();
            let holes = counted(missing.len() as u64, "hole");
            lines.push(format!("{holes} ({}) left: {text}", counted(candles, "candle")));
        }
    };
    left(
        LeftBecause::NotVerified,
        "nobody knows whether the exchange has them; `crypto data repair` asks, --unverified fills them anyway",
    );
    left(LeftBecause::TooLong, "they are longer than --longest");
    left(LeftBecause::NoPriceBefore, "they begin where another one stays, so there is no price before them");
    lines.join("\n")
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
