//! Columns of `result.json`: a million times and numbers are nearly all of the document, so they are written without the serialiser.
//!
//! Invariant: the bytes are those that `serde_json` writes.

use std::io::{self, Write};

use types::Timestamp;
use types::digits::{EIGHT_DIGITS, eight_digits, zeros_before, zeros_behind};

/// Bytes collected before they go out: enough for a buffer like the file's to let them pass uncopied.
pub(super) const CHUNK: usize = 1 << 18;
/// Room for one value, the mark before it included: the longest number has 24 bytes.
const ROOM: usize = 32;

/// Writes times as milliseconds: a text for each bar would be nearly half of the document.
pub(super) fn write_times(out: &mut dyn Write, times: &[Timestamp]) -> io::Result<()> {
    // Neighbours differ in their last eight digits, which cover a day.
    const BACK: i64 = EIGHT_DIGITS.cast_signed();
    let (mut front, mut text, mut length) = (0, [0; 8], 0);
    write_column(out, times, |room, time| {
        let ms = time.as_ms();
        if !(BACK..BACK * BACK).contains(&ms) {
            return put_json(room, &ms);
        }
        if front != ms / BACK {
            front = ms / BACK;
            length = put_json(&mut text, &front)?;
        }
        room[..8].copy_from_slice(&text);
        room[length..length + 8].copy_from_slice(&eight_digits(ms.unsigned_abs()));
        Ok(length + 8)
    })
}

/// Writes numbers of which many are equal to the one before: without a position equity stays what it was, bar after bar.
pub(super) fn write_equity(out: &mut dyn Write, values: &[f64]) -> io::Result<()> {
    let (mut before, mut text, mut length) = (None, [0; ROOM - 1], 0);
    write_column(out, values, |room, value| {
        if before != Some(value.to_bits()) {
            before = Some(value.to_bits());
            length = put_json(&mut text, &value)?;
        }
        room.copy_from_slice(&text);
        Ok(length)
    })
}

/// Writes numbers of which most have few decimals.
pub(super) fn write_prices(out: &mut dyn Write, values: &[f64]) -> io::Result<()> {
    write_column(out, values, |room, value| match put_decimal(room, value) {
        Some(length) => Ok(length),
        None => put_json(room, &value),
    })
}

/// Writes a column. `put` writes a value at the start of the room that it is given and returns how long it is.
fn write_column<T: Copy>(
    out: &mut dyn Write,
    values: &[T],
    mut put: impl FnMut(&mut [u8], T) -> io::Result<usize>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK.min(values.len() * ROOM) + ROOM];
    let mut length = 0;
    let mut mark = b'[';
    for value in values {
        let room = &mut chunk[length..length + ROOM];
        room[0] = mark;
        length += 1 + put(&mut room[1..], *value)?;
        mark = b',';
        if length >= CHUNK {
            out.write_all(&chunk[..length])?;
            length = 0;
        }
    }
    out.write_all(&chunk[..length])?;
    out.write_all(if values.is_empty() { b"[]" } else { b"]" })
}

fn put_json(mut room: &mut [u8], value: &impl serde::Serialize) -> io::Result<usize> {
    let before = room.len();
    serde_json::to_writer(&mut room, value)?;
    Ok(before - room.len())
}

/// Writes a number that is a decimal of at most seven digits before the point and eight behind it, as published prices are; returns how
/// long it is. Such a decimal has at most fifteen digits, and no two of those share an `f64`: it is the shortest text of this one.
fn put_decimal(room: &mut [u8], value: f64) -> Option<usize> {
    // Smaller ones are written with an exponent.
    if !(0.001..9_999_999.0).contains(&value) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10^15 and positive")]
    let units = (value * 1e8 + 0.5) as u64;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exact below 2^53, or refused")]
    if units as f64 / 1e8 != value {
        return None;
    }
    let (whole, decimals) = (eight_digits(units / EIGHT_DIGITS), eight_digits(units));
    let start = zeros_before(whole);
    let point = 8 - start;
    // Moved to the front as one number, which is cheaper than copying as many digits as there are.
    room[..8].copy_from_slice(&(u64::from_le_bytes(whole) >> (8 * start)).to_le_bytes());
    room[point] = b'.';
    room[point + 1..point + 9].copy_from_slice(&decimals);
    Some(point + 9 - zeros_behind(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes).expect("it is written to memory");
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn columns_longer_than_the_buffer_are_whole() {
        let values: Vec<f64> = (0..60_000).map(|step| f64::from(step / 3) + 0.125).collect();
        let json = serde_json::to_string(&values).expect("JSON");
        assert_eq!(written(|out| write_equity(out, &values)), json);
        assert_eq!(written(|out| write_prices(out, &values)), json);
        let times: Vec<i64> = (0..60_000).map(|minute| 1_577_836_800_000 + minute * 60_000).collect();
        let stamps: Vec<Timestamp> = times.iter().copied().map(Timestamp::from_ms).collect();
        assert_eq!(written(|out| write_times(out, &stamps)), serde_json::to_string(&times).expect("JSON"));
        assert_eq!(written(|out| write_equity(out, &[])), "[]");
    }

    #[test]
    fn odd_times_and_numbers_are_written_as_the_serialiser_does() {
        let times = [-1, 0, 99_999_999, 100_000_000, 1_600_000_000_000, i64::MIN, i64::MAX];
        let stamps = times.map(Timestamp::from_ms);
        assert_eq!(written(|out| write_times(out, &stamps)), serde_json::to_string(&times).expect("JSON"));
        let mut values = vec![
            0.0,
            -0.0,
            1.0,
            10.0,
            9_999_998.999_999_99,
            9_999_999.0,
            1e15,
            1e16,
            1e300,
            5e-324,
            0.001,
            0.000_1,
            0.1 + 0.2,
            1.0 / 3.0,
            123.456_789_01,
            123.456_789_012,
            f64::NAN,
            f64::INFINITY,
            -5.25,
        ];
        // Decimals of every length, and their neighbours, which are none.
        for digits in 0..9 {
            for step in 1..400 {
                let value = f64::from(step * 7_919) / 10_f64.powi(digits);
                values.extend([value, value.next_up(), value.next_down()]);
            }
        }
        let json = serde_json::to_string(&values).expect("JSON");
        assert_eq!(written(|out| write_prices(out, &values)), json);
        assert_eq!(written(|out| write_equity(out, &values)), json);
    }
}
