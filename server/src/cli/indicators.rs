//! `crypto indicators list|compute`: what indicators there are, and their values on stored candles.

use clap::{Args, Subcommand};
use indicators::{IndicatorKind, Pane, ParseIndicatorError, compute, parse, registry};
use serde_json::{Map, Value, json};
use types::{TimeRange, Timestamp};

use super::data::SeriesArguments;
use crate::output::{Failure, Kind, Output, table};
use crate::wiring::{Folders, House};

#[derive(Debug, Subcommand)]
pub(super) enum IndicatorsVerb {
    /// List the indicators with their parameters
    List,
    /// Compute indicators on stored candles: 'sma(20)' 'rsi(14)' …
    Compute(ComputeArguments),
}

#[derive(Debug, Args)]
pub(super) struct ComputeArguments {
    /// What to compute
    #[arg(required = true, value_name = "INDICATOR")]
    indicators: Vec<String>,
    #[command(flatten)]
    series: SeriesArguments,
    /// First open time (UTC)
    #[arg(long)]
    start: Option<Timestamp>,
    /// End of the range (UTC), not included
    #[arg(long)]
    end: Option<Timestamp>,
    /// Show only this many of the last bars as text; JSON always has all
    #[arg(long, default_value_t = 20)]
    last: usize,
}

pub(super) async fn run(verb: IndicatorsVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    match verb {
        IndicatorsVerb::List => list(output),
        IndicatorsVerb::Compute(arguments) => compute_all(arguments, folders, output).await,
    }
}

fn list(output: Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&registry().iter().map(document).collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> = registry()
        .iter()
        .map(|kind| {
            let params: Vec<String> =
                kind.params.iter().map(|param| format!("{} {}", param.name, param.default)).collect();
            vec![kind.name.to_owned(), kind.title.to_owned(), params.join(", "), kind.outputs.join(", ")]
        })
        .collect();
    output.text(&table(&["name", "title", "parameters and defaults", "lines"], &rows))
}

fn document(kind: &IndicatorKind) -> Value {
    let params: Vec<Value> = kind
        .params
        .iter()
        .map(|param| json!({ "name": param.name, "title": param.title, "default": param.default }))
        .collect();
    let pane = match kind.pane {
        Pane::Overlay => "overlay",
        Pane::Separate => "separate",
    };
    json!({ "name": kind.name, "title": kind.title, "pane": pane, "params": params, "lines": kind.outputs })
}

/// Tells an indicator that there is not from one that is written wrongly.
fn unread(text: &str, error: &ParseIndicatorError) -> Failure {
    let kind = match error {
        ParseIndicatorError::Unknown { .. } => Kind::NotFound,
        _ => Kind::Usage,
    };
    Failure::new(kind, format!("'{text}': {error}")).at(text)
}

async fn compute_all(arguments: ComputeArguments, folders: &Folders, output: Output) -> Result<(), Failure> {
    let mut specs = Vec::new();
    for text in &arguments.indicators {
        specs.push((text, parse(text).map_err(|error| unread(text, &error))?));
    }
    let house = House::open(folders).await?;
    let key = arguments.series.key();
    // Everything before the start warms the indicators up; only then is the range cut out.
    let range = TimeRange { end: arguments.end.unwrap_or(TimeRange::ALL.end), ..TimeRange::ALL };
    let loaded = house.candles.bars(&key, range).await.map_err(|error| Failure::failed(error.to_string()))?;
    let bars = loaded.bars;
    let start = arguments.start.unwrap_or(TimeRange::ALL.start);
    let first = bars.open_time().partition_point(|open| *open < start);
    if first == bars.len() {
        return Err(Failure::not_found(format!(
            "no candles of {key} are stored in this range; see `crypto data list`"
        )));
    }
    let mut names = Vec::new();
    let mut columns = Vec::new();
    for (text, spec) in specs {
        let lines =
            compute(&spec, &bars).map_err(|error| Failure::new(Kind::Usage, format!("'{text}': {error}")))?;
        let is_single = lines.len() == 1;
        for line in lines {
            names.push(if is_single { text.clone() } else { format!("{text}.{}", line.name) });
            columns.push(line);
        }
    }
    if output.is_json() {
        let mut document = Map::new();
        let times: Vec<String> = bars.open_time()[first..].iter().map(|at| at.to_rfc3339()).collect();
        document.insert("open_time".into(), json!(times));
        document.insert("close".into(), json!(bars.close()[first..]));
        for (name, column) in names.iter().zip(&columns) {
            let values: Vec<Option<f64>> = column.part(first..bars.len()).collect();
            document.insert(name.clone(), json!(values));
        }
        return output.json(&document);
    }
    let headings: Vec<&str> =
        ["open time (UTC)", "close"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let rows: Vec<Vec<String>> = (first.max(bars.len().saturating_sub(arguments.last))..bars.len())
        .map(|bar| {
            let values = columns.iter().map(|column| column.get(bar).map_or_else(|| "n/a".to_owned(), shown));
            [bars.open_time()[bar].to_string(), bars.close()[bar].to_string()]
                .into_iter()
                .chain(values)
                .collect()
        })
        .collect();
    output.text(&table(&headings, &rows))
}

/// Writes a value with four decimals, or as many as five significant digits need: a moving average of 0.00013692 is not 0.0001.
fn shown(value: f64) -> String {
    const DECIMALS: usize = 4;
    /// Beyond these a value is smaller than any price.
    const MOST: usize = 24;
    let magnitude = value.abs();
    if magnitude >= 1.0 {
        return format!("{value:.DECIMALS$}");
    }
    let needed =
        (0..=MOST).find(|places| magnitude * 10_f64.powi(i32::try_from(*places).unwrap_or(0)) >= 1.0);
    match needed {
        Some(places) => format!("{value:.decimals$}", decimals = places + DECIMALS),
        None => "0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_values_keep_their_digits() {
        for (value, text) in [
            (42_215.79, "42215.7900"),
            (-1.5, "-1.5000"),
            (0.25, "0.25000"),
            (0.000_136_92, "0.00013692"),
            (-0.000_000_412_349, "-0.00000041235"),
            (0.0, "0"),
            (1e-30, "0"),
        ] {
            assert_eq!(shown(value), text);
        }
    }
}
