//! Candles of a finer interval into candles of a coarser one, column by column and exact.
//!
//! open = first open, high = highest high, low = lowest low, close = last close; volumes, quote volumes, trades and taker volumes are
//! sums. A sum over a value that is not known is not known. Whether a bucket has all of its bars is the caller's question.

use std::ops::Range;

use types::{Interval, Provenance, Timestamp};

use super::decimal::{
    DecimalColumn, MISSING_NARROW, MISSING_WIDE, NARROW_LIMIT, Raw, WIDE_LIMIT, WIDEN, wide_decimal,
};
use super::{Columns, VOLUME};

/// The rows that make one coarser candle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// Its open time.
    pub(crate) open: Timestamp,
    /// When it closes.
    pub(crate) close: Timestamp,
    /// The rows, at least one.
    pub(crate) rows: Range<usize>,
}

/// A sum that no candle can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SumTooLarge {
    /// The open time of the coarser candle.
    pub(crate) open: Timestamp,
}

impl Columns {
    /// Groups rows by the coarser candle they belong to. The rows must be sorted.
    pub(crate) fn buckets(&self, coarser: Interval) -> Vec<Bucket> {
        let mut buckets = Vec::new();
        let mut start = 0;
        while let Some(&first) = self.open_time.get(start) {
            let open = coarser.floor(Timestamp::from_ms(first));
            let close = coarser.next_open(open);
            let rest = &self.open_time[start..];
            let length = rest.iter().position(|&at| at >= close.as_ms()).unwrap_or(rest.len());
            buckets.push(Bucket { open, close, rows: start..start + length });
            start += length;
        }
        buckets
    }

    /// Makes one candle of each bucket.
    pub(crate) fn coarsen(&self, buckets: &[Bucket]) -> Result<Self, SumTooLarge> {
        let mut coarse = Self::with_capacity(buckets.len());
        for (index, column) in self.decimals.iter().enumerate() {
            for bucket in buckets {
                let rows = bucket.rows.clone();
                coarse.decimals[index].push(match index {
                    0 => column.raw(rows.start),
                    1 => highest(column, rows),
                    2 => lowest(column, rows),
                    3 => column.raw(rows.end - 1),
                    VOLUME.. => sum(column, rows).ok_or(SumTooLarge { open: bucket.open })?,
                });
            }
        }
        for bucket in buckets {
            let rows = bucket.rows.clone();
            coarse.open_time.push(bucket.open.as_ms());
            let trades = &self.trades[rows.clone()];
            coarse.trades.push(if trades.contains(&MISSING_NARROW) {
                MISSING_NARROW
            } else {
                let total = trades.iter().try_fold(0_i64, |total, &count| total.checked_add(count));
                total.ok_or(SumTooLarge { open: bucket.open })?
            });
            // What was made up stays marked as made up, whatever is computed from it.
            let is_synthetic = self.source[rows].contains(&Provenance::Synthetic);
            coarse.source.push(if is_synthetic { Provenance::Synthetic } else { Provenance::Resampled });
        }
        Ok(coarse)
    }
}

fn highest(column: &DecimalColumn, rows: Range<usize>) -> Option<Raw> {
    match column {
        DecimalColumn::Narrow(values) => values[rows].iter().max().copied().map(Raw::Narrow),
        DecimalColumn::Wide(values) => values[rows].iter().max().copied().map(Raw::Wide),
    }
}

fn lowest(column: &DecimalColumn, rows: Range<usize>) -> Option<Raw> {
    match column {
        DecimalColumn::Narrow(values) => values[rows].iter().min().copied().map(Raw::Narrow),
        DecimalColumn::Wide(values) => values[rows].iter().min().copied().map(Raw::Wide),
    }
}

/// Returns the sum, `Some(None)` when a value is not known, `None` when it has too many digits.
#[expect(clippy::option_option, reason = "not known and not possible are two answers")]
fn sum(column: &DecimalColumn, rows: Range<usize>) -> Option<Option<Raw>> {
    match column {
        DecimalColumn::Narrow(values) => {
            let values = &values[rows];
            if values.contains(&MISSING_NARROW) {
                return Some(None);
            }
            // Each is below 10^18, so 128 bits hold the sum of more rows than memory does.
            let total: i128 = values.iter().map(|&value| i128::from(value)).sum();
            match i64::try_from(total) {
                Ok(narrow) if total < NARROW_LIMIT => Some(Some(Raw::Narrow(narrow))),
                _ => total.checked_mul(WIDEN).and_then(wide),
            }
        }
        DecimalColumn::Wide(values) => {
            let values = &values[rows];
            if values.contains(&MISSING_WIDE) {
                return Some(None);
            }
            values.iter().try_fold(0_i128, |total, &value| total.checked_add(value)).and_then(wide)
        }
    }
}

#[expect(clippy::option_option, reason = "the answer of its caller")]
fn wide(total: i128) -> Option<Option<Raw>> {
    // What no `Decimal` holds could be written, but never read again.
    (total < WIDE_LIMIT && wide_decimal(total).is_some()).then_some(Some(Raw::Wide(total)))
}
