//! Backtest runs and their results.
//!
//! A run is stored once per job and ordinal, so that a job that is repeated after a crash doubles nothing. Its
//! result lies apart in opaque compressed parts, which lists never read: an overview, and the trades in blocks.

use std::ops::Range;

use async_trait::async_trait;
use types::{ExchangeId, Interval, JobId, RunId, Symbol, Timestamp, UserId};

use crate::error::StoreError;
use crate::page::{Cursor, Page};

/// A run to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// The id.
    pub id: RunId,
    /// The job that made it, if one did.
    pub job: Option<JobId>,
    /// Which run of that job it is, from 0.
    pub ordinal: u32,
    /// What the user calls it, 1 to 200 characters.
    pub name: String,
    /// The strategy's kind, 1 to 100 characters.
    pub strategy: String,
    /// Where the candles came from.
    pub exchange: ExchangeId,
    /// What was traded.
    pub symbol: Symbol,
    /// The length of a candle.
    pub interval: Interval,
    /// When it was started.
    pub started_at: Timestamp,
    /// Its total return as a fraction, to rank by; `None` where it is undefined.
    pub total_return: Option<f64>,
    /// What was run.
    pub spec: serde_json::Value,
    /// Its metrics.
    pub summary: serde_json::Value,
    /// Everything else.
    pub result: ResultParts,
}

/// A result in the parts that are read one by one; each is compressed by the caller and opaque here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResultParts {
    /// All but the trades.
    pub overview: Vec<u8>,
    /// The trades, in blocks of a length that the caller knows.
    pub trades: Vec<Vec<u8>>,
}

/// What is stored of a result beside its trades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredResult {
    /// All of it in one piece, trades included, as it was stored at first. [`Runs::replace_result`] takes its place with parts.
    Whole(Vec<u8>),
    /// [`ResultParts::overview`].
    Overview(Vec<u8>),
}

/// A stored run without its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The id.
    pub id: RunId,
    /// Its owner.
    pub user: UserId,
    /// The job that made it, unless that was deleted.
    pub job: Option<JobId>,
    /// Which run of that job it is, from 0.
    pub ordinal: u32,
    /// What the user calls it.
    pub name: String,
    /// The strategy's kind.
    pub strategy: String,
    /// Where the candles came from.
    pub exchange: ExchangeId,
    /// What was traded.
    pub symbol: Symbol,
    /// The length of a candle.
    pub interval: Interval,
    /// When it was started.
    pub started_at: Timestamp,
    /// Its total return as a fraction; `None` where it is undefined.
    pub total_return: Option<f64>,
    /// What was run.
    pub spec: serde_json::Value,
    /// Its metrics.
    pub summary: serde_json::Value,
}

impl Run {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { at: self.started_at, id: self.id.as_uuid() }
    }
}

/// What became of a run that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InsertedRun {
    /// The id under which it is stored: the one of the first attempt.
    pub id: RunId,
    /// Whether it was new.
    pub added: bool,
}

/// A user's runs by total return. No run is in both lists.
#[derive(Debug, Clone, PartialEq)]
pub struct BestAndWorst {
    /// The highest returns, the highest first.
    pub best: Vec<Run>,
    /// The lowest returns, the lowest first.
    pub worst: Vec<Run>,
}

/// The runs of each user.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Stores a run; one that is there already, by id or by job and ordinal, stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is somebody else's; [`StoreError::NotFound`] when the user has no such
    /// job; [`StoreError::Invalid`] for a field out of bounds.
    async fn insert_run(&self, user: UserId, new: NewRun) -> Result<InsertedRun, StoreError>;

    /// Returns one of the user's runs.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such run.
    async fn run(&self, user: UserId, run: RunId) -> Result<Run, StoreError>;

    /// Returns the runs that a job of the user made, in their order.
    async fn runs_of_job(&self, user: UserId, job: JobId) -> Result<Vec<Run>, StoreError>;

    /// Returns the user's runs, the youngest first, from `before` on; at most [`crate::MAX_PAGE`] at once.
    async fn runs(&self, user: UserId, limit: u32, before: Option<Cursor>) -> Result<Page<Run>, StoreError>;

    /// Returns the number of the user's runs.
    async fn count_runs(&self, user: UserId) -> Result<u64, StoreError>;

    /// Returns the result of a run without its trades, or the whole of it in its first stored form.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such run.
    async fn run_result(&self, user: UserId, run: RunId) -> Result<StoredResult, StoreError>;

    /// Returns blocks of a run's trades, in order: those of `blocks` that there are.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such run.
    async fn run_trades(
        &self,
        user: UserId,
        run: RunId,
        blocks: Range<u32>,
    ) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Stores parts in the place of a result that lies in one piece; one that is in parts already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such run; [`StoreError::Invalid`] for parts out of bounds.
    async fn replace_result(&self, user: UserId, run: RunId, parts: ResultParts) -> Result<(), StoreError>;

    /// Deletes a run with its result.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such run.
    async fn delete_run(&self, user: UserId, run: RunId) -> Result<(), StoreError>;

    /// Returns up to `limit` best and `limit` worst runs of the user that have a return.
    async fn best_and_worst_runs(&self, user: UserId, limit: u32) -> Result<BestAndWorst, StoreError>;
}
