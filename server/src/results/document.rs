//! `result.json`: everything of a result, written as it is made.
//!
//! Invariant: it reads back as the [`RunResult`] that it was. The curve of a long run is nearly all of it, so its columns are written
//! without the serialiser's general machinery; the rest is plain serde.

use std::io::{self, Write};

use backtest::{Account, DataNote, OpenPosition, RunResult, RunSpec, TradeRow};
use metrics::Summary;
use serde::Serialize;
use types::Timestamp;

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

/// Writes the document, with a line end behind it. `out` should be buffered.
pub(crate) fn write_result(out: &mut dyn Write, result: &RunResult) -> io::Result<()> {
    let RunResult { spec, data, metrics, account, open_position, trades, equity } = result;
    write_lean_open(&mut *out, &Rest { spec, data, metrics, account, open_position, trades })?;
    out.write_all(b",\n  \"equity\": {\n    \"time\": ")?;
    write_times(out, &equity.time)?;
    out.write_all(b",\n    \"value\": ")?;
    write_numbers(out, &equity.value)?;
    out.write_all(b",\n    \"close\": ")?;
    write_numbers(out, &equity.close)?;
    out.write_all(b"\n  }\n}\n")
}

/// Bytes collected before they go out: enough for a buffer like the file's to let them pass uncopied.
const CHUNK: usize = 1 << 18;

/// Writes a column, its values put into a buffer one by one.
fn write_column<T: Copy>(
    out: &mut dyn Write,
    values: &[T],
    mut put: impl FnMut(&mut Vec<u8>, T) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(CHUNK.min(values.len() * 8) + 64);
    buffer.push(b'[');
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            buffer.push(b',');
        }
        put(&mut buffer, *value)?;
        if buffer.len() >= CHUNK {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    buffer.push(b']');
    out.write_all(&buffer)
}

fn write_times(out: &mut dyn Write, times: &[Timestamp]) -> io::Result<()> {
    // From one bar to the next mostly the time of day changes and the date stays.
    let (mut text, mut day) = (Vec::new(), None);
    write_column(out, times, |buffer, time| {
        let today = time.floor_day();
        let ms = time.ms_since(today);
        if day == Some(today) && ms % 1000 == 0 && text.len() == WHOLE_SECONDS {
            put_time_of_day(&mut text, ms / 1000);
        } else {
            text.clear();
            text.push(b'"');
            time.append_rfc3339(&mut text);
            text.push(b'"');
            day = Some(today);
        }
        buffer.extend_from_slice(&text);
        Ok(())
    })
}

/// The length of `"2024-01-31T10:00:00Z"`.
const WHOLE_SECONDS: usize = 22;

/// Replaces the time of day in such a text.
fn put_time_of_day(text: &mut [u8], seconds: i64) {
    for (place, value) in [(12, seconds / 3600), (15, seconds / 60 % 60), (18, seconds % 60)] {
        text[place] = digit(value / 10);
        text[place + 1] = digit(value);
    }
}

fn digit(value: i64) -> u8 {
    b'0' + u8::try_from(value.rem_euclid(10)).unwrap_or_default()
}

fn write_numbers(out: &mut dyn Write, values: &[f64]) -> io::Result<()> {
    // Without a position equity stays what it was, bar after bar.
    let mut before = None;
    let mut text = Vec::new();
    write_column(out, values, |buffer, value| {
        if before != Some(value.to_bits()) {
            text.clear();
            serde_json::to_writer(&mut text, &value)?;
            before = Some(value.to_bits());
        }
        buffer.extend_from_slice(&text);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_longer_than_the_buffer_are_whole() {
        let values: Vec<f64> = (0..60_000).map(|step| f64::from(step / 3) + 0.125).collect();
        let mut bytes = Vec::new();
        write_numbers(&mut bytes, &values).expect("it is written to memory");
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), serde_json::to_string(&values).expect("JSON"));
        // Within a day, over its end, with and without milliseconds.
        let odd = [61_000, 61_001, 43_200_000, 86_400_000, 999].iter().flat_map(|step| {
            (0..9_000).map(move |count| Timestamp::from_ms(1_704_067_199_000 + count * step))
        });
        let times: Vec<Timestamp> = odd.collect();
        let mut bytes = Vec::new();
        write_times(&mut bytes, &times).expect("it is written to memory");
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), serde_json::to_string(&times).expect("JSON"));
        let mut bytes = Vec::new();
        write_numbers(&mut bytes, &[]).expect("it is written to memory");
        assert_eq!(bytes, b"[]");
    }
}
