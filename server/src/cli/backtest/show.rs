//! A run as text: headline, statistics, an equity sparkline, a comparison.

use std::fmt::Write as _;

use app::backtests::model::{BENCHMARK, verdict_of};
use backtest::{RunResult, RunSpec};
use config::BacktestSpec;
use indexmap::IndexMap;
use metrics::Format;
use serde_json::json;
use types::{Provenance, format};

use crate::output::{Failure, Output, table};
use crate::services::described;

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
    let currency = spec.series.symbol.quote_asset();
    let mut text = String::new();
    let end = result.ended_at();
    let _ = writeln!(
        text,
        "{}: {} ({}) on {}\n{} to {} UTC, {}{}",
        described(&spec.strategy, &spec.params),
        spec.name,
        spec.strategy,
        spec.series,
        result.data.first,
        end,
        format::counted(result.data.bars, "bar", "bars"),
        match result.data.coverage.missing {
            0 => String::new(),
            missing => format!(", {} missing", format::count(missing)),
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
                "SYNTHETIC DATA: {} of its candles were generated, not traded on any market",
                format::count(count)
            );
        } else if provenance == Provenance::Resampled {
            let _ = writeln!(text, "{} of its candles were resampled from finer ones", format::count(count));
        }
    }
    let hold = Some(result.data.market_return).filter(|_| spec.strategy != BENCHMARK);
    let _ = writeln!(text, "\n{}", verdict_of(result.metrics.total_return, hold));
    let _ = writeln!(text, "\n{}", reports::sparkline_text(&sampled(&result.equity.value), SPARKLINE_WIDTH));
    let rows: Vec<Vec<String>> = metrics::catalogue()
        .iter()
        .map(|definition| {
            let value = result.metrics.value(definition.metric);
            let note = result.metrics.withheld.get(&definition.metric).cloned().unwrap_or_default();
            vec![definition.title.to_owned(), definition.format.show_in(value, currency), note]
        })
        .collect();
    text.push_str(&table(&["statistic", "value", ""], &rows));
    let market = format::change(result.data.market_return);
    let _ = writeln!(text, "\nThe market meanwhile: {market} from first open to last close.");
    if let Some(open) = &result.open_position {
        let step = spec.filters.at(end).step_size;
        let _ = writeln!(
            text,
            "Still open: {} {} bought for {} since {}, worth {} at the last close; not among the trades.",
            format::quantity(open.quantity, step),
            spec.series.symbol.base_asset(),
            format::amount_in(open.entry_notional, currency),
            open.entry_time,
            format::amount_in(open.value, currency),
        );
    }
    if result.account.refused_orders > 0 {
        let _ = writeln!(
            text,
            "The order rules of the exchange rejected {}.",
            format::counted(result.account.refused_orders, "order", "orders")
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
        format::percent(data.market_return),
        Format::Ratio.show(metrics.sharpe),
        Format::Percent.show(metrics.max_drawdown),
        format::count(metrics.trades),
        format::count(data.bars),
        format::count(data.coverage.missing),
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
