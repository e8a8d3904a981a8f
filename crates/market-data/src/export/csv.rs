//! Candles as lines of Binance's archives: times in milliseconds, each number as the shortest decimal that is exact, nothing where
//! a value is not known.

use std::io::{self, Write};

use types::{Interval, Timestamp};

use crate::columns::{
    Columns, DecimalColumn, MISSING_NARROW, MISSING_WIDE, NARROW_SCALE, REQUIRED, VOLUME, WIDE_SCALE,
};

/// The header of Binance's archives.
const HEADER: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,\
                      taker_buy_quote_volume,ignore\n";
/// Position of the quote volume among the decimal columns.
const QUOTE_VOLUME: usize = VOLUME + 1;

/// Writes the first line.
pub(super) fn begin(sink: &mut impl Write) -> io::Result<()> {
    sink.write_all(HEADER.as_bytes())
}

/// Writes a line for every candle, straight from the integers of its columns.
pub(super) fn write(sink: &mut impl Write, interval: Interval, columns: &Columns) -> io::Result<()> {
    let mut line = Vec::with_capacity(256);
    for (row, &open) in columns.open_time.iter().enumerate() {
        line.clear();
        let at = Timestamp::from_ms(open);
        push_integer(&mut line, open);
        for column in &columns.decimals[..REQUIRED] {
            line.push(b',');
            if !push_decimal(&mut line, column, row) {
                return Err(io::Error::other(format!("the candle of {at} lacks a price or a volume")));
            }
        }
        line.push(b',');
        // The last millisecond that belongs to the candle, as Binance has it.
        push_integer(&mut line, interval.next_open(at).as_ms() - 1);
        line.push(b',');
        push_decimal(&mut line, &columns.decimals[QUOTE_VOLUME], row);
        line.push(b',');
        if columns.trades[row] != MISSING_NARROW {
            push_integer(&mut line, columns.trades[row]);
        }
        for column in &columns.decimals[QUOTE_VOLUME + 1..] {
            line.push(b',');
            push_decimal(&mut line, column, row);
        }
        line.extend_from_slice(b",0\n");
        sink.write_all(&line)?;
    }
    Ok(())
}

/// Writes a value as the shortest decimal that is exact; writes nothing, and returns `false`, where it is not known.
fn push_decimal(line: &mut Vec<u8>, column: &DecimalColumn, row: usize) -> bool {
    match column {
        DecimalColumn::Narrow(values) if values[row] != MISSING_NARROW => {
            const UNIT: u64 = 10_u64.pow(NARROW_SCALE);
            let magnitude = values[row].unsigned_abs();
            push_sign(line, values[row] < 0);
            push_digits(line, magnitude / UNIT);
            push_fraction(line, magnitude % UNIT, NARROW_SCALE);
            true
        }
        DecimalColumn::Wide(values) if values[row] != MISSING_WIDE => {
            const UNIT: u128 = 10_u128.pow(WIDE_SCALE);
            let magnitude = values[row].unsigned_abs();
            push_sign(line, values[row] < 0);
            // 38 digits, of which 18 stand after the point: both halves fit 64 bits, but for what no store takes.
            let whole = magnitude / UNIT;
            match u64::try_from(whole) {
                Ok(whole) => push_digits(line, whole),
                Err(_) => line.extend_from_slice(whole.to_string().as_bytes()),
            }
            push_fraction(line, u64::try_from(magnitude % UNIT).unwrap_or(0), WIDE_SCALE);
            true
        }
        _ => false,
    }
}

fn push_integer(line: &mut Vec<u8>, value: i64) {
    push_sign(line, value < 0);
    push_digits(line, value.unsigned_abs());
}

fn push_sign(line: &mut Vec<u8>, is_negative: bool) {
    if is_negative {
        line.push(b'-');
    }
}

fn push_digits(line: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    line.extend_from_slice(&digits[at..]);
}

/// Writes what stands after the point, without trailing zeros, and no point where nothing does.
fn push_fraction(line: &mut Vec<u8>, mut fraction: u64, scale: u32) {
    if fraction == 0 {
        return;
    }
    line.push(b'.');
    let start = line.len();
    line.resize(start + scale as usize, b'0');
    for digit in line[start..].iter_mut().rev() {
        *digit = b'0' + u8::try_from(fraction % 10).unwrap_or(0);
        fraction /= 10;
    }
    while line.last() == Some(&b'0') {
        line.pop();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use types::{Candle, Provenance};

    use super::*;

    #[test]
    fn a_line_is_binances_with_blanks_for_what_is_not_known() {
        let price = |text: &str| text.parse::<Decimal>().expect("a decimal");
        let known = Candle {
            open_time: Timestamp::from_ms(1_502_942_400_000),
            open: price("4261.48000000"),
            high: price("4313.62"),
            low: price("4261.32"),
            close: price("4308.83"),
            volume: price("0"),
            quote_volume: Some(price("202366.13839304")),
            trades: Some(171),
            taker_buy_base: Some(price("35.160503")),
            taker_buy_quote: Some(price("0.000000000000000001")),
        };
        let sparse = Candle {
            open_time: Timestamp::from_ms(1_502_946_000_000),
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
            ..known.clone()
        };
        let mut columns = Columns::default();
        for candle in [&known, &sparse] {
            columns.push(candle, Provenance::Exchange).expect("a candle that fits");
        }
        let mut file = Vec::new();
        write(&mut file, Interval::H1, &columns).expect("a file");
        assert_eq!(
            String::from_utf8(file).expect("text"),
            "1502942400000,4261.48,4313.62,4261.32,4308.83,0,1502945999999,202366.13839304,171,35.160503,\
             0.000000000000000001,0\n\
             1502946000000,4261.48,4313.62,4261.32,4308.83,0,1502949599999,,,,,0\n"
        );
    }

    proptest! {
        #[test]
        fn every_value_is_written_as_its_shortest_decimal(digits in 1_i64..i64::MAX, scale in 0_u32..19) {
            let value = Decimal::new(digits, scale);
            let one = Decimal::ONE;
            let candle = Candle {
                open_time: Timestamp::EPOCH,
                open: one,
                high: one,
                low: one,
                close: one,
                volume: value,
                quote_volume: None,
                trades: None,
                taker_buy_base: None,
                taker_buy_quote: None,
            };
            let mut columns = Columns::default();
            prop_assume!(columns.push(&candle, Provenance::Exchange).is_ok());
            let mut line = Vec::new();
            prop_assert!(push_decimal(&mut line, &columns.decimals[VOLUME], 0));
            prop_assert_eq!(String::from_utf8(line).unwrap_or_default(), value.normalize().to_string());
        }
    }
}
