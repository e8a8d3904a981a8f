//! Step 4: Harbour's JSON. Bars are six texts, oldest first; errors name the row and the cell.

use exchanges::ServedCandle;
use exchanges::toolkit::excerpt;
use rust_decimal::Decimal;
use serde::Deserialize;
use types::{Candle, Instrument, InstrumentFilters, InstrumentStatus, Interval, Symbol, Timestamp};

const CELLS: [&str; 6] = ["time", "open", "high", "low", "close", "volume"];

#[derive(Debug, Deserialize)]
struct ClockBody {
    now_ms: i64,
}

#[derive(Debug, Deserialize)]
struct BarsBody {
    bars: Vec<[String; 6]>,
}

#[derive(Debug, Deserialize)]
struct PairBody {
    base: String,
    quote: String,
    trading: bool,
}

pub(super) fn read_clock(body: &[u8]) -> Result<Timestamp, String> {
    read::<ClockBody>(body, "clock").map(|clock| Timestamp::from_ms(clock.now_ms))
}

pub(super) fn read_pair(body: &[u8], symbol: &Symbol) -> Result<Instrument, String> {
    let PairBody { base, quote, trading } = read(body, "pairs")?;
    let status = if trading { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
    Ok(Instrument { symbol: symbol.clone(), base, quote, status, filters: InstrumentFilters::default() })
}

pub(super) fn read_bars(body: &[u8], interval: Interval) -> Result<Vec<ServedCandle>, String> {
    let BarsBody { bars } = read(body, "bars")?;
    let read_bar = |(index, bar): (usize, &[String; 6])| {
        let candle = candle(bar).map_err(|what| format!("bars row {index}: {what}"))?;
        // Harbour says neither when a bar closes nor whether it is final: its grid and its clock decide.
        Ok(ServedCandle::flagged(candle, interval, true))
    };
    bars.iter().enumerate().map(read_bar).collect()
}

fn candle(bar: &[String; 6]) -> Result<Candle, String> {
    let wrong = |at: usize| format!("cell {at} ({}) is '{}'", CELLS[at], bar[at]);
    let decimal = |at: usize| Decimal::from_str_exact(&bar[at]).map_err(|_| wrong(at));
    Ok(Candle {
        open_time: bar[0].parse().map(Timestamp::from_ms).map_err(|_| wrong(0))?,
        open: decimal(1)?,
        high: decimal(2)?,
        low: decimal(3)?,
        close: decimal(4)?,
        volume: decimal(5)?,
        quote_volume: None,
        trades: None,
        taker_buy_base: None,
        taker_buy_quote: None,
    })
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8], place: &str) -> Result<T, String> {
    serde_json::from_slice(body)
        .map_err(|error| format!("{place}: {error}; the answer begins with '{}'", excerpt(body)))
}

#[test]
fn a_bar_that_cannot_be_read_is_named() {
    let body = |low: &str| format!(r#"{{"bars":[["3600000","2","3","{low}","2","1.50"]]}}"#);
    let rows = read_bars(body("1").as_bytes(), Interval::H1).unwrap();
    assert_eq!(rows[0].candle.volume.to_string(), "1.50");
    let error = read_bars(body("n/a").as_bytes(), Interval::H1).unwrap_err();
    assert_eq!(error, "bars row 0: cell 3 (low) is 'n/a'");
}
