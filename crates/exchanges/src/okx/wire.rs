//! OKX's JSON: an envelope around everything, and every number as text.
//!
//! Invariants: decimals are read from their text, never through a float; an error names the row and the cell. Fields that are
//! added later are ignored. It judges no values: that is the page's work.

mod candles;
mod frames;
mod instruments;

use serde::Deserialize;
use types::Timestamp;

use crate::rest::excerpt;

pub(crate) use candles::read_candles;
pub(crate) use frames::{Frame, read_frame};
pub(crate) use instruments::read_instruments;

#[derive(Debug, Deserialize)]
struct Envelope<T> {
    data: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct TimeBody {
    ts: String,
}

/// Reads the answer of `/api/v5/public/time`.
pub(crate) fn read_server_time(body: &[u8]) -> Result<Timestamp, String> {
    let times: Vec<TimeBody> = read_data(body, "time")?;
    let text = times.first().map(|time| time.ts.as_str()).unwrap_or_default();
    text.parse().map(Timestamp::from_ms).map_err(|_| format!("time: ts is '{text}', not milliseconds"))
}

/// Reads what is in the envelope. `place` names the endpoint.
fn read_data<'a, T: Deserialize<'a>>(body: &'a [u8], place: &str) -> Result<Vec<T>, String> {
    serde_json::from_slice::<Envelope<T>>(body)
        .map(|envelope| envelope.data)
        .map_err(|error| format!("{place}: {error}; the answer begins with '{}'", excerpt(body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read_and_nonsense_is_quoted() {
        let time = read_server_time(br#"{"code":"0","msg":"","data":[{"ts":"1597026383085"}]}"#);
        assert_eq!(time, Ok(Timestamp::from_ms(1_597_026_383_085)));
        for (bad, part) in [
            ("<html>hotel wifi</html>", "hotel wifi"),
            (r#"{"code":"0","data":[]}"#, "ts is ''"),
            (r#"{"code":"0","data":[{"ts":"soon"}]}"#, "'soon'"),
        ] {
            let error = read_server_time(bad.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
