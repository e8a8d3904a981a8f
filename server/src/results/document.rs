//! `result.json`: everything of a result, written as it is made.
//!
//! Invariant: it reads back as the [`RunResult`] that it was. The curve of a long run is nearly all of it, and of the curve the columns
//! that the bars give: runs over the same bars share their text.

use std::io::{self, BufWriter, Write};

use backtest::{Account, DataNote, OpenPosition, RunResult, RunSpec, TradeRow};
use metrics::Summary;
use serde::Serialize;

use super::columns::{CHUNK, write_equity, write_prices, write_times};
use super::lean_json::write_lean_open;

/// All of a result but its curve, in the order of [`RunResult`].
#[derive(Serialize)]
struct Rest<'a> {
    spec: &'a RunSpec,
    data: &'a DataNote,
    metrics: &'a Summary,
    account: &'a Account,
    open_position: &'a Option<OpenPosition>,
    trades: &'a [TradeRow],
}

/// What the document says of the bars alone, for several runs over them.
#[derive(Debug)]
pub(crate) struct MarketText {
    time: Vec<u8>,
    close: Vec<u8>,
}

impl MarketText {
    /// Writes it down.
    pub(crate) fn of(result: &RunResult) -> io::Result<Self> {
        let (mut time, mut close) = (Vec::new(), Vec::new());
        write_times(&mut time, &result.equity.time)?;
        write_prices(&mut close, &result.equity.close)?;
        Ok(Self { time, close })
    }
}

/// Writes the document, with a line end behind it. `out` should be buffered; `market` is that of the same bars, if there is one.
pub(crate) fn write_result(
    out: &mut dyn Write,
    result: &RunResult,
    market: Option<&MarketText>,
) -> io::Result<()> {
    let RunResult { spec, data, metrics, account, open_position, trades, equity } = result;
    // A trade is a hundred small pieces: they are put together here, where none of them costs a virtual call.
    let mut pieces = BufWriter::with_capacity(CHUNK, &mut *out);
    write_lean_open(&mut pieces, &Rest { spec, data, metrics, account, open_position, trades })?;
    pieces.into_inner()?;
    out.write_all(b",\n  \"equity\": {\n    \"time\": ")?;
    match market {
        Some(market) => out.write_all(&market.time)?,
        None => write_times(out, &equity.time)?,
    }
    out.write_all(b",\n    \"value\": ")?;
    write_equity(out, &equity.value)?;
    out.write_all(b",\n    \"close\": ")?;
    match market {
        Some(market) => out.write_all(&market.close)?,
        None => write_prices(out, &equity.close)?,
    }
    out.write_all(b"\n  }\n}\n")
}
