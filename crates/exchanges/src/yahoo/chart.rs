//! Yahoo's chart: one array of times, five arrays of values, and what it says about the symbol.
//!
//! Invariants: a row with a null is a hole and never a zero. Prices are floats at Yahoo (single precision shows through:
//! `42265.1875`); each becomes the shortest decimal that reads back as the same float, so that nothing is added and nothing is lost.
//! Volumes are whole numbers, for coins usually of the quote currency over the day; they are passed on as they are.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Deserialize;
use types::{Candle, Grid, Instrument, InstrumentFilters, InstrumentStatus, Interval, Symbol, Timestamp};

use super::errors::is_no_data;
use crate::protocol::ServedCandle;
use crate::rest::excerpt;

#[derive(Debug, Deserialize)]
struct Body {
    chart: Chart,
}

#[derive(Debug, Deserialize)]
struct Chart {
    result: Option<Vec<Series>>,
    error: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    #[serde(default)]
    description: String,
}

#[derive(Debug, Deserialize)]
struct Series {
    meta: Meta,
    /// Absent where there is nothing in the stretch.
    #[serde(default)]
    timestamp: Vec<i64>,
    indicators: Indicators,
}

#[derive(Debug, Deserialize)]
struct Meta {
    symbol: String,
    currency: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Indicators {
    quote: Vec<Quote>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Quote {
    open: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    close: Vec<Option<f64>>,
    volume: Vec<Option<f64>>,
}

/// Reads the candles of an answer of `/v8/finance/chart`; none where Yahoo says that there are none.
pub(crate) fn read_candles(body: &[u8], interval: Interval) -> Result<Vec<ServedCandle>, String> {
    let Some(series) = read_series(body)? else { return Ok(Vec::new()) };
    let [quote] = &series.indicators.quote[..] else {
        return Err(format!("chart: {} sets of quotes instead of one", series.indicators.quote.len()));
    };
    let times = series.timestamp;
    let columns = [
        ("open", &quote.open),
        ("high", &quote.high),
        ("low", &quote.low),
        ("close", &quote.close),
        ("volume", &quote.volume),
    ];
    for (name, values) in columns {
        if values.len() != times.len() {
            return Err(format!("chart: {} values of {name} for {} times", values.len(), times.len()));
        }
    }
    let mut rows: Vec<ServedCandle> = Vec::with_capacity(times.len());
    for (index, &seconds) in times.iter().enumerate() {
        let cells = columns.map(|(name, values)| (name, values[index]));
        let Some(values) = read_values(cells).map_err(|what| format!("chart row {index}: {what}"))? else {
            continue;
        };
        let at = Timestamp::from_ms(seconds.saturating_mul(1000));
        let is_live = index + 1 == times.len() && !Grid::from(interval).is_on_grid(at);
        let open_time = if is_live { interval.floor(at) } else { at };
        // The price of the moment follows the candles as a row of its own. Where its bar has a row already, that one stands.
        if is_live && rows.last().is_some_and(|row| row.candle.open_time == open_time) {
            continue;
        }
        rows.push(ServedCandle::flagged(candle(open_time, values), interval, !is_live));
    }
    Ok(rows)
}

/// Reads what the answer says about its symbol. Yahoo is no venue: it names neither a state nor rules.
pub(crate) fn read_instrument(body: &[u8], symbol: &Symbol) -> Result<Instrument, String> {
    let series = read_series(body)?.ok_or_else(|| format!("chart: nothing about {symbol}"))?;
    let quote = series.meta.currency.ok_or_else(|| format!("chart: {symbol} has no currency"))?;
    let named: Symbol = series.meta.symbol.parse().map_err(|error| format!("chart: meta.symbol: {error}"))?;
    if &named != symbol {
        return Err(format!("chart: asked about {symbol} and told about {named}"));
    }
    let name = symbol.as_str();
    let base = name.strip_suffix(quote.as_str()).and_then(|base| base.strip_suffix('-')).unwrap_or(name);
    Ok(Instrument {
        symbol: named,
        base: base.to_owned(),
        quote,
        status: InstrumentStatus::Trading,
        filters: InstrumentFilters::default(),
    })
}

fn read_series(body: &[u8]) -> Result<Option<Series>, String> {
    let read: Body = serde_json::from_slice(body)
        .map_err(|error| format!("chart: {error}; the answer begins with '{}'", excerpt(body)))?;
    match (read.chart.result, read.chart.error) {
        (_, Some(complaint)) if is_no_data(&complaint.description) => Ok(None),
        (_, Some(complaint)) => Err(format!("chart: {}", complaint.description)),
        (Some(mut series), None) if series.len() == 1 => Ok(series.pop()),
        (series, None) => {
            Err(format!("chart: {} results instead of one", series.map_or(0, |series| series.len())))
        }
    }
}

/// Returns the values of a row in their order; `None` where one is missing.
fn read_values(cells: [(&str, Option<f64>); 5]) -> Result<Option<[Decimal; 5]>, String> {
    let mut values = [Decimal::ZERO; 5];
    for (value, (name, cell)) in values.iter_mut().zip(cells) {
        let Some(number) = cell else { return Ok(None) };
        // A float's own text is the shortest one that reads back as the same float.
        *value = Decimal::from_str(&number.to_string())
            .map_err(|_| format!("{name} is {number:e}, which no decimal can hold"))?;
    }
    Ok(Some(values))
}

const fn candle(open_time: Timestamp, [open, high, low, close, volume]: [Decimal; 5]) -> Candle {
    Candle {
        open_time,
        open,
        high,
        low,
        close,
        volume,
        quote_volume: None,
        trades: None,
        taker_buy_base: None,
        taker_buy_quote: None,
    }
}

#[cfg(test)]
mod tests;
