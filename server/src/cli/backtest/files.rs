//! The files of a run: result.json, trades.csv and equity.svg in a folder of its own, replaced by the next run of the same.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use backtest::RunResult;
use tempfile::NamedTempFile;

use crate::output::Failure;
use crate::services::equity_chart;

/// Writes the files and returns their paths.
pub(super) fn write(data_folder: &Path, backtest: &str, result: &RunResult) -> Result<Vec<String>, Failure> {
    let series = &result.spec.series;
    // A month's `1M` and a minute's `1m` must not meet on a file system that folds case.
    let interval = if series.interval.as_str() == "1M" { "1mo" } else { series.interval.as_str() };
    let run = format!("{}-{}-{}-{interval}", result.spec.name, series.exchange, series.symbol);
    let folder = data_folder.join("backtests").join(backtest).join(run);
    let failed = |error: std::io::Error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::StorageFull => "free some space there",
            _ => "check its permissions",
        };
        let folder = folder.display();
        Failure::failed(format!(
            "cannot write to {folder}: {error}; {remedy}, or name another with --data-dir"
        ))
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let document =
        serde_json::to_string_pretty(result).map_err(|error| Failure::failed(error.to_string()))?;
    let contents =
        [("result.json", document), ("trades.csv", trades(result)), ("equity.svg", equity_chart(result))];
    let mut paths = Vec::new();
    for (name, content) in contents {
        let path = folder.join(name);
        // Written aside and renamed, so that a reader sees the old file or the new one.
        let mut file = NamedTempFile::new_in(&folder).map_err(failed)?;
        file.write_all(content.as_bytes()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        paths.push(path.display().to_string());
    }
    Ok(paths)
}

fn trades(result: &RunResult) -> String {
    let mut text = String::from(
        "number,entry_time,exit_time,quantity,entry_price,exit_price,entry_notional,exit_notional,fees,profit,\
         return_on_cost,bars_held,entry_reason,exit_reason\n",
    );
    for row in &result.trades {
        let trade = &row.trade;
        let share = row.return_on_cost.map_or_else(String::new, |share| share.to_string());
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{share},{},{},{}",
            row.number,
            trade.entry_time.to_rfc3339(),
            trade.exit_time.to_rfc3339(),
            trade.quantity,
            row.entry_price,
            row.exit_price,
            trade.entry_notional,
            trade.exit_notional,
            trade.fees,
            trade.profit,
            trade.bars_held,
            quoted(&trade.entry_reason),
            quoted(&trade.exit_reason),
        );
    }
    text
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
