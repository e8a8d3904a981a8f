//! Candles of a finer interval into candles of a coarser one, column by column and exact.
//!
//! open = first open, high = highest high, low = lowest low, close = last close; volumes, quote volumes, trades and taker volumes are
//! sums. A sum over a value that is not known is not known. Whether a bucket has all of its bars is the caller's question.

use std::ops::Range;

use types::{Grid, Provenance, Timestamp};

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
    pub(crate) fn buckets(&self, coarser: Grid) -> Vec<Bucket> {
        let mut buckets = Vec::new();
        let mut start = 0;
        while let Some(&first) = self.open_time.get(start) {
            let open = coarser.floor(Timestamp::from_ms(first));
            let close = coarser.interval().next_open(open);
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
            if let DecimalColumn::Narrow(values) = column
                && let Some(values) = coarsen_narrow(index, values, buckets)
            {
                coarse.decimals[index] = DecimalColumn::Narrow(values);
                continue;
            }
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
            let total = match narrow_sum(&self.trades[rows.clone()]) {
                None => MISSING_NARROW,
                Some(total) => i64::try_from(total).map_err(|_| SumTooLarge { open: bucket.open })?,
            };
            coarse.trades.push(total);
            // What was made up stays marked as made up, whatever is computed from it.
            let is_synthetic = self.source[rows].contains(&Provenance::Synthetic);
            coarse.source.push(if is_synthetic { Provenance::Synthetic } else { Provenance::Resampled });
        }
        Ok(coarse)
    }
}

/// Coarsens a column whose values and results are all narrow, as nearly all are; `None` where a sum is not.
fn coarsen_narrow(index: usize, values: &[i64], buckets: &[Bucket]) -> Option<Vec<i64>> {
    let rows = buckets.iter().map(|bucket| &values[bucket.rows.clone()]);
    match index {
        0 => rows.map(|rows| rows.first().copied()).collect(),
        1 => rows.map(|rows| rows.iter().max().copied()).collect(),
        2 => rows.map(|rows| rows.iter().min().copied()).collect(),
        3 => rows.map(|rows| rows.last().copied()).collect(),
        VOLUME.. => rows
            .map(|rows| match narrow_sum(rows) {
                None => Some(MISSING_NARROW),
                Some(total) => i64::try_from(total).ok().filter(|_| total < NARROW_LIMIT),
            })
            .collect(),
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
            let Some(total) = narrow_sum(&values[rows]) else { return Some(None) };
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

/// Returns the sum of 64-bit integers, or `None` when one of them is not known.
///
/// The halves of the integers are added apart, so that nothing overflows before there are 2^32 of them and several are added in
/// one step, which 128-bit additions do not allow.
fn narrow_sum(values: &[i64]) -> Option<i128> {
    let (mut high, mut low, mut negative, mut is_known) = (0_u64, 0_u64, 0_u64, true);
    for &value in values {
        let bits = value.cast_unsigned();
        high += bits >> 32;
        low += bits & 0xffff_ffff;
        negative += bits >> 63;
        is_known &= value != MISSING_NARROW;
    }
    // As unsigned, a negative integer is 2^64 more than it is.
    is_known.then(|| (i128::from(high) << 32) + i128::from(low) - (i128::from(negative) << 64))
}

#[expect(clippy::option_option, reason = "the answer of its caller")]
fn wide(total: i128) -> Option<Option<Raw>> {
    // What no `Decimal` holds could be written, but never read again.
    (total < WIDE_LIMIT && wide_decimal(total).is_some()).then_some(Some(Raw::Wide(total)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_of_halves_are_sums(values in prop::collection::vec(i64::MIN + 1..=i64::MAX, 0..50)) {
            prop_assert_eq!(narrow_sum(&values), Some(values.iter().copied().map(i128::from).sum()));
        }
    }

    #[test]
    fn a_sum_over_what_is_not_known_is_not_known() {
        assert_eq!(narrow_sum(&[1, MISSING_NARROW, 2]), None);
        assert_eq!(narrow_sum(&[i64::MAX, i64::MAX, -1]), Some(2 * i128::from(i64::MAX) - 1));
    }
}
