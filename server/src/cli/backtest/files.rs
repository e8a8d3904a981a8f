//! The files of a run: result.json, trades.csv and equity.svg in a folder of its own, replaced by the next run of the same.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use backtest::RunResult;
use tempfile::NamedTempFile;
use types::format;

use crate::output::Failure;
use crate::results::{MarketText, Overview, write_result};
use crate::services::equity_chart;

/// The file with everything in it.
pub(super) const RESULT: &str = "result.json";

/// Writes the files and returns their paths; `market` is what several runs over the same bars say of them.
pub(super) fn write(
    data_folder: &Path,
    backtest: &str,
    result: &RunResult,
    market: Option<&MarketText>,
) -> Result<Vec<String>, Failure> {
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
        file(RESULT, &mut |out| write_result(out, result, market))?,
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
    // Rows are put together without the general machinery: there may be a hundred thousand.
    let mut text = Vec::new();
    for row in &result.trades {
        let trade = &row.trade;
        text.clear();
        write!(text, "{},", row.number)?;
        for at in [trade.entry_time, trade.exit_time] {
            at.append_rfc3339(&mut text);
            text.push(b',');
        }
        trade.quantity.append_decimal(&mut text);
        for price in [row.entry_price, row.exit_price] {
            text.push(b',');
            price.append_decimal(&mut text);
        }
        for amount in [trade.entry_notional, trade.exit_notional, trade.fees, trade.profit] {
            text.push(b',');
            amount.append_decimal(&mut text);
        }
        text.push(b',');
        if let Some(share) = row.return_on_cost {
            text.extend_from_slice(format::plain(share).as_bytes());
        }
        let (entry, exit) = (quoted(&trade.entry_reason), quoted(&trade.exit_reason));
        writeln!(text, ",{},{entry},{exit}", trade.bars_held)?;
        out.write_all(&text)?;
    }
    Ok(())
}

fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}
