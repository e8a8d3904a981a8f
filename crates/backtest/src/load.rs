//! Fetches the bars of a specification from the store, and says what to do when there are none.

use market_data::{CandleStore, LoadedBars, StoreError};
use types::{BarsError, SeriesKey, TimeRange, Timestamp};

use crate::RunSpec;
use crate::source::{coarsen, source};

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
    /// Stored bars do not add up to coarser ones.
    #[error("the bars of {key} do not add up to coarser ones: {source}")]
    Resample {
        /// The stored series.
        key: SeriesKey,
        /// What is wrong with them.
        source: BarsError,
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
    if let Some(resampled) = resampled(store, spec).await? {
        return Ok(resampled);
    }
    Err(match store.summary(&spec.series).await? {
        Some(summary) => {
            LoadError::NothingInRange { key: spec.series.clone(), first: summary.first, last: summary.last }
        }
        None => LoadError::NoSeries { key: spec.series.clone() },
    })
}

/// Returns the bars made of a finer series of the pair; `None` when the series is stored itself or no finer one is.
async fn resampled(store: &dyn CandleStore, spec: &RunSpec) -> Result<Option<LoadedBars>, LoadError> {
    let finer = source(store, &spec.series).await?.filter(|found| found.interval != spec.series.interval);
    let Some(finer) = finer else { return Ok(None) };
    let key = SeriesKey { interval: finer.interval, ..spec.series.clone() };
    // A bar of which a part lies outside of the range is not whole and so not made.
    let range = TimeRange {
        start: spec.start.unwrap_or(TimeRange::ALL.start),
        end: spec.end.unwrap_or(TimeRange::ALL.end),
    };
    let fine = store.bars(&key, range).await?;
    let coarse = coarsen(&fine, spec.series.interval)
        .map_err(|source| LoadError::Resample { key: key.clone(), source })?;
    if coarse.bars.is_empty() {
        return Err(LoadError::NothingInRange { key, first: finer.first, last: finer.last });
    }
    Ok(Some(coarse))
}
