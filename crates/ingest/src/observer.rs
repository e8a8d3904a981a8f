//! Who watches a piece of work, and how it can end early.

use std::sync::Arc;

use async_trait::async_trait;
use exchanges::{DownloadError, Exchange, ExchangeError, Notice, Watch};
use market_data::StoreError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use types::{SeriesKey, TimeRange, Timestamp};

/// Hears of progress and of what happened on the way.
#[async_trait]
pub trait Observer: Send + Sync {
    /// Takes the present progress: bars behind us, bars in all, and up to when. Called often, must be cheap.
    fn progress(&self, key: &SeriesKey, done: u64, total: u64, up_to: Timestamp);

    /// Takes something worth knowing that happened.
    async fn notice(&self, notice: Notice);
}

/// Notices on their way to an observer; a flood beyond this is dropped rather than waited for.
const PENDING: usize = 64;

#[derive(Debug)]
struct Forwarding(mpsc::Sender<Notice>);

impl Watch for Forwarding {
    fn notice(&self, notice: Notice) {
        if let Err(error) = self.0.try_send(notice) {
            tracing::warn!("a notice found no listener: {error}");
        }
    }
}

/// Asks for the exchange's time, telling the observer what happens on the way.
pub(crate) async fn server_time(
    exchange: &dyn Exchange,
    observer: &dyn Observer,
    cancel: &CancellationToken,
) -> Result<Timestamp, IngestError> {
    let (sender, mut notices) = mpsc::channel(PENDING);
    let exchange = exchange.watched(Arc::new(Forwarding(sender)));
    let mut asking = exchange.server_time();
    let time = loop {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(IngestError::Cancelled),
            Some(notice) = notices.recv() => observer.notice(notice).await,
            time = &mut asking => break time,
        }
    };
    while let Ok(notice) = notices.try_recv() {
        observer.notice(notice).await;
    }
    Ok(time?)
}

/// Why a piece of work ended early. What was stored before stays stored.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// There is no time in the range.
    #[error("the range is empty: {} to {}", .0.start, .0.end)]
    EmptyRange(TimeRange),
    /// The range has not begun.
    #[error(
        "the start {start} UTC lies in the future (the exchange's clock shows {now} UTC); choose an earlier one"
    )]
    InTheFuture {
        /// Where it begins.
        start: Timestamp,
        /// The exchange's time.
        now: Timestamp,
    },
    /// Somebody asked for it.
    #[error("cancelled")]
    Cancelled,
    /// The exchange could not go on.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// The candles could not be stored or read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The store took candles but ended with an error of its own.
    #[error("{0}")]
    Sink(String),
}

impl From<DownloadError> for IngestError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::EmptyRange { start, end } => Self::EmptyRange(TimeRange { start, end }),
            DownloadError::InTheFuture { start, now } => Self::InTheFuture { start, now },
            DownloadError::Cancelled { .. } => Self::Cancelled,
            DownloadError::Exchange { source, .. } => Self::Exchange(source),
            DownloadError::Sink { cause, .. } => match cause.downcast::<StoreError>() {
                Ok(store) => Self::Store(*store),
                Err(other) => Self::Sink(other.to_string()),
            },
        }
    }
}
