//! One row of a file into a candle, or the reason why it is none.

use rust_decimal::Decimal;
use types::{Candle, CandleFault, Interval, Timestamp};

use super::layout::{Layout, OPEN_TIME};
use super::number;
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
}

const VALUES: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Reads a row. The number of cells may be more than there are in `cells`.
pub(super) fn read(cells: &[&[u8]], count: usize, layout: &Layout, rules: Rules) -> Result<Candle, RowFault> {
    if count != layout.width {
        let detail = format!("{count} columns where the file has {}", layout.width);
        return Err(RowFault::new(RefusalReason::WrongColumns, detail));
    }
    let cell = |field: usize| layout.fields[field].and_then(|column| cells.get(column)).copied();
    let open_time = number::time(cell(OPEN_TIME).unwrap_or_default())
        .map_err(|detail| RowFault::new(RefusalReason::BadTime, detail))?;
    let mut values = [Decimal::ZERO; 5];
    for ((value, name), field) in values.iter_mut().zip(VALUES).zip(1..) {
        *value = needed(cell(field).unwrap_or_default(), name)?;
    }
    let [open, high, low, close, volume] = values;
    let candle = Candle {
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
    };
    judge(&candle, rules)?;
    Ok(candle)
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
    let close = rules.interval.next_open(candle.open_time);
    if close > rules.now {
        let detail = format!("closes at {close}, and it is {}", rules.now);
        return Err(RowFault::new(RefusalReason::Unfinished, detail));
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
