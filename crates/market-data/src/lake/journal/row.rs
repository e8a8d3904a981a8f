//! A row of candles as bytes of a journal.
//!
//! Open time; two bits per decimal column that say whether it is missing, in 64 bits at 8 decimals or in 128 bits at 18; the decimals
//! that are there; trades, `i64::MIN` where not known; the provenance's name after its length. Little-endian. A name ends no row in a
//! zero, as the records ask for.

use types::Provenance;

use crate::columns::{Columns, DECIMALS, MISSING_NARROW, MISSING_WIDE, Raw};

const MISSING: u16 = 0;
const NARROW: u16 = 1;
const WIDE: u16 = 2;

/// Appends row `row` of `columns`.
pub(super) fn push(bytes: &mut Vec<u8>, columns: &Columns, row: usize) {
    bytes.extend_from_slice(&columns.open_time[row].to_le_bytes());
    let raws = columns.decimals.each_ref().map(|column| column.raw(row));
    let mut kinds = 0;
    for (column, raw) in raws.iter().enumerate() {
        let kind = match raw {
            None => MISSING,
            Some(Raw::Narrow(_)) => NARROW,
            Some(Raw::Wide(_)) => WIDE,
        };
        kinds |= kind << (2 * column);
    }
    bytes.extend_from_slice(&kinds.to_le_bytes());
    for raw in raws.into_iter().flatten() {
        match raw {
            Raw::Narrow(value) => bytes.extend_from_slice(&value.to_le_bytes()),
            Raw::Wide(value) => bytes.extend_from_slice(&value.to_le_bytes()),
        }
    }
    bytes.extend_from_slice(&columns.trades[row].to_le_bytes());
    let name = columns.source[row].as_str();
    // Names of provenances are a word long.
    bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(name.as_bytes());
}

/// Reads rows until the bytes end; says what is wrong where they are none.
pub(super) fn read(mut bytes: &[u8], into: &mut Columns) -> Result<(), String> {
    while !bytes.is_empty() {
        read_one(&mut bytes, into)?;
    }
    Ok(())
}

fn read_one(bytes: &mut &[u8], into: &mut Columns) -> Result<(), String> {
    let open_time = i64::from_le_bytes(take(bytes)?);
    let kinds = u16::from_le_bytes(take(bytes)?);
    let mut raws = [None; DECIMALS.len()];
    for (column, raw) in raws.iter_mut().enumerate() {
        *raw = match kinds >> (2 * column) & 3 {
            MISSING => None,
            NARROW => Some(Raw::Narrow(i64::from_le_bytes(take(bytes)?)))
                .filter(|&raw| raw != Raw::Narrow(MISSING_NARROW)),
            WIDE => {
                let value = i128::from_le_bytes(take(bytes)?);
                // A wide column holds values, too, that need no such width.
                if value == MISSING_WIDE { None } else { Raw::smallest(value) }
            }
            kind => return Err(format!("{} is of the unknown kind {kind}", DECIMALS[column])),
        };
    }
    let trades = i64::from_le_bytes(take(bytes)?);
    let [length] = take(bytes)?;
    let (name, rest) = bytes.split_at_checked(usize::from(length)).ok_or_else(short)?;
    *bytes = rest;
    let name = std::str::from_utf8(name).map_err(|error| error.to_string())?;
    let source: Provenance = name.parse().map_err(|error: types::ParseProvenanceError| error.to_string())?;
    into.open_time.push(open_time);
    for (column, raw) in into.decimals.iter_mut().zip(raws) {
        column.push(raw);
    }
    into.trades.push(trades);
    into.source.push(source);
    Ok(())
}

fn take<const LENGTH: usize>(bytes: &mut &[u8]) -> Result<[u8; LENGTH], String> {
    let (value, rest) = bytes.split_first_chunk().ok_or_else(short)?;
    *bytes = rest;
    Ok(*value)
}

fn short() -> String {
    "a row ends too early".to_owned()
}

#[cfg(test)]
mod tests {
    use types::{Candle, Timestamp};

    use super::*;

    fn columns() -> Columns {
        let mut columns = Columns::default();
        for (row, value) in ["1.5", "0.000000000000000001", "99999999999999999999"].into_iter().enumerate() {
            let value = value.parse().expect("a decimal");
            let candle = Candle {
                open_time: Timestamp::from_ms(i64::try_from(row).expect("small") * 60_000),
                open: value,
                high: value,
                low: value,
                close: value,
                volume: value,
                quote_volume: (row > 0).then_some(value),
                trades: (row > 1).then_some(u64::MAX / 2),
                taker_buy_base: None,
                taker_buy_quote: Some(value),
            };
            columns.push(&candle, Provenance::ALL[row]).expect("a candle that fits");
        }
        columns
    }

    #[test]
    fn rows_come_back_as_they_were() {
        let columns = columns();
        let mut bytes = Vec::new();
        for row in 0..columns.len() {
            push(&mut bytes, &columns, row);
        }
        let mut read_back = Columns::default();
        read(&bytes, &mut read_back).expect("whole rows");
        assert_eq!(read_back, columns);
        assert_ne!(bytes.last(), Some(&0));
    }

    #[test]
    fn a_row_of_a_wide_column_alone_is_as_narrow_as_it_can_be() {
        let mut bytes = Vec::new();
        push(&mut bytes, &columns(), 0);
        let mut read_back = Columns::default();
        read(&bytes, &mut read_back).expect("a whole row");
        assert!(read_back.is_narrow());
        assert_eq!(read_back.candle(0), columns().candle(0));
    }

    #[test]
    fn rows_that_are_none_are_refused_and_leave_nothing() {
        let mut bytes = Vec::new();
        push(&mut bytes, &columns(), 1);
        for length in 1..bytes.len() {
            let mut into = Columns::default();
            assert!(read(&bytes[..length], &mut into).is_err(), "{length}");
            assert_eq!(into.len(), 0);
        }
        for (at, value, reason) in [(8, 3, "open is of the unknown kind 3"), (bytes.len() - 1, b'x', "x")] {
            let mut wrong = bytes.clone();
            wrong[at] = value;
            let error = read(&wrong, &mut Columns::default()).expect_err("no row");
            assert!(error.contains(reason), "{error}");
        }
    }
}
