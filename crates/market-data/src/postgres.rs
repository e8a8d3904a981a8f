//! Candles in PostgreSQL, for installations of several processes or machines.
//!
//! Invariants: what the lake promises, by the same contract suite: values are exact, an append is one transaction, writers of a series
//! wait for each other, readers never wait. The list of series is kept in step with the candles, so that it costs no scan.

mod about;
mod copy;
mod error;
mod extension;
mod fill;
mod inspect;
mod instant;
mod ledger;
mod numeric;
mod open;
mod read;
mod timescale;
mod unnest;
mod url;
mod write;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use types::{Bars, Candle, CandleBatch, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::columns::{Columns, checked, checked_batch};
use crate::{
    AppendReport, CandleStore, Gap, Ledger, LoadedBars, Note, ProvenanceCounts, Quality, SeriesSummary,
    StoreError, StoredCandle, Take, find_gaps,
};
use error::failed;

pub use about::{AboutDatabase, AboutTimescale};
pub use inspect::CandleInspection;

/// How long to wait for the server, or for a connection to become free.
const PATIENCE: Duration = Duration::from_secs(10);

/// Candles in a PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresCandles {
    pool: PgPool,
    /// Whether the server was found to take no `COPY`; learnt once, for all clones.
    refuses_copy: Arc<AtomicBool>,
}

impl PostgresCandles {
    /// Connects to `postgres://user:password@host:port/database` and brings its candle tables up to date.
    ///
    /// `?candle_connections=N` in the URL limits the connections that are kept (8). Where the server offers `TimescaleDB`, the candles
    /// become a compressed hypertable; where it does not, or does not let this user, that is logged and a plain table keeps them.
    ///
    /// # Errors
    /// [`StoreError::Database`], with what is wrong with the URL, the server or its schema. No message shows a password.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        const OPENING: &str = "opening the candle database";
        let address = url::parse(url).map_err(failed(OPENING))?;
        open::prepare(&address.options).await.map_err(failed(OPENING))?;
        let pool = PgPoolOptions::new()
            .max_connections(address.connections)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(address.options);
        Ok(Self { pool, refuses_copy: Arc::default() })
    }

    /// Looks at the database that [`PostgresCandles::open`] would open, and changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`]. No message shows a password.
    pub async fn inspect(url: &str) -> Result<CandleInspection, StoreError> {
        const LOOKING: &str = "looking at the candle database";
        let address = url::parse(url).map_err(failed(LOOKING))?;
        inspect::inspect(&address.options, &open::migrations()).await.map_err(failed(LOOKING))
    }

    /// Returns what the database is and how much it holds.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn about(&self) -> Result<AboutDatabase, StoreError> {
        const ASKING: &str = "asking the candle database about itself";
        let mut connection = self.connection(ASKING).await?;
        about::about(&mut connection).await.map_err(failed(ASKING))
    }

    async fn connection(&self, action: &'static str) -> Result<PoolConnection<Postgres>, StoreError> {
        self.pool.acquire().await.map_err(failed(action))
    }

    async fn columns(&self, key: &SeriesKey, range: TimeRange, take: Take) -> Result<Columns, StoreError> {
        const READING: &str = "reading candles";
        let mut connection = self.connection(READING).await?;
        match read::series_id(&mut connection, key).await.map_err(failed(READING))? {
            Some(series) => {
                read::columns(&mut connection, series, range, take).await.map_err(failed(READING))
            }
            None => Ok(Columns::default()),
        }
    }

    async fn outline(&self, action: &'static str, key: &SeriesKey) -> Result<read::Outline, StoreError> {
        let mut connection = self.connection(action).await?;
        match read::series_id(&mut connection, key).await.map_err(failed(action))? {
            Some(series) => read::outline(&mut connection, series).await.map_err(failed(action)),
            None => Ok(read::Outline::default()),
        }
    }
}

#[async_trait]
impl CandleStore for PostgresCandles {
    async fn append_batch(
        &self,
        key: &SeriesKey,
        candles: CandleBatch,
        provenance: Provenance,
    ) -> Result<AppendReport, StoreError> {
        const STORING: &str = "storing candles";
        let mut report = AppendReport::default();
        let columns = checked_batch(key, candles, provenance)?.sort_unique(&mut report);
        if columns.len() > 0 {
            let mut connection = self.connection(STORING).await?;
            write::append(&mut connection, key, columns, &mut report, &self.refuses_copy)
                .await
                .map_err(failed(STORING))??;
        }
        Ok(report)
    }

    async fn candles(
        &self,
        key: &SeriesKey,
        range: TimeRange,
        take: Take,
    ) -> Result<Vec<StoredCandle>, StoreError> {
        let columns = self.columns(key, range, take).await?;
        let candle = |row| {
            columns.candle(row).ok_or_else(|| {
                let at = Timestamp::from_ms(columns.open_time[row]);
                let cause = format!("the candle of {key} at {at} holds a value that was never handed in");
                failed("reading candles")(sqlx::Error::Decode(cause.into()))
            })
        };
        (0..columns.len()).map(candle).collect()
    }

    async fn bars(&self, key: &SeriesKey, range: TimeRange) -> Result<LoadedBars, StoreError> {
        let columns = self.columns(key, range, Take::All).await?;
        let mut provenance = ProvenanceCounts::default();
        for &source in &columns.source {
            provenance.add(source, 1);
        }
        let times = columns.open_time.iter().copied().map(Timestamp::from_ms).collect();
        let prices = std::array::from_fn(|index| columns.decimals[index].nearest());
        let bars = Bars::new(key.interval, times, prices)
            .map_err(|error| failed("reading bars")(sqlx::Error::Decode(Box::new(error))))?;
        Ok(LoadedBars { bars, provenance })
    }

    async fn series(&self) -> Result<Vec<SeriesSummary>, StoreError> {
        const LISTING: &str = "listing the series";
        let mut connection = self.connection(LISTING).await?;
        read::series(&mut connection).await.map_err(failed(LISTING))
    }

    async fn summary(&self, key: &SeriesKey) -> Result<Option<SeriesSummary>, StoreError> {
        Ok(self.series().await?.into_iter().find(|summary| summary.key == *key))
    }

    async fn gaps(&self, key: &SeriesKey) -> Result<Vec<Gap>, StoreError> {
        let outline = self.outline("looking for gaps", key).await?;
        Ok(find_gaps(key.interval, outline.open_times))
    }

    async fn quality(&self, key: &SeriesKey) -> Result<Quality, StoreError> {
        let outline = self.outline("measuring quality", key).await?;
        Ok(Quality::measure(key.interval, &outline.open_times, outline.is_flat, outline.provenance))
    }

    async fn ledger(&self, key: &SeriesKey) -> Result<Ledger, StoreError> {
        const READING: &str = "reading the ledger";
        let mut connection = self.connection(READING).await?;
        ledger::read(&mut connection, key).await.map_err(failed(READING))
    }

    async fn note(&self, key: &SeriesKey, notes: Vec<Note>) -> Result<(), StoreError> {
        const NOTING: &str = "writing the ledger";
        if notes.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection(NOTING).await?;
        ledger::note(&mut connection, key, notes).await.map_err(failed(NOTING))
    }

    async fn fill_in(&self, key: &SeriesKey, candles: Vec<Candle>) -> Result<u64, StoreError> {
        const FILLING: &str = "filling in candles";
        let candles =
            checked(key, &candles, Provenance::Synthetic)?.sort_unique(&mut AppendReport::default());
        let mut connection = self.connection(FILLING).await?;
        fill::fill_in(&mut connection, key, candles, &self.refuses_copy).await.map_err(failed(FILLING))
    }

    async fn remove_filled(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        const REMOVING: &str = "removing candles";
        let mut connection = self.connection(REMOVING).await?;
        fill::remove_filled(&mut connection, key).await.map_err(failed(REMOVING))
    }

    async fn delete(&self, key: &SeriesKey) -> Result<u64, StoreError> {
        const DELETING: &str = "deleting a series";
        let mut connection = self.connection(DELETING).await?;
        write::delete(&mut connection, key).await.map_err(failed(DELETING))
    }
}
