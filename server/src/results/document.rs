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

/// Milliseconds: a text for each bar would be nearly half of the document.
fn write_times(out: &mut dyn Write, times: &[Timestamp]) -> io::Result<()> {
    write_column(out, times, |buffer, time| Ok(serde_json::to_writer(buffer, &time.as_ms())?))
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
        let times: Vec<Timestamp> = (0..60_000).map(|minute| Timestamp::from_ms(minute * 60_000)).collect();
        let mut bytes = Vec::new();
        write_times(&mut bytes, &times).expect("it is written to memory");
        assert_eq!(serde_json::from_slice::<Vec<Timestamp>>(&bytes).expect("JSON"), times);
        let mut bytes = Vec::new();
        write_numbers(&mut bytes, &[]).expect("it is written to memory");
        assert_eq!(bytes, b"[]");
    }
}
