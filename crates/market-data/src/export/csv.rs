//! Candles as lines of Binance's archives: times in milliseconds, each number as the shortest decimal that is exact, nothing where
//! a value is not known.

use std::fmt::Write as _;
use std::io::{self, Write};

use rust_decimal::Decimal;
use types::{Candle, Interval};

use crate::columns::Columns;

/// The header of Binance's archives.
const HEADER: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,\
                      taker_buy_quote_volume,ignore\n";

/// Writes the first line.
pub(super) fn begin(sink: &mut impl Write) -> io::Result<()> {
    sink.write_all(HEADER.as_bytes())
}

/// Writes a line for every candle.
pub(super) fn write(sink: &mut impl Write, interval: Interval, columns: &Columns) -> io::Result<()> {
    let mut line = String::with_capacity(256);
    for row in 0..columns.len() {
        let Some(stored) = columns.candle(row) else {
            let at = types::Timestamp::from_ms(columns.open_time[row]);
            return Err(io::Error::other(format!("the candle of {at} holds a value that no candle has")));
        };
        line.clear();
        push(&mut line, interval, &stored.candle).map_err(io::Error::other)?;
        sink.write_all(line.as_bytes())?;
    }
    Ok(())
}

fn push(line: &mut String, interval: Interval, candle: &Candle) -> std::fmt::Result {
    let Candle { open_time, open, high, low, close, volume, .. } = candle;
    // The last millisecond that belongs to the candle, as Binance has it.
    let close_time = interval.next_open(*open_time).as_ms() - 1;
    write!(line, "{},{open},{high},{low},{close},{volume},{close_time},", open_time.as_ms())?;
    push_known(line, candle.quote_volume)?;
    if let Some(trades) = candle.trades {
        write!(line, "{trades}")?;
    }
    line.push(',');
    push_known(line, candle.taker_buy_base)?;
    push_known(line, candle.taker_buy_quote)?;
    line.push_str("0\n");
    Ok(())
}

fn push_known(line: &mut String, value: Option<Decimal>) -> std::fmt::Result {
    if let Some(value) = value {
        write!(line, "{value}")?;
    }
    line.push(',');
    Ok(())
}

#[cfg(test)]
mod tests {
    use types::{Provenance, Timestamp};

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
}
