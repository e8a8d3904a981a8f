//! Candles as columns of integers: what the lake reads, merges and writes.
//!
//! Invariants: every column has the same length; values are exact; a value that is not known is `MISSING`, never zero.
//! Nothing here touches a file.

mod checked;
mod coarsen;
mod decimal;
mod filled;
mod lay;
mod merge;
mod whole;

use rust_decimal::Decimal;
use types::{Candle, PlainCandles, Provenance, Timestamp};

use crate::{CandleRefusal, StoredCandle};

pub(crate) use checked::{checked, checked_batch};
pub(crate) use coarsen::Bucket;
pub(crate) use decimal::{
    DecimalColumn, MISSING_NARROW, MISSING_WIDE, NARROW_SCALE, Raw, WIDE_SCALE, raw, widen,
};
pub(crate) use lay::Layers;
pub(crate) use merge::{Changed, merge};
pub use whole::CandleColumns;

/// Names of the decimal columns, in the order of [`Columns::decimals`].
pub(crate) const DECIMALS: [&str; 8] =
    ["open", "high", "low", "close", "volume", "quote_volume", "taker_buy_base", "taker_buy_quote"];
/// How many of them every candle has; the others may be missing.
pub(crate) const REQUIRED: usize = 5;
/// Position of `volume` among them.
pub(crate) const VOLUME: usize = 4;

/// Candles that are laid out in columns at once: few enough to stay in the processor's first caches.
pub(crate) const BLOCK: usize = 256;

/// Milliseconds of the first instant of the year 10000, where calendars and file names end.
const END_OF_TIME_MS: i64 = 253_402_300_800_000;

/// Candles in columns, in no particular order until [`Columns::sort_unique`] says so.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Columns {
    /// Open times in UTC milliseconds.
    pub(crate) open_time: Vec<i64>,
    /// One column for each of [`DECIMALS`].
    pub(crate) decimals: [DecimalColumn; 8],
    /// Number of trades; `MISSING_NARROW` where not known.
    pub(crate) trades: Vec<i64>,
    /// Provenance of each row.
    pub(crate) source: Vec<Provenance>,
}

impl Columns {
    /// Returns the number of rows.
    pub(crate) fn len(&self) -> usize {
        self.open_time.len()
    }

    /// Appends a candle; on an error nothing was appended.
    pub(crate) fn push(&mut self, candle: &Candle, provenance: Provenance) -> Result<(), CandleRefusal> {
        let trades = check_rest(candle)?;
        if let Some(raws) = scale_narrow(candle) {
            for (column, raw) in self.decimals.iter_mut().zip(raws) {
                column.push_narrow(raw);
            }
        } else {
            for (column, raw) in self.decimals.iter_mut().zip(scale(candle)?) {
                column.push(raw);
            }
        }
        self.open_time.push(candle.open_time.as_ms());
        self.trades.push(trades);
        self.source.push(provenance);
        Ok(())
    }

    /// Appends up to [`BLOCK`] candles whose values all fit 8 decimals; otherwise appends none and returns `false`.
    pub(crate) fn push_plain(&mut self, candles: &[Candle], provenance: Provenance) -> bool {
        let mut raws = [[MISSING_NARROW; BLOCK]; 8];
        let mut trades = [MISSING_NARROW; BLOCK];
        if candles.len() > BLOCK {
            return false;
        }
        for (row, candle) in candles.iter().enumerate() {
            let (Ok(count), Some(values)) = (check_rest(candle), scale_narrow(candle)) else { return false };
            trades[row] = count;
            for (column, value) in raws.iter_mut().zip(values) {
                column[row] = value;
            }
        }
        for (column, values) in self.decimals.iter_mut().zip(&raws) {
            column.extend_narrow(&values[..candles.len()]);
        }
        self.open_time.extend(candles.iter().map(|candle| candle.open_time.as_ms()));
        self.trades.extend_from_slice(&trades[..candles.len()]);
        self.source.resize(self.open_time.len(), provenance);
        true
    }

    /// Says whether a candle's values fit.
    pub(crate) fn check_digits(candle: &Candle) -> Result<(), CandleRefusal> {
        check_rest(candle)?;
        if scale_narrow(candle).is_some() { Ok(()) } else { scale(candle).map(|_| ()) }
    }

    /// Returns row `index` as a candle, or `None` when it holds values that no candle we stored ever had.
    pub(crate) fn candle(&self, index: usize) -> Option<StoredCandle> {
        let known = |column: usize| self.decimals[column].get(index);
        let candle = Candle {
            open_time: Timestamp::from_ms(self.open_time[index]),
            open: known(0)?,
            high: known(1)?,
            low: known(2)?,
            close: known(3)?,
            volume: known(VOLUME)?,
            quote_volume: known(5),
            trades: u64::try_from(self.trades[index]).ok(),
            taker_buy_base: known(6),
            taker_buy_quote: known(7),
        };
        Some(StoredCandle { candle, provenance: self.source[index] })
    }

    /// Returns an empty set of columns with room for `rows`.
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self {
            open_time: Vec::with_capacity(rows),
            decimals: std::array::from_fn(|_| DecimalColumn::with_capacity(rows)),
            trades: Vec::with_capacity(rows),
            source: Vec::with_capacity(rows),
        }
    }

    /// Says whether no column needs more than 8 decimals in 64 bits.
    pub(crate) fn is_narrow(&self) -> bool {
        !self.decimals.iter().any(DecimalColumn::is_wide)
    }

    /// Says of each decimal column whether it needs 128 bits.
    pub(crate) fn is_wide(&self) -> [bool; DECIMALS.len()] {
        self.decimals.each_ref().map(DecimalColumn::is_wide)
    }

    /// Returns the rows `range`; the whole set, which is not copied, leaves nothing behind.
    pub(crate) fn take(&mut self, range: std::ops::Range<usize>) -> Self {
        if range == (0..self.len()) {
            return std::mem::take(self);
        }
        let mut part = Self::with_capacity(range.len());
        part.extend(self, range);
        part
    }

    /// Appends the rows `range` of another set.
    pub(crate) fn extend(&mut self, other: &Self, range: std::ops::Range<usize>) {
        self.open_time.extend_from_slice(&other.open_time[range.clone()]);
        for (column, from) in self.decimals.iter_mut().zip(&other.decimals) {
            column.extend(from, range.clone());
        }
        self.trades.extend_from_slice(&other.trades[range.clone()]);
        self.source.extend_from_slice(&other.source[range]);
    }
}

/// Checks what is no decimal; returns the number of trades.
fn check_rest(candle: &Candle) -> Result<i64, CandleRefusal> {
    if !(0..END_OF_TIME_MS).contains(&candle.open_time.as_ms()) {
        return Err(CandleRefusal::TimeOutOfRange);
    }
    match candle.trades {
        None => Ok(MISSING_NARROW),
        Some(trades) => i64::try_from(trades).map_err(|_| CandleRefusal::TooManyTrades(trades)),
    }
}

/// Scales a candle's values to 64-bit integers, as nearly all of them allow.
fn scale_narrow(candle: &Candle) -> Option<[i64; 8]> {
    let mut raws = [MISSING_NARROW; 8];
    for (raw, value) in raws.iter_mut().zip(values(candle)) {
        if let Some(value) = value {
            *raw = PlainCandles::scaled(value)?;
        }
    }
    Some(raws)
}

/// Scales a candle's values to integers.
fn scale(candle: &Candle) -> Result<[Option<decimal::Raw>; 8], CandleRefusal> {
    let mut raws = [None; 8];
    for ((raw, value), column) in raws.iter_mut().zip(values(candle)).zip(DECIMALS) {
        if let Some(value) = value {
            *raw = Some(decimal::raw(value).ok_or(CandleRefusal::TooManyDigits { column, value })?);
        }
    }
    Ok(raws)
}

fn values(candle: &Candle) -> [Option<Decimal>; 8] {
    [
        Some(candle.open),
        Some(candle.high),
        Some(candle.low),
        Some(candle.close),
        Some(candle.volume),
        candle.quote_volume,
        candle.taker_buy_base,
        candle.taker_buy_quote,
    ]
}
