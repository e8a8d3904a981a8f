//! Candles in columns, for work on so many of them that making each one would be most of the work.

use types::{Grid, Interval, SeriesKey, Timestamp};

use super::Columns;
use crate::{ResampleError, StoreError, StoredCandle};

/// Candles of one series in columns of exact decimals, in order of time. See [`CandleStore::exact_columns`](crate::CandleStore).
#[derive(Debug, Clone, PartialEq)]
pub struct CandleColumns(pub(crate) Columns);

impl CandleColumns {
    /// Lays candles out in columns.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when a value has more digits than columns hold; what comes out of a store never has.
    pub fn of(key: &SeriesKey, candles: &[StoredCandle]) -> Result<Self, StoreError> {
        let mut columns = Columns::with_capacity(candles.len());
        for row in candles {
            columns.push(&row.candle, row.provenance).map_err(|reason| {
                let (at, rows) = (row.candle.open_time, candles.len() as u64);
                StoreError::Refused { key: key.clone(), at, reason: Box::new(reason), refused: 1, rows }
            })?;
        }
        Ok(Self(columns))
    }

    /// Returns the number of candles.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes candles of a coarser interval, each of what is there of its finer ones. [`resample`](crate::resample) does the same
    /// to a stored series, and looks at holes and at what is stored already. Three-day bars are counted from the first candle's day.
    ///
    /// # Errors
    /// [`ResampleError::TooLarge`] when a sum has more digits than a candle keeps.
    pub fn coarsen(&self, to: Interval) -> Result<Self, ResampleError> {
        let first = self.0.open_time.first().copied().map_or(Timestamp::EPOCH, Timestamp::from_ms);
        let coarse = self.0.coarsen(&self.0.buckets(Grid::from(to).or_from(first)));
        coarse.map(Self).map_err(|error| ResampleError::TooLarge { to, at: error.open })
    }
}
