//! Candles as columns of integers: how a great many of them travel without one struct each.
//!
//! Invariants: every column has the same length; an amount is exact at [`PlainCandles::SCALE`] decimals and has at most 18 digits;
//! what is not known is [`PlainCandles::MISSING`], never zero, and only where a [`Candle`] may leave it out. Rows keep the order
//! they came in. Candles that do not fit are not changed until they do: they travel as [`Candle`]s.

use rust_decimal::Decimal;

use crate::{Candle, Grid, Timestamp};

/// First magnitude that 18 digits cannot hold.
const LIMIT: u64 = 10_u64.pow(18);
/// What a value with so many decimals is multiplied by to have eight.
const FACTORS: [u64; 9] = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
/// How many amounts every candle has; the others may be missing.
const REQUIRED: usize = 5;
/// Rows that are judged at once: few enough for the processor's first caches.
const BLOCK: usize = 256;

/// Candles whose every amount has at most eight decimals, in columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlainCandles {
    open_time: Vec<i64>,
    amounts: [Vec<i64>; 8],
    trades: Vec<i64>,
}

/// The columns of [`PlainCandles`], taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainParts {
    /// Open times in UTC milliseconds.
    pub open_time: Vec<i64>,
    /// Open, high, low, close, volume, quote volume, taker base and taker quote volume, in 10^-8.
    pub amounts: [Vec<i64>; 8],
    /// Number of trades.
    pub trades: Vec<i64>,
}

/// One row of [`PlainCandles`]; amounts in the order of [`PlainParts::amounts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainRow {
    /// Open time in UTC milliseconds.
    pub open_time: i64,
    /// The amounts in 10^-8, [`PlainCandles::MISSING`] where not known.
    pub amounts: [i64; 8],
    /// Number of trades, [`PlainCandles::MISSING`] where not known.
    pub trades: i64,
}

impl PlainRow {
    /// Scales a candle, or returns `None` when a value does not fit.
    fn of(candle: &Candle) -> Option<Self> {
        let required = [candle.open, candle.high, candle.low, candle.close, candle.volume];
        let optional = [candle.quote_volume, candle.taker_buy_base, candle.taker_buy_quote];
        let mut amounts = [PlainCandles::MISSING; 8];
        for (amount, value) in amounts.iter_mut().zip(required) {
            *amount = PlainCandles::scaled(value)?;
        }
        for (amount, value) in amounts[REQUIRED..].iter_mut().zip(optional) {
            if let Some(value) = value {
                *amount = PlainCandles::scaled(value)?;
            }
        }
        let trades = match candle.trades {
            None => PlainCandles::MISSING,
            Some(trades) => i64::try_from(trades).ok()?,
        };
        Some(Self { open_time: candle.open_time.as_ms(), amounts, trades })
    }

    /// Whether every value is one that a row may have.
    fn is_within(&self) -> bool {
        let is_missing = |value: i64| value == PlainCandles::MISSING;
        let is_outside = |value: i64| value.unsigned_abs() >= LIMIT;
        let (required, optional) = self.amounts.split_at(REQUIRED);
        none(required.iter().map(|&value| is_outside(value)))
            && none(optional.iter().map(|&value| is_outside(value) && !is_missing(value)))
            && (self.trades >= 0 || is_missing(self.trades))
    }

    fn candle(&self) -> Candle {
        let decimal = |value| Decimal::new(value, PlainCandles::SCALE).normalize();
        let known = |value| (value != PlainCandles::MISSING).then(|| decimal(value));
        let [open, high, low, close, volume, quote_volume, taker_buy_base, taker_buy_quote] = self.amounts;
        Candle {
            open_time: Timestamp::from_ms(self.open_time),
            open: decimal(open),
            high: decimal(high),
            low: decimal(low),
            close: decimal(close),
            volume: decimal(volume),
            quote_volume: known(quote_volume),
            trades: u64::try_from(self.trades).ok(),
            taker_buy_base: known(taker_buy_base),
            taker_buy_quote: known(taker_buy_quote),
        }
    }
}

impl PlainCandles {
    /// Decimals that every amount has.
    pub const SCALE: u32 = 8;
    /// Stands where a value is not known.
    pub const MISSING: i64 = i64::MIN;

    /// Returns no candles, with room for some.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            open_time: Vec::with_capacity(rows),
            amounts: std::array::from_fn(|_| Vec::with_capacity(rows)),
            trades: Vec::with_capacity(rows),
        }
    }

    /// Scales a value to [`Self::SCALE`] decimals, or returns `None` when it has more of them, trailing zeros included, or more
    /// than 18 digits.
    pub fn scaled(value: Decimal) -> Option<i64> {
        let factor = FACTORS.get(value.scale() as usize)?;
        let parts = value.unpack();
        let digits = u64::from(parts.mid) << 32 | u64::from(parts.lo);
        let scaled = digits.checked_mul(*factor).filter(|&scaled| parts.hi == 0 && scaled < LIMIT)?;
        let scaled = i64::try_from(scaled).ok()?;
        Some(if parts.negative { -scaled } else { scaled })
    }

    /// Lays candles out in columns, or returns `None` when a value of one does not fit.
    pub fn of(candles: &[Candle]) -> Option<Self> {
        let mut plain = Self::with_capacity(candles.len());
        for candle in candles {
            plain.push(&PlainRow::of(candle)?);
        }
        Some(plain)
    }

    /// Appends a row and returns `true`; appends nothing when a value is none that a row may have.
    pub fn push(&mut self, row: &PlainRow) -> bool {
        let is_within = row.is_within();
        if is_within {
            self.open_time.push(row.open_time);
            for (column, &value) in self.amounts.iter_mut().zip(&row.amounts) {
                column.push(value);
            }
            self.trades.push(row.trades);
        }
        is_within
    }

    /// Returns the number of candles.
    pub fn len(&self) -> usize {
        self.open_time.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.open_time.is_empty()
    }

    /// Returns the open times in UTC milliseconds.
    pub fn open_time(&self) -> &[i64] {
        &self.open_time
    }

    /// Removes the last candle.
    pub fn pop(&mut self) {
        let rows = self.len().saturating_sub(1);
        self.open_time.truncate(rows);
        self.amounts.iter_mut().for_each(|column| column.truncate(rows));
        self.trades.truncate(rows);
    }

    /// Appends the candles of another set.
    pub fn extend(&mut self, other: &Self) {
        self.open_time.extend_from_slice(&other.open_time);
        for (column, values) in self.amounts.iter_mut().zip(&other.amounts) {
            column.extend_from_slice(values);
        }
        self.trades.extend_from_slice(&other.trades);
    }

    /// Takes the columns apart.
    pub fn into_parts(self) -> PlainParts {
        PlainParts { open_time: self.open_time, amounts: self.amounts, trades: self.trades }
    }

    /// Makes candles, every amount as the shortest decimal.
    pub fn to_candles(&self) -> Vec<Candle> {
        let row = |index| PlainRow {
            open_time: self.open_time[index],
            amounts: std::array::from_fn(|column| self.amounts[column][index]),
            trades: self.trades[index],
        };
        (0..self.len()).map(|index| row(index).candle()).collect()
    }

    /// Returns whether each candle opens after the one before it.
    pub fn is_rising(&self) -> bool {
        none(self.open_time.windows(2).map(|pair| pair[0] >= pair[1]))
    }

    /// Returns whether every candle passes [`Candle::check`].
    pub fn is_true(&self, grid: impl Into<Grid>) -> bool {
        self.is_on_grid(grid.into()) && self.are_values_true()
    }

    fn is_on_grid(&self, grid: Grid) -> bool {
        let is_on_grid = |&at: &i64| grid.is_on_grid(Timestamp::from_ms(at));
        let (Some(first), Some(step)) = (self.open_time.first(), grid.interval().fixed_ms()) else {
            return self.open_time.iter().all(is_on_grid);
        };
        // Bars mostly follow one another, and then no division is needed to tell.
        let follows = |pair: &[i64]| pair[1].wrapping_sub(pair[0]) == step || is_on_grid(&pair[1]);
        is_on_grid(first) && self.open_time.windows(2).all(follows)
    }

    /// Block by block, so that the columns that are compared with one another are still in the caches.
    fn are_values_true(&self) -> bool {
        (0..self.len()).step_by(BLOCK).all(|start| {
            let block = start..self.len().min(start + BLOCK);
            let [open, high, low, close, volume, quote, taker, taker_quote] =
                self.amounts.each_ref().map(|column| &column[block.clone()]);
            let is_inside = |values: &[i64]| {
                let rows = values.iter().zip(low.iter().zip(high));
                none(rows.map(|(value, (low, high))| value < low || value > high))
            };
            let is_no_debt =
                |values: &[i64]| none(values.iter().map(|&value| value < 0 && value != Self::MISSING));
            none(low.iter().map(|&low| low <= 0))
                && is_inside(open)
                && is_inside(close)
                // A taker volume that is missing is below every volume.
                && none(taker.iter().zip(volume).map(|(taker, volume)| taker > volume))
                && [volume, quote, taker, taker_quote].into_iter().all(is_no_debt)
        })
    }
}

/// Returns whether none is: counted without an early way out, so that several are looked at in one step.
fn none(faults: impl Iterator<Item = bool>) -> bool {
    faults.map(u64::from).sum::<u64>() == 0
}

#[cfg(test)]
mod tests;
