//! The rows of klines: twelve cells each, times in milliseconds, amounts as text.
//!
//! Invariant: what an answer means is said here, cell by cell on a tree of values. [`scan`] reads the form that Binance writes into
//! columns without building one; whatever it does not know for sure is read here, so there is one definition and one set of messages.

mod scan;

use rust_decimal::Decimal;
use serde_json::Value;
use types::{Candle, Timestamp};

use super::read_json;
use crate::protocol::ServedCandle;

pub(crate) use scan::scan_klines;

/// What the cells are called in messages, in their order.
const CELLS: [&str; 12] = [
    "open time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close time",
    "quote volume",
    "trades",
    "taker base volume",
    "taker quote volume",
    "unused",
];

/// Reads the answer of `/api/v3/klines`. More cells than twelve are ignored, fewer are an error.
pub(crate) fn read_klines(body: &[u8]) -> Result<Vec<ServedCandle>, String> {
    let rows: Vec<Value> = read_json(body, "klines")?;
    rows.iter()
        .enumerate()
        .map(|(index, row)| read_row(row).map_err(|what| format!("klines row {index}: {what}")))
        .collect()
}

fn read_row(row: &Value) -> Result<ServedCandle, String> {
    let Value::Array(cells) = row else {
        return Err(format!("{} is no row of cells", shortened(row)));
    };
    if cells.len() < CELLS.len() {
        return Err(format!("{} cells instead of {}", cells.len(), CELLS.len()));
    }
    let candle = Candle {
        open_time: time(cells, 0)?,
        open: decimal(cells, 1)?,
        high: decimal(cells, 2)?,
        low: decimal(cells, 3)?,
        close: decimal(cells, 4)?,
        volume: decimal(cells, 5)?,
        quote_volume: Some(decimal(cells, 7)?),
        trades: Some(count(cells, 8)?),
        taker_buy_base: Some(decimal(cells, 9)?),
        taker_buy_quote: Some(decimal(cells, 10)?),
    };
    Ok(ServedCandle { candle, close_time: time(cells, 6)? })
}

fn time(cells: &[Value], at: usize) -> Result<Timestamp, String> {
    let cell = &cells[at];
    cell.as_i64().map(Timestamp::from_ms).ok_or_else(|| wrong(at, cell, "milliseconds since the epoch"))
}

fn count(cells: &[Value], at: usize) -> Result<u64, String> {
    let cell = &cells[at];
    cell.as_u64().ok_or_else(|| wrong(at, cell, "a count"))
}

fn decimal(cells: &[Value], at: usize) -> Result<Decimal, String> {
    let cell = &cells[at];
    cell.as_str()
        .and_then(|text| Decimal::from_str_exact(text).ok())
        .ok_or_else(|| wrong(at, cell, "a decimal in quotes"))
}

fn wrong(at: usize, cell: &Value, expected: &str) -> String {
    format!("cell {at} ({}) is {}, not {expected}", CELLS[at], shortened(cell))
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",
        1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"]"#;

    fn rows(body: &str) -> Vec<ServedCandle> {
        read_klines(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_row_is_read_to_the_last_digit() {
        let rows = rows(&format!("[{ROW}]"));
        let candle = &rows[0].candle;
        assert_eq!(candle.open_time, Timestamp::from_ms(1_499_040_000_000));
        assert_eq!(rows[0].close_time, Timestamp::from_ms(1_499_644_799_999));
        // Trailing zeros are kept: the text comes back as it was.
        assert_eq!(candle.open.to_string(), "0.01634790");
        assert_eq!(candle.high.to_string(), "0.80000000");
        assert_eq!(candle.low.to_string(), "0.01575800");
        assert_eq!(candle.close.to_string(), "0.01577100");
        assert_eq!(candle.volume.to_string(), "148976.11427815");
        assert_eq!(candle.quote_volume.unwrap().to_string(), "2434.19055334");
        assert_eq!(candle.trades, Some(308));
        assert_eq!(candle.taker_buy_base.unwrap().to_string(), "1756.87402397");
        assert_eq!(candle.taker_buy_quote.unwrap().to_string(), "28.46694368");
    }

    #[test]
    fn columns_added_later_do_no_harm() {
        let wider = ROW.replace(r#""0"]"#, r#""0",{"new":1},null]"#);
        assert_eq!(rows(&format!("[{wider}]")), rows(&format!("[{ROW}]")));
        assert_eq!(rows("[]"), []);
    }

    #[test]
    fn a_bad_row_is_named() {
        for (bad, parts) in [
            (r"[1499040000000]".to_owned(), ["row 1", "1 cells instead of 12"]),
            (r#"{"t":1}"#.to_owned(), ["row 1", "no row of cells"]),
            (ROW.replace(r#""0.01634790""#, "0.01634790"), ["cell 1 (open)", "in quotes"]),
            (ROW.replace(r#""0.80000000""#, r#""n/a""#), ["cell 2 (high)", "n/a"]),
            (ROW.replace("1499040000000", r#""1499040000000""#), ["cell 0 (open time)", "milliseconds"]),
            (ROW.replace("308", "-1"), ["cell 8 (trades)", "-1"]),
            (ROW.replace("28.46694368", &"9".repeat(40)), ["cell 10", "decimal"]),
        ] {
            let error = read_klines(format!("[{ROW},{bad}]").as_bytes()).unwrap_err();
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
        let error = read_klines(br#"{"code":0}"#).unwrap_err();
        assert!(error.contains("klines") && error.contains(r#"{"code":0}"#), "{error}");
    }
}
