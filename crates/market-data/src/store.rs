//! The trait behind which every store of candles stands, and what it hands out.
//!
//! Invariants, kept by every implementation and checked by one contract suite: open times within a series are unique, candles
//! come out in order of time, a series that was never written is empty rather than an error, and an append that changes nothing
//! writes nothing.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use types::{Bars, Candle, CandleBatch, Grid, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::{AppendReport, CandleColumns, Gap, Ledger, Note, ProvenanceCounts, Quality, StoreError};

/// A candle with its provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCandle {
    /// The candle.
    #[serde(flatten)]
    pub candle: Candle,
    /// Where it came from.
    pub provenance: Provenance,
}

/// Which candles of a range to read; always handed out in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// All of them.
    All,
    /// The first so many.
    First(usize),
    /// The last so many.
    Last(usize),
}

/// Bars for the engine, and where they came from.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedBars {
    /// The columns, as the nearest `f64` of each exact decimal.
    pub bars: Bars,
    /// How many of them came from where.
    pub provenance: ProvenanceCounts,
}

/// What is stored of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesSummary {
    /// The series.
    pub key: SeriesKey,
    /// Number of candles, at least 1.
    pub rows: u64,
    /// Open time of the first candle.
    pub first: Timestamp,
    /// Open time of the last candle; it closes one interval later.
    pub last: Timestamp,
    /// How many candles came from where.
    pub provenance: ProvenanceCounts,
    /// Space taken on disk.
    pub bytes: u64,
}

/// A store of candles.
#[async_trait]
pub trait CandleStore: Send + Sync + Debug {
    /// Adds candles, in any order, to a series.
    ///
    /// A candle that is there with the same values stays; with other values the new one wins and is counted as revised, unless it was
    /// made (resampled or synthetic) and the old one was not: then the old one stays and counts as unchanged. What the new candle does not say (a six-column file) is kept from the one that is there, as long as prices and volume agree.
    ///
    /// # Errors
    /// [`StoreError::Refused`], with nothing stored, when any candle cannot be true or is off the series' grid.
    /// Any other error may leave whole years stored; the same append again completes them.
    async fn append(
        &self,
        key: &SeriesKey,
        candles: Vec<Candle>,
        provenance: Provenance,
    ) -> Result<AppendReport, StoreError> {
        self.append_batch(key, candles.into(), provenance).await
    }

    /// Adds a batch of candles; what [`CandleStore::append`] says holds for each of them.
    ///
    /// # Errors
    /// Those of [`CandleStore::append`].
    async fn append_batch(
        &self,
        key: &SeriesKey,
        candles: CandleBatch,
        provenance: Provenance,
    ) -> Result<AppendReport, StoreError>;

    /// Returns the candles whose open time lies in `range`, exactly as they were handed in.
    async fn candles(
        &self,
        key: &SeriesKey,
        range: TimeRange,
        take: Take,
    ) -> Result<Vec<StoredCandle>, StoreError>;

    /// Returns the candles whose open time lies in `range`, as columns of exact decimals: for work on many of them at once.
    ///
    /// A store that reads columns hands them over as they are; any other makes candles first.
    async fn exact_columns(&self, key: &SeriesKey, range: TimeRange) -> Result<CandleColumns, StoreError> {
        CandleColumns::of(key, &self.candles(key, range, Take::All).await?)
    }

    /// Says which amounts of the range may need more than 8 decimals in 64 bits (open, high, low, close, volume, quote volume, taker
    /// volumes), where the store knows that without reading the candles.
    async fn wide_columns(&self, key: &SeriesKey, range: TimeRange) -> Result<Option<[bool; 8]>, StoreError> {
        let _ = (key, range);
        Ok(None)
    }

    /// Returns the bars whose open time lies in `range`, as columns of `f64`.
    async fn bars(&self, key: &SeriesKey, range: TimeRange) -> Result<LoadedBars, StoreError>;

    /// Returns every series that holds a candle, in order of key.
    async fn series(&self) -> Result<Vec<SeriesSummary>, StoreError>;

    /// Returns what is stored of one series, or `None` when nothing is.
    async fn summary(&self, key: &SeriesKey) -> Result<Option<SeriesSummary>, StoreError>;

    /// Returns where the candles of a series open, as the first stored one shows; not known where it must be learnt and nothing is
    /// stored.
    async fn grid(&self, key: &SeriesKey) -> Result<Grid, StoreError> {
        let unlearnt = Grid::from(key.interval);
        if unlearnt.is_known() {
            return Ok(unlearnt);
        }
        let summary = self.summary(key).await?;
        Ok(summary.map_or(unlearnt, |summary| Grid::through(key.interval, summary.first)))
    }

    /// Returns the holes between the first and the last stored candle, in order of time.
    async fn gaps(&self, key: &SeriesKey) -> Result<Vec<Gap>, StoreError>;

    /// Returns counts that say how far the series can be trusted.
    async fn quality(&self, key: &SeriesKey) -> Result<Quality, StoreError>;

    /// Returns what is noted about the series beyond its candles; nothing for a series that was never noted.
    async fn ledger(&self, key: &SeriesKey) -> Result<Ledger, StoreError>;

    /// Takes notes about a series, whether or not it holds candles. What is known already changes nothing.
    async fn note(&self, key: &SeriesKey, notes: Vec<Note>) -> Result<(), StoreError>;

    /// Brings small appends of a series to where programs other than ours read; what this store hands out does not change. Returns
    /// how many candles that were; a store that keeps nothing aside has nothing to do.
    async fn compact(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let _ = key;
        Ok(0)
    }

    /// Adds flat candles that a user asked for, as synthetic ones, where no candle is, and notes where that was. Returns how many it
    /// added. Candles and notes change together.
    ///
    /// # Errors
    /// Those of [`CandleStore::append`].
    async fn fill_in(&self, key: &SeriesKey, candles: Vec<Candle>) -> Result<u64, StoreError>;

    /// Removes what was filled in: synthetic candles without a trade, where the notes say that some were filled in, and those notes.
    /// Returns how many candles that were.
    async fn remove_filled(&self, key: &SeriesKey) -> Result<u64, StoreError>;

    /// Forgets a series, its notes too. Returns how many candles it held.
    async fn delete(&self, key: &SeriesKey) -> Result<u64, StoreError>;
}
