//! A run as text: headline, statistics, an equity sparkline, a comparison.

use std::fmt::Write as _;

use backtest::{RunResult, RunSpec};
use config::BacktestSpec;
use indexmap::IndexMap;
use metrics::Format;
use serde_json::json;
use types::Provenance;

use crate::output::{Failure, Output, table};

const SPARKLINE_WIDTH: usize = 72;

/// Lists what backtests.yaml describes.
pub(super) fn list(backtests: &IndexMap<String, BacktestSpec>, output: Output) -> Result<(), Failure> {
    if output.is_json() {
        let rows: Vec<_> = backtests
            .iter()
            .map(|(name, spec)| {
                json!({
                    "name": name, "title": spec.title, "strategies": spec.strategies, "symbols": spec.symbols,
                    "start": spec.start, "end": spec.end,
                })
            })
            .collect();
        return output.json(&rows);
    }
    let rows: Vec<Vec<String>> = backtests
        .iter()
        .map(|(name, spec)| {
            let symbols: Vec<String> = spec.symbols.iter().map(ToString::to_string).collect();
            let date =
                |at: Option<types::Timestamp>| at.map_or_else(|| "all".to_owned(), types::Timestamp::to_date);
            vec![
                name.clone(),
                spec.strategies.join(", "),
                symbols.join(", "),
                date(spec.start),
                date(spec.end),
            ]
        })
        .collect();
    output.text(&table(&["name", "strategies", "symbols", "start", "end"], &rows))
}

/// Writes one run for a reader.
pub(super) fn run(result: &RunResult) -> String {
    let spec = &result.spec;
    let mut text = String::new();
    let end = result.ended_at();
    let _ = writeln!(
        text,
        "{} ({}) on {}\n{} to {} UTC, {} bars{}",
        spec.name,
        spec.strategy,
        spec.series,
        result.data.first,
        end,
        result.data.bars,
        match result.data.coverage.missing {
            0 => String::new(),
            missing => format!(", {missing} missing"),
        },
    );
    if let Some(missing) = result.data.missing_bars() {
        let _ = writeln!(text, "{} WARNING: {missing}", asked_for(spec));
    }
    let _ = writeln!(text, "Order rules: {}", result.data.rules);
    for (provenance, count) in result.data.provenance.iter() {
        if provenance == Provenance::Synthetic {
            let _ = writeln!(
                text,
                "SYNTHETIC DATA: {count} of its candles were generated, not traded on any market"
            );
        } else if provenance == Provenance::Resampled {
            let _ = writeln!(text, "{count} of its candles were resampled from finer ones");
        }
    }
    let _ = writeln!(text, "\n{}", reports::sparkline_text(&sampled(&result.equity.value), SPARKLINE_WIDTH));
    let rows: Vec<Vec<String>> = metrics::catalogue()
        .iter()
        .map(|definition| {
            let value = result.metrics.value(definition.metric);
            let note = result.metrics.withheld.get(&definition.metric).cloned().unwrap_or_default();
            vec![definition.title.to_owned(), definition.format.show(value), note]
        })
        .collect();
    text.push_str(&table(&["statistic", "value", ""], &rows));
    let market = Format::Percent.show(Some(result.data.market_return));
    let _ = writeln!(text, "\nThe market meanwhile: {market} from first open to last close.");
    if let Some(open) = &result.open_position {
        let _ = writeln!(
            text,
            "Still open: {} bought for {} since {}, worth {} at the last close; not among the trades.",
            open.quantity,
            open.entry_notional.to_decimal().round_dp(2),
            open.entry_time,
            Format::Money.show(Some(open.value)),
        );
    }
    if result.account.refused_orders > 0 {
        let _ = writeln!(
            text,
            "{} orders were rejected by the instrument's rules.",
            result.account.refused_orders
        );
    }
    text
}

/// Returns the last value of each stretch, as many as a sparkline has columns.
fn sampled(values: &[f64]) -> Vec<f64> {
    let columns = SPARKLINE_WIDTH.min(values.len());
    (1..=columns).map(|column| values[column * values.len() / columns - 1]).collect()
}

/// Says which range the configuration asked for.
fn asked_for(spec: &RunSpec) -> String {
    match (spec.start, spec.end) {
        (Some(start), Some(end)) => format!("Asked for: {start} to {end} UTC."),
        (Some(start), None) => format!("Asked for: from {start} UTC on."),
        (None, Some(end)) => format!("Asked for: until {end} UTC."),
        (None, None) => "Asked for: everything stored.".to_owned(),
    }
}

/// Returns the row of a run in a comparison.
pub(super) fn compared(result: &RunResult) -> Vec<String> {
    let (metrics, data) = (&result.metrics, &result.data);
    vec![
        result.spec.name.clone(),
        result.spec.series.symbol.to_string(),
        result.spec.series.interval.to_string(),
        Format::Percent.show(metrics.total_return),
        Format::Percent.show(Some(data.market_return)),
        Format::Ratio.show(metrics.sharpe),
        Format::Percent.show(metrics.max_drawdown),
        metrics.trades.to_string(),
        data.bars.to_string(),
        data.coverage.missing.to_string(),
        data.rules.kind().as_str().to_owned(),
    ]
}

/// Puts several runs side by side.
pub(super) fn comparison(rows: &[Vec<String>]) -> String {
    let headings = [
        "strategy",
        "symbol",
        "interval",
        "return",
        "market",
        "Sharpe",
        "max drawdown",
        "trades",
        "bars",
        "missing",
        "order rules",
    ];
    table(&headings, rows)
}
