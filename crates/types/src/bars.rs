//! Candles as the engine reads them: columns of `f64`, one series after the other in time.

mod finite;

use std::sync::{Arc, OnceLock};

use crate::{Interval, Timestamp};

pub use finite::FiniteColumn;

/// One bar: a row of [`Bars`]. Named by its open time, known at its close.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// When it opens (UTC).
    pub open_time: Timestamp,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded amount in base currency.
    pub volume: f64,
}

/// A series of bars in columns of equal length, open times strictly rising, all on the interval's grid. Holes are allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    interval: Interval,
    open_time: Vec<Timestamp>,
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Arc<Vec<f64>>,
    volume: Vec<f64>,
    close_time: CloseTimes,
}

/// When the bars close; made when first asked for.
#[derive(Debug, Clone, Default)]
struct CloseTimes(OnceLock<Arc<Vec<Timestamp>>>);

/// They follow from open times and interval: bars that agree in those agree here.
impl PartialEq for CloseTimes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Why columns are no series of bars.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BarsError {
    /// One column is shorter than another.
    #[error("the columns have different lengths")]
    UnequalColumns,
    /// A bar does not come after the one before it.
    #[error("bar {index} at {at} does not come after the one before it")]
    OutOfOrder {
        /// Its position, from 0.
        index: usize,
        /// Its open time.
        at: Timestamp,
    },
    /// A price or volume that is not a number.
    #[error("bar {index} holds a value that is not a finite number")]
    NotFinite {
        /// Its position, from 0.
        index: usize,
    },
}

impl Bars {
    /// Returns an empty series.
    pub fn empty(interval: Interval) -> Self {
        Self {
            interval,
            open_time: Vec::new(),
            open: Vec::new(),
            high: Vec::new(),
            low: Vec::new(),
            close: Arc::default(),
            volume: Vec::new(),
            close_time: CloseTimes::default(),
        }
    }

    /// Takes over columns and checks that they are a series.
    pub fn new(
        interval: Interval,
        open_time: Vec<Timestamp>,
        columns: [Vec<f64>; 5],
    ) -> Result<Self, BarsError> {
        let rows = open_time.len();
        if columns.iter().any(|column| column.len() != rows) {
            return Err(BarsError::UnequalColumns);
        }
        check_order(&open_time)?;
        let finite = |column| FiniteColumn::new(column).map_err(|index| BarsError::NotFinite { index });
        let [open, high, low, close, volume] = columns.map(finite);
        Ok(Self::assemble(interval, open_time, [open?, high?, low?, close?, volume?]))
    }

    /// Takes over columns that are known to be finite and checks that they are a series.
    pub fn of_finite(
        interval: Interval,
        open_time: Vec<Timestamp>,
        columns: [FiniteColumn; 5],
    ) -> Result<Self, BarsError> {
        let rows = open_time.len();
        if columns.iter().any(|column| column.as_slice().len() != rows) {
            return Err(BarsError::UnequalColumns);
        }
        check_order(&open_time)?;
        Ok(Self::assemble(interval, open_time, columns))
    }

    fn assemble(interval: Interval, open_time: Vec<Timestamp>, columns: [FiniteColumn; 5]) -> Self {
        let [open, high, low, close, volume] = columns.map(Vec::from);
        let (close, close_time) = (Arc::new(close), CloseTimes::default());
        Self { interval, open_time, open, high, low, close, volume, close_time }
    }

    /// Returns the length of a bar.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// Returns the number of bars.
    pub fn len(&self) -> usize {
        self.open_time.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.open_time.is_empty()
    }

    /// Returns the open times.
    pub fn open_time(&self) -> &[Timestamp] {
        &self.open_time
    }

    /// Returns the first prices.
    pub fn open(&self) -> &[f64] {
        &self.open
    }

    /// Returns the highest prices.
    pub fn high(&self) -> &[f64] {
        &self.high
    }

    /// Returns the lowest prices.
    pub fn low(&self) -> &[f64] {
        &self.low
    }

    /// Returns the last prices.
    pub fn close(&self) -> &[f64] {
        &self.close
    }

    /// Returns the column of the last prices, for every result over these bars to hold.
    pub fn shared_close(&self) -> Arc<Vec<f64>> {
        Arc::clone(&self.close)
    }

    /// Returns the traded amounts in base currency.
    pub fn volume(&self) -> &[f64] {
        &self.volume
    }

    /// Returns the bar at `index`, or `None` beyond the end.
    pub fn get(&self, index: usize) -> Option<Bar> {
        Some(Bar {
            open_time: *self.open_time.get(index)?,
            open: *self.open.get(index)?,
            high: *self.high.get(index)?,
            low: *self.low.get(index)?,
            close: *self.close.get(index)?,
            volume: *self.volume.get(index)?,
        })
    }

    /// Returns the bars in order of time.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Bar> + '_ {
        let prices = self.open.iter().zip(&self.high).zip(&self.low).zip(&*self.close);
        self.open_time.iter().zip(prices).zip(&self.volume).map(
            |((&open_time, (((&open, &high), &low), &close)), &volume)| Bar {
                open_time,
                open,
                high,
                low,
                close,
                volume,
            },
        )
    }

    /// Returns when the bars close, for every result over them to hold.
    pub fn shared_close_times(&self) -> Arc<Vec<Timestamp>> {
        let times = self.close_time.0.get_or_init(|| {
            Arc::new(self.open_time.iter().map(|&open| self.interval.next_open(open)).collect())
        });
        Arc::clone(times)
    }

    /// Returns when the bar at `index` closes and so becomes known.
    pub fn close_time(&self, index: usize) -> Option<Timestamp> {
        self.open_time.get(index).map(|&open| self.interval.next_open(open))
    }
}

fn check_order(open_time: &[Timestamp]) -> Result<(), BarsError> {
    match open_time.windows(2).position(|pair| pair[0] >= pair[1]) {
        Some(index) => Err(BarsError::OutOfOrder { index: index + 1, at: open_time[index + 1] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_must_be_equal_ordered_and_finite() {
        let times = |ms: &[i64]| ms.iter().copied().map(Timestamp::from_ms).collect::<Vec<_>>();
        let columns = |value: f64| std::array::from_fn(|_| vec![value; 2]);
        let ok = Bars::new(Interval::M1, times(&[0, 60_000]), columns(1.0)).expect("a series");
        assert_eq!(ok.iter().len(), 2);
        assert_eq!(ok.close_time(1), Some(Timestamp::from_ms(120_000)));
        assert_eq!(Bars::new(Interval::M1, times(&[0]), columns(1.0)), Err(BarsError::UnequalColumns));
        assert!(matches!(
            Bars::new(Interval::M1, times(&[60_000, 0]), columns(1.0)),
            Err(BarsError::OutOfOrder { index: 1, .. })
        ));
        assert_eq!(
            Bars::new(Interval::M1, times(&[0, 60_000]), columns(f64::NAN)),
            Err(BarsError::NotFinite { index: 0 })
        );
    }
}
