//! Fetches the bars of a specification from the store, and says what to do when there are none.

use market_data::{CandleStore, LoadedBars, StoreError};
use types::{SeriesKey, Timestamp};

use crate::RunSpec;

/// Why there are no bars to run on.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The range ends before it starts.
    #[error("the range is empty: it starts at {start} and ends at {end}; the end must lie after the start")]
    EmptyRange {
        /// Its start.
        start: Timestamp,
        /// Its end.
        end: Timestamp,
    },
    /// Nothing at all is stored.
    #[error(
        "no candles of {key} are stored; get them with `crypto ingest --exchange {exchange} --symbol {symbol} \
         --interval {interval}` or `crypto import`",
        exchange = key.exchange, symbol = key.symbol, interval = key.interval
    )]
    NoSeries {
        /// The series.
        key: SeriesKey,
    },
    /// Something is stored, but nothing in the range.
    #[error(
        "no candle of {key} that opens and closes in this range is stored; stored are {first} to {last} (UTC, open times)"
    )]
    NothingInRange {
        /// The series.
        key: SeriesKey,
        /// Open time of the first stored candle.
        first: Timestamp,
        /// Open time of the last stored candle.
        last: Timestamp,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns the bars of the specification's range; at least one.
pub async fn load(store: &dyn CandleStore, spec: &RunSpec) -> Result<LoadedBars, LoadError> {
    if let (Some(start), Some(end)) = (spec.start, spec.end)
        && start >= end
    {
        return Err(LoadError::EmptyRange { start, end });
    }
    let range = spec.range();
    // A range shorter than a bar has none, whatever is stored.
    if !range.is_empty() {
        let loaded = store.bars(&spec.series, range).await?;
        if !loaded.bars.is_empty() {
            return Ok(loaded);
        }
    }
    Err(match store.summary(&spec.series).await? {
        Some(summary) => {
            LoadError::NothingInRange { key: spec.series.clone(), first: summary.first, last: summary.last }
        }
        None => LoadError::NoSeries { key: spec.series.clone() },
    })
}
