//! The rows of candles, newest first: nine texts each, the last one saying whether the candle is final.

use rust_decimal::Decimal;
use types::{Candle, Interval, Timestamp};

use super::read_data;
use crate::protocol::ServedCandle;

/// What the cells are called in messages, in their order.
const CELLS: [&str; 9] = ["ts", "open", "high", "low", "close", "vol", "volCcy", "volCcyQuote", "confirm"];

/// Reads an answer of `/api/v5/market/candles` or `history-candles`, in the order of the open times.
pub(crate) fn read_candles(
    body: &[u8],
    place: &str,
    interval: Interval,
) -> Result<Vec<ServedCandle>, String> {
    let rows: Vec<Vec<String>> = read_data(body, place)?;
    let read = |(index, row): (usize, &Vec<String>)| {
        let (candle, is_final) = read_row(row).map_err(|what| format!("{place} row {index}: {what}"))?;
        Ok(ServedCandle::flagged(candle, interval, is_final))
    };
    let mut served = rows.iter().enumerate().map(read).collect::<Result<Vec<_>, String>>()?;
    served.reverse();
    Ok(served)
}

/// Reads one row: the candle, and whether it is final. More cells than nine are ignored, fewer are an error.
///
/// For spot, `vol` is in base currency and `volCcyQuote` in quote currency. OKX counts no trades and tells no takers.
pub(super) fn read_row(row: &[String]) -> Result<(Candle, bool), String> {
    let [ts, open, high, low, close, vol, _, vol_quote, confirm, ..] = row else {
        return Err(format!("{} cells instead of {}", row.len(), CELLS.len()));
    };
    let candle = Candle {
        open_time: ts
            .parse()
            .map(Timestamp::from_ms)
            .map_err(|_| wrong(0, ts, "milliseconds since the epoch"))?,
        open: decimal(1, open)?,
        high: decimal(2, high)?,
        low: decimal(3, low)?,
        close: decimal(4, close)?,
        volume: decimal(5, vol)?,
        quote_volume: Some(decimal(7, vol_quote)?),
        trades: None,
        taker_buy_base: None,
        taker_buy_quote: None,
    };
    let is_final = match confirm.as_str() {
        "0" => false,
        "1" => true,
        _ => return Err(wrong(8, confirm, "0 or 1")),
    };
    Ok((candle, is_final))
}

fn decimal(at: usize, text: &str) -> Result<Decimal, String> {
    Decimal::from_str_exact(text).map_err(|_| wrong(at, text, "a decimal"))
}

fn wrong(at: usize, text: &str, expected: &str) -> String {
    let shown: String = text.chars().take(40).collect();
    format!("cell {at} ({}) is '{shown}', not {expected}", CELLS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form of OKX's documentation and recorded answers: newest first, the newest one unfinished.
    const BODY: &str = r#"{"code":"0","msg":"","data":[
        ["1702296000000","42343.1","42392","42271","42333.8","168.42235824","7130508.875938553","7130508.875938553","0"],
        ["1702292400000","42383.7","42487","42161.1","42343.1","516.17494457","21845216.861334972","21845216.861334972","1"]]}"#;

    fn read(body: &str) -> Result<Vec<ServedCandle>, String> {
        read_candles(body.as_bytes(), "history-candles", Interval::H1)
    }

    #[test]
    fn rows_come_back_oldest_first_and_to_the_last_digit() {
        let rows = read(BODY).unwrap();
        let opens: Vec<i64> = rows.iter().map(|row| row.candle.open_time.as_ms()).collect();
        assert_eq!(opens, [1_702_292_400_000, 1_702_296_000_000]);
        let candle = &rows[0].candle;
        assert_eq!(candle.open.to_string(), "42383.7");
        assert_eq!(candle.close.to_string(), "42343.1");
        assert_eq!(candle.volume.to_string(), "516.17494457");
        assert_eq!(candle.quote_volume.unwrap().to_string(), "21845216.861334972");
        assert_eq!((candle.trades, candle.taker_buy_base, candle.taker_buy_quote), (None, None, None));
        assert_eq!(rows[0].close_time.as_ms(), 1_702_295_999_999);
        // Not final, whatever the clock says.
        assert_eq!(rows[1].close_time.as_ms(), i64::MAX);
    }

    #[test]
    fn cells_added_later_do_no_harm_and_no_rows_are_no_error() {
        let wider = BODY.replace(r#""1"]"#, r#""1","new"]"#);
        assert_eq!(read(&wider), read(BODY));
        assert_eq!(read(r#"{"code":"0","msg":"","data":[]}"#), Ok(Vec::new()));
    }

    #[test]
    fn a_bad_row_is_named() {
        for (bad, parts) in [
            (BODY.replace(r#","1"]"#, "]"), ["row 1", "8 cells instead of 9"]),
            (BODY.replace("42161.1", "n/a"), ["row 1", "cell 3 (low) is 'n/a'"]),
            (BODY.replace("1702296000000", "now"), ["row 0", "cell 0 (ts)"]),
            (BODY.replace(r#""0"]"#, r#""maybe"]"#), ["row 0", "cell 8 (confirm) is 'maybe'"]),
            ("<html>hotel wifi</html>".to_owned(), ["history-candles", "hotel wifi"]),
        ] {
            let error = read(&bad).unwrap_err();
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
    }
}
