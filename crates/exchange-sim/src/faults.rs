//! Misbehaviour on request: what the next klines answers, or the streams, are to get wrong.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One misbehaviour. All but the last two wait in a queue; each klines request takes the first and suffers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// HTTP 429, code -1003, with this Retry-After.
    RateLimited {
        /// Seconds to wait.
        retry_after_secs: u32,
    },
    /// HTTP 418, code -1003, with this Retry-After.
    Banned {
        /// Seconds to wait.
        retry_after_secs: u32,
    },
    /// HTTP 500, code -1000.
    ServerError,
    /// HTTP 503, code -1008.
    Overloaded,
    /// The full length is announced, half of the body is sent, the connection is cut.
    CutBody,
    /// No more than this many rows, however many were asked for.
    ShortPage {
        /// Rows left, the oldest ones.
        rows: usize,
    },
    /// The answer is right but late.
    Latency {
        /// Milliseconds of real time.
        ms: u32,
    },
    /// The unfinished candle is left out.
    DropUnfinished,
    /// The first rows of the page appear twice.
    DuplicateRows {
        /// How many.
        count: usize,
    },
    /// The page is in reverse.
    OutOfOrder,
    /// All open stream connections are cut at once, without a close frame.
    DisconnectStreams,
    /// The next frame with `x = true` on any stream is not sent.
    SkipClosingFrame,
}

/// Reads what `POST /sim/faults` was sent: one fault or a list; `times` repeats one.
pub(crate) fn parse(body: &[u8]) -> Result<Vec<Fault>, String> {
    const MOST: u64 = 10_000;
    let json: Value =
        serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
    let entries = match json {
        Value::Array(entries) => entries,
        single => vec![single],
    };
    let mut faults = Vec::new();
    for (index, mut entry) in entries.into_iter().enumerate() {
        let times = entry.as_object_mut().and_then(|object| object.shift_remove("times"));
        let times = times.map_or(Some(1), |times| times.as_u64().filter(|times| *times <= MOST));
        let times =
            times.ok_or_else(|| format!("fault {index}: 'times' must be a whole number up to {MOST}"))?;
        let fault: Fault =
            serde_json::from_value(entry).map_err(|error| format!("fault {index}: {error}"))?;
        faults.extend((0..times).map(|_| fault.clone()));
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_or_many_are_read() {
        let one = parse(br#"{"kind":"rate_limited","retry_after_secs":3,"times":2}"#).unwrap();
        assert_eq!(one, vec![Fault::RateLimited { retry_after_secs: 3 }; 2]);
        let many = parse(br#"[{"kind":"cut_body"},{"kind":"short_page","rows":5}]"#).unwrap();
        assert_eq!(many, [Fault::CutBody, Fault::ShortPage { rows: 5 }]);
    }

    #[test]
    fn nonsense_is_refused_with_its_place() {
        for (body, part) in [
            ("{", "no JSON"),
            (r#"[{"kind":"cut_body"},{"kind":"fire"}]"#, "fault 1"),
            (r#"{"kind":"short_page"}"#, "rows"),
            (r#"{"kind":"server_error","times":-1}"#, "times"),
        ] {
            let error = parse(body.as_bytes()).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
