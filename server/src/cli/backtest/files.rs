//! The files of a run: result.json, trades.csv and equity.svg in a folder of its own, replaced by the next run of the same.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use backtest::RunResult;
use tempfile::NamedTempFile;
use types::format;

use crate::output::Failure;
use crate::results::{Overview, write_result};
use crate::services::equity_chart;

/// The file with everything in it.
pub(super) const RESULT: &str = "result.json";

/// Writes the files and returns their paths.
pub(super) fn write(data_folder: &Path, backtest: &str, result: &RunResult) -> Result<Vec<String>, Failure> {
    let series = &result.spec.series;
    // A month's `1M` and a minute's `1m` must not meet on a file system that folds case.
    let interval = if series.interval.as_str() == "1M" { "1mo" } else { series.interval.as_str() };
    let run = format!("{}-{}-{}-{interval}", result.spec.name, series.exchange, series.symbol);
    let folder = data_folder.join("backtests").join(backtest).join(run);
    let failed = |error: io::Error| {
        let remedy = match error.kind() {
            io::ErrorKind::StorageFull => "free some space there",
            _ => "check its permissions",
        };
        let folder = folder.display();
        Failure::failed(format!(
            "cannot write to {folder}: {error}; {remedy}, or name another with --data-dir"
        ))
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let file = |name: &str, content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>| {
        put(&folder, name, content).map_err(failed)
    };
    Ok(vec![
        file(RESULT, &mut |out| write_result(out, result))?,
        file("trades.csv", &mut |out| trades(out, result))?,
        file("equity.svg", &mut |out| out.write_all(equity_chart(&Overview::of(result)).as_bytes()))?,
    ])
}

/// Writes a file aside and renames it, so that a reader sees the old one or the new one. Returns its path.
fn put(
    folder: &Path,
    name: &str,
    content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<String> {
    let path = folder.join(name);
    let mut file = NamedTempFile::new_in(folder)?;
    let mut writer = BufWriter::with_capacity(1 << 18, file.as_file_mut());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.persist(&path).map_err(|error| error.error)?;
    Ok(path.display().to_string())
}

/// Writes the trades, every amount as the exact decimal that it is.
fn trades(out: &mut dyn Write, result: &RunResult) -> io::Result<()> {
    out.write_all(
        b"number,entry_time,exit_time,quantity,entry_price,exit_price,entry_notional,exit_notional,fees,profit,\
         return_on_cost,bars_held,entry_reason,exit_reason\n",
    )?;
    for row in &result.trades {
        let trade = &row.trade;
        let share = row.return_on_cost.map_or_else(String::new, format::plain);
        writeln!(
            out,
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
        )?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
