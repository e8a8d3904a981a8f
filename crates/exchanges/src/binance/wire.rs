//! Binance's JSON, read strictly where it becomes a candle and tolerantly where Binance keeps adding fields.
//!
//! Invariants: decimals are read from their text, never through a float; an error names the row and the cell.
//! It judges no values: that is the page's work.

mod frames;
mod info;
mod klines;

use serde::Deserialize;
use types::Timestamp;

use crate::rest::excerpt;

pub(crate) use frames::{Frame, read_frame};
pub(crate) use info::read_instruments;
pub(crate) use klines::{read_klines, scan_klines};

#[derive(Debug, Deserialize)]
struct TimeBody {
    #[serde(rename = "serverTime")]
    server_time: i64,
}

/// Reads the answer of `/api/v3/time`.
pub(crate) fn read_server_time(body: &[u8]) -> Result<Timestamp, String> {
    let time: TimeBody = read_json(body, "time")?;
    Ok(Timestamp::from_ms(time.server_time))
}

fn read_json<'a, T: Deserialize<'a>>(body: &'a [u8], path: &str) -> Result<T, String> {
    serde_json::from_slice(body)
        .map_err(|error| format!("{path}: {error}; the answer begins with '{}'", excerpt(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read_and_nonsense_is_quoted() {
        assert_eq!(
            read_server_time(br#"{"serverTime":1499827319559,"new":1}"#),
            Ok(Timestamp::from_ms(1_499_827_319_559))
        );
        let error = read_server_time(b"<html>hotel wifi</html>").unwrap_err();
        assert!(error.contains("hotel wifi"), "{error}");
    }
}
