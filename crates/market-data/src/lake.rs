//! The lake: candles in Parquet files that `DuckDB`, pandas and polars read without us.
//!
//! Invariants: `exchange=…/symbol=…/interval=…/year=…/part.parquet` holds one year, sorted by open time; a file is replaced as a
//! whole or not at all; `.journal` beside it holds small appends until they are folded into it; one writer at a time per series,
//! whatever the number of processes; readers never wait.
//! An append over several years is atomic year by year, not as a whole.

mod append;
mod bars;
mod blocking;
mod current;
mod examine;
mod fill;
mod format;
mod journal;
mod layout;
mod ledger;
mod lock;
mod policy;
mod replace;
mod stats;
mod totals;
mod write;
mod year;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use types::{Candle, CandleBatch, Provenance, SeriesKey, TimeRange};

use crate::{
    AppendReport, CandleColumns, CandleStore, Gap, Ledger, LoadedBars, Note, Quality, SeriesSummary,
    StoreError, StoredCandle, Take,
};
use blocking::Blocking;
use layout::series_folder;
pub use policy::JournalPolicy;

pub use examine::LakeReport;
pub(crate) use write::{CandleWriter, io_error};

/// Candles in Parquet files under one folder.
#[derive(Debug, Clone)]
pub struct Lake {
    inner: Arc<Blocking>,
}

impl Lake {
    /// Opens the lake under `root`, making the folder if it is not there.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Self::open_with(root, JournalPolicy::default())
    }

    /// Opens the lake under `root` with another policy for small appends; whoever else has it open may have a different one.
    pub fn open_with(root: impl Into<PathBuf>, policy: JournalPolicy) -> Result<Self, StoreError> {
        Ok(Self { inner: Arc::new(Blocking::open(root.into(), policy)?) })
    }

    /// Returns the folder that holds the lake.
    pub fn root(&self) -> &Path {
        self.inner.root()
    }

    /// Reads every file under `root` and says which are damaged; makes and changes nothing, a lake that is not there included.
    ///
    /// `seen` is told how many files were read so far.
    ///
    /// # Errors
    /// [`StoreError::Io`] when a folder cannot be listed. What is wrong with files is in the report.
    pub async fn examine(
        root: impl Into<PathBuf>,
        seen: impl Fn(u64) + Send + 'static,
    ) -> Result<LakeReport, StoreError> {
        let root = root.into();
        let examining = tokio::task::spawn_blocking(move || examine::examine(&root, &seen));
        examining.await.unwrap_or_else(|stopped| {
            Err(StoreError::Stopped { work: "examining the lake", reason: stopped.to_string() })
        })
    }

    /// Runs file work where it does not hold up the tasks of this process.
    async fn run<T: Send + 'static>(
        &self,
        work: &'static str,
        job: impl FnOnce(&Blocking) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || job(&inner)).await {
            Ok(result) => result,
            Err(stopped) => Err(StoreError::Stopped { work, reason: stopped.to_string() }),
        }
    }
}

#[async_trait]
impl CandleStore for Lake {
    async fn append_batch(
        &self,
        key: &SeriesKey,
        candles: CandleBatch,
        provenance: Provenance,
    ) -> Result<AppendReport, StoreError> {
        let key = key.clone();
        self.run("storing candles", move |lake| lake.append_batch(&key, candles, provenance)).await
    }

    async fn candles(
        &self,
        key: &SeriesKey,
        range: TimeRange,
        take: Take,
    ) -> Result<Vec<StoredCandle>, StoreError> {
        let key = key.clone();
        self.run("reading candles", move |lake| lake.candles(&key, range, take)).await
    }

    async fn exact_columns(&self, key: &SeriesKey, range: TimeRange) -> Result<CandleColumns, StoreError> {
        let key = key.clone();
        self.run("reading candles", move |lake| lake.columns(&key, range)).await.map(CandleColumns)
    }

    async fn wide_columns(&self, key: &SeriesKey, range: TimeRange) -> Result<Option<[bool; 8]>, StoreError> {
        let key = key.clone();
        self.run("reading what candles need", move |lake| lake.wide_columns(&key, range)).await.map(Some)
    }

    async fn bars(&self, key: &SeriesKey, range: TimeRange) -> Result<LoadedBars, StoreError> {
        let key = key.clone();
        self.run("reading bars", move |lake| lake.bars(&key, range)).await
    }

    async fn series(&self) -> Result<Vec<SeriesSummary>, StoreError> {
        self.run("listing the series", Blocking::series).await
    }

    async fn summary(&self, key: &SeriesKey) -> Result<Option<SeriesSummary>, StoreError> {
        let key = key.clone();
        self.run("reading a summary", move |lake| lake.summary(&key)).await
    }

    async fn gaps(&self, key: &SeriesKey) -> Result<Vec<Gap>, StoreError> {
        let key = key.clone();
        self.run("looking for gaps", move |lake| lake.gaps(&key)).await
    }

    async fn quality(&self, key: &SeriesKey) -> Result<Quality, StoreError> {
        let key = key.clone();
        self.run("measuring quality", move |lake| lake.quality(&key)).await
    }

    async fn ledger(&self, key: &SeriesKey) -> Result<Ledger, StoreError> {
        let key = key.clone();
        self.run("reading the ledger", move |lake| ledger::read(&series_folder(lake.root(), &key))).await
    }

    async fn note(&self, key: &SeriesKey, notes: Vec<Note>) -> Result<(), StoreError> {
        let key = key.clone();
        self.run("noting", move |lake| ledger::note(&series_folder(lake.root(), &key), notes)).await
    }

    async fn compact(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let key = key.clone();
        self.run("folding journals", move |lake| lake.compact(&key)).await
    }

    async fn fill_in(&self, key: &SeriesKey, candles: Vec<Candle>) -> Result<u64, StoreError> {
        let key = key.clone();
        self.run("filling in candles", move |lake| lake.fill_in(&key, &candles)).await
    }

    async fn remove_filled(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let key = key.clone();
        self.run("removing candles", move |lake| lake.remove_filled(&key)).await
    }

    async fn delete(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        let key = key.clone();
        self.run("deleting a series", move |lake| lake.delete(&key)).await
    }
}
