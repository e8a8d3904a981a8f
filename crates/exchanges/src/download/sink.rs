//! What a download hands over, reports and ends with.

use async_trait::async_trait;
use serde::Serialize;
use types::{CandleBatch, Timestamp};

use crate::protocol::{ExchangeError, Notice, RefusedCandle};

/// Why a sink could not take candles: a full disk, a lost database.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// Takes what a download brings.
#[async_trait]
pub trait CandleSink: Send {
    /// Stores a page: closed candles, strictly ascending, later than all before. An error ends the download.
    async fn candles(&mut self, candles: CandleBatch) -> Result<(), SinkError>;

    /// Is told which rows of a page were left out, and why.
    async fn refused(&mut self, rows: &[RefusedCandle]);

    /// Is told what happened on the way, as it happens.
    async fn notice(&mut self, notice: Notice);

    /// Is told how far it is, after every page.
    async fn progress(&mut self, progress: Progress);
}

/// How far a download is. It counts the calendar, holes included, so that it always ends full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Bars of the stretch that are behind us.
    pub done_bars: u64,
    /// Bars of the stretch that had closed when the download began.
    pub expected_bars: u64,
    /// Everything that opens before this has been fetched.
    pub up_to: Timestamp,
}

/// What a download brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DownloadSummary {
    /// Candles handed over.
    pub candles: u64,
    /// Open time of the first.
    pub first: Option<Timestamp>,
    /// Open time of the last.
    pub last: Option<Timestamp>,
    /// Candles missing between the first and the last.
    pub missing: u64,
    /// Stretches they are missing in.
    pub gaps: u64,
    /// Rows left out as duplicate, off the grid or otherwise wrong.
    pub refused: u64,
    /// Pages asked for.
    pub pages: u64,
}

/// Why a download ended early.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The stretch holds no time at all.
    #[error("the start {start} UTC is not before the end {end} UTC; choose an earlier start")]
    EmptyRange {
        /// First open time asked for.
        start: Timestamp,
        /// First open time no longer asked for.
        end: Timestamp,
    },
    /// The stretch has not begun.
    #[error(
        "the start {start} UTC lies in the future (the exchange's clock shows {now} UTC); choose an earlier start"
    )]
    InTheFuture {
        /// First open time asked for.
        start: Timestamp,
        /// The exchange's time.
        now: Timestamp,
    },
    /// The user stopped it.
    #[error("cancelled after candles: {}", summary.candles)]
    Cancelled {
        /// What had been handed over.
        summary: DownloadSummary,
    },
    /// The exchange could not go on.
    #[error("{source} (candles fetched before: {})", summary.candles)]
    Exchange {
        /// Why.
        source: ExchangeError,
        /// What had been handed over.
        summary: DownloadSummary,
    },
    /// The candles could not be stored.
    #[error("the candles could not be stored: {cause} (candles stored before: {})", summary.candles)]
    Sink {
        /// Why.
        cause: SinkError,
        /// What had been handed over.
        summary: DownloadSummary,
    },
}

impl DownloadError {
    /// Returns what had been handed over before.
    pub fn summary(&self) -> DownloadSummary {
        match self {
            Self::EmptyRange { .. } | Self::InTheFuture { .. } => DownloadSummary::default(),
            Self::Cancelled { summary } | Self::Exchange { summary, .. } | Self::Sink { summary, .. } => {
                *summary
            }
        }
    }
}
