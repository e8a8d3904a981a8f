//! One row of a file into a candle, or the reason why it is none.

use rust_decimal::Decimal;
use types::{Candle, CandleFault, Interval, Timestamp};

use super::layout::{CLOSE_TIME, Layout, OPEN_TIME};
use super::length::{CandleLength, may_last};
use super::number::{self, TimeFault};
use super::quote::{self, QuoteVolume};
use super::refusal::{RefusalReason, RowFault};
use crate::CandleRefusal;
use crate::columns::Columns;

/// What a row must obey beside its own layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    /// The length of its candle.
    pub(super) interval: Interval,
    /// What time it is; a candle that closes later is unfinished.
    pub(super) now: Timestamp,
    /// The quote volume that means 'not known' in this file.
    pub(super) filler: Option<Decimal>,
}

const VALUES: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Reads a row. The number of cells may be more than there are in `cells`.
pub(super) fn read(cells: &[&[u8]], count: usize, layout: &Layout, rules: Rules) -> Result<Candle, RowFault> {
    if count != layout.width {
        let detail = format!("{count} columns where the file has {}", layout.width);
        return Err(RowFault::new(RefusalReason::WrongColumns, detail));
    }
    let cell = |field: usize| layout.fields[field].and_then(|column| cells.get(column)).copied();
    let open_time = open_time(cell(OPEN_TIME).unwrap_or_default())?;
    let lost = |fault: RowFault| fault.of_candle(open_time);
    if let Some(close) = cell(CLOSE_TIME).and_then(number::rough_ms) {
        closes_as(rules.interval, open_time, close).map_err(lost)?;
    }
    let mut candle = values(open_time, cell).map_err(lost)?;
    if rules.filler.is_some() && candle.quote_volume == rules.filler {
        candle.quote_volume = None;
    }
    judge(&candle, rules).map_err(lost)?;
    let close = rules.interval.next_open(candle.open_time);
    if close > rules.now {
        let detail = format!("closes at {close}, and it is {}", rules.now);
        return Err(RowFault::new(RefusalReason::Unfinished, detail));
    }
    Ok(candle)
}

/// Reads the values of a row without judging them: what can be said about its first rows before the whole file is read.
pub(super) fn peek(cells: &[&[u8]], layout: &Layout) -> Option<Candle> {
    let cell = |field: usize| layout.fields[field].and_then(|column| cells.get(column)).copied();
    values(open_time(cell(OPEN_TIME)?).ok()?, cell).ok()
}

fn open_time(cell: &[u8]) -> Result<Timestamp, RowFault> {
    number::time(cell).map_err(|fault| match fault {
        TimeFault::Unreadable(detail) => RowFault::new(RefusalReason::BadTime, detail),
        TimeFault::Rounded => {
            let text = String::from_utf8_lossy(cell);
            let detail = format!(
                "a spreadsheet shortened the time to {text} and its last digits are lost; take the file as it was \
                 downloaded, or format the column as a number without decimals before you save it as CSV"
            );
            RowFault::new(RefusalReason::RoundedTime, detail)
        }
    })
}

/// Refuses a candle that its close time makes one of another interval.
fn closes_as(interval: Interval, open_time: Timestamp, close: i64) -> Result<(), RowFault> {
    let open = open_time.as_ms();
    if may_last(interval, open, close) {
        return Ok(());
    }
    match CandleLength::between(open, close) {
        Some(length @ CandleLength::Interval(_)) => {
            let detail = format!("by its close time it is a {length} candle, not a {interval} one");
            Err(RowFault::new(RefusalReason::OtherInterval, detail))
        }
        // A length that is no interval is what an outage leaves, or no close at all.
        _ => Ok(()),
    }
}

fn values<'a>(open_time: Timestamp, cell: impl Fn(usize) -> Option<&'a [u8]>) -> Result<Candle, RowFault> {
    let mut values = [Decimal::ZERO; 5];
    for ((value, name), field) in values.iter_mut().zip(VALUES).zip(1..) {
        *value = needed(cell(field).unwrap_or_default(), name)?;
    }
    let [open, high, low, close, volume] = values;
    Ok(Candle {
        open_time,
        open,
        high,
        low,
        close,
        volume,
        quote_volume: known(cell(7), "quote volume", number::decimal)?,
        trades: known(cell(8), "number of trades", number::count)?,
        taker_buy_base: known(cell(9), "taker volume", number::decimal)?,
        taker_buy_quote: known(cell(10), "taker quote volume", number::decimal)?,
    })
}

fn judge(candle: &Candle, rules: Rules) -> Result<(), RowFault> {
    match candle.check(rules.interval) {
        Ok(()) => {}
        Err(fault @ CandleFault::OffGrid) => {
            let detail = format!("{fault}: {} is no open of a {} candle", candle.open_time, rules.interval);
            return Err(RowFault::new(RefusalReason::OffGrid, detail));
        }
        Err(fault) => return Err(RowFault::new(RefusalReason::Impossible, fault.to_string())),
    }
    if quote::judge(candle) != QuoteVolume::Fits {
        let paid = candle.quote_volume.unwrap_or_default();
        let product = |price: Decimal| match price.checked_mul(candle.volume) {
            Some(amount) => amount.normalize().to_string(),
            None => "a number that is too large".to_owned(),
        };
        let (least, most) = (product(candle.low), product(candle.high));
        let detail =
            format!("the quote volume {paid} cannot be: low × volume is {least}, high × volume {most}");
        return Err(RowFault::new(RefusalReason::Impossible, detail));
    }
    Columns::check_digits(candle)
        .map_err(|refusal: CandleRefusal| RowFault::new(RefusalReason::TooManyDigits, refusal.to_string()))
}

fn needed(cell: &[u8], name: &str) -> Result<Decimal, RowFault> {
    number::decimal(cell).ok_or_else(|| not_a_number(cell, name))
}

/// Reads a cell that may be blank or absent.
fn known<T>(
    cell: Option<&[u8]>,
    name: &str,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<Option<T>, RowFault> {
    match cell {
        None | Some([]) => Ok(None),
        Some(cell) => read(cell).map(Some).ok_or_else(|| not_a_number(cell, name)),
    }
}

fn not_a_number(cell: &[u8], name: &str) -> RowFault {
    let text: String = String::from_utf8_lossy(cell).chars().take(40).collect();
    RowFault::new(RefusalReason::NotANumber, format!("{name} is '{text}'"))
}
