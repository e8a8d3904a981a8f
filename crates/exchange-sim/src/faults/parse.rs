//! Reads what `POST /sim/faults` is sent.

use serde_json::Value;

use crate::faults::Fault;

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
    use types::Timestamp;

    use super::*;

    #[test]
    fn one_fault_or_many_are_read() {
        let one = parse(br#"{"kind":"rate_limited","retry_after_secs":3,"times":2}"#).unwrap();
        assert_eq!(one, vec![Fault::RateLimited { retry_after_secs: 3 }; 2]);
        let many = parse(br#"[{"kind":"cut_body"},{"kind":"short_page","rows":5}]"#).unwrap();
        assert_eq!(many, [Fault::CutBody, Fault::ShortPage { rows: 5 }]);
    }

    #[test]
    fn faults_of_streams_and_of_the_exchange_are_read() {
        let skips = parse(br#"{"kind":"skip_closing_frame","times":3}"#).unwrap();
        assert_eq!(skips, vec![Fault::SkipClosingFrame; 3]);
        let text = r#"[{"kind":"delay_frames","ms":40,"count":2},{"kind":"server_shutdown","after_ms":5},
            {"kind":"ban","secs":9},{"kind":"revise","symbol":"BTCUSDT","open_time":60000},
            {"kind":"revise","symbol":"BTCUSDT","open_time":"1970-01-01T00:01:00Z"}]"#;
        let revised =
            Fault::Revise { symbol: "BTCUSDT".parse().unwrap(), open_time: Timestamp::from_ms(60_000) };
        let read = parse(text.as_bytes()).unwrap();
        assert_eq!(
            read,
            [
                Fault::DelayFrames { ms: 40, count: 2 },
                Fault::ServerShutdown { after_ms: 5 },
                Fault::Ban { secs: 9 },
                revised.clone(),
                revised
            ]
        );
        // What is listed can be sent again.
        assert_eq!(parse(serde_json::to_string(&read).unwrap().as_bytes()), Ok(read));
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
