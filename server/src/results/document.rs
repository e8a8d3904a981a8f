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

/// Bytes collected before they go out.
const CHUNK: usize = 1 << 16;

/// Writes a column, its values put into a buffer one by one.
fn write_column<T: Copy>(
    out: &mut dyn Write,
    values: &[T],
    mut put: impl FnMut(&mut Vec<u8>, T) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(CHUNK + 64);
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
    let mut before = f64::NAN;
    let mut text = Vec::new();
    write_column(out, values, |buffer, value| {
        if value.to_bits() != before.to_bits() {
            text.clear();
            put_number(&mut text, value)?;
            before = value;
        }
        buffer.extend_from_slice(&text);
        Ok(())
    })
}

/// Writes a number as serde_json does. Prices have few decimals, for which there is a shorter way to the same text.
fn put_number(text: &mut Vec<u8>, value: f64) -> io::Result<()> {
    let hundredths = (value * 100.0).round();
    #[expect(
        clippy::float_cmp,
        reason = "the short way must give back the same bits, or the long one is taken"
    )]
    if (1.0..1e13).contains(&hundredths) && hundredths / 100.0 == value {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number from 1 to 10^13")]
        put_hundredths(text, hundredths as i64);
        return Ok(());
    }
    serde_json::to_writer(text, &value).map_err(io::Error::from)
}

fn put_hundredths(text: &mut Vec<u8>, hundredths: i64) {
    let (mut whole, decimals) = (hundredths / 100, hundredths % 100);
    let start = text.len();
    while whole > 0 || text.len() == start {
        text.push(digit(whole));
        whole /= 10;
    }
    text[start..].reverse();
    text.push(b'.');
    text.push(digit(decimals / 10));
    if decimals % 10 > 0 {
        text.push(digit(decimals));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: f64) -> String {
        let mut text = Vec::new();
        put_number(&mut text, value).expect("it is written to memory");
        String::from_utf8(text).expect("digits")
    }

    #[test]
    fn numbers_are_written_as_serde_json_writes_them() {
        let fixed = [
            0.0,
            -0.0,
            0.01,
            0.1,
            0.05,
            1.0,
            10.0,
            98.0,
            60_123.45,
            0.001,
            1e13,
            1e14,
            123e9,
            -5.25,
            f64::NAN,
            1e300,
        ];
        let many = (0..100_000_u32).map(|step| f64::from(step) * 0.37);
        for value in fixed.into_iter().chain(many) {
            assert_eq!(text(value), serde_json::to_string(&value).expect("JSON"), "{value}");
        }
    }

    #[test]
    fn columns_longer_than_the_buffer_are_whole() {
        let values: Vec<f64> = (0..20_000).map(|step| f64::from(step / 3) + 0.125).collect();
        let mut bytes = Vec::new();
        write_numbers(&mut bytes, &values).expect("it is written to memory");
        assert_eq!(serde_json::from_slice::<Vec<f64>>(&bytes).expect("JSON"), values);
        // Within a day, over its end, with and without milliseconds.
        let odd = [61_000, 61_001, 43_200_000, 86_400_000, 999].iter().flat_map(|step| {
            (0..3_000).map(move |count| Timestamp::from_ms(1_704_067_199_000 + count * step))
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
