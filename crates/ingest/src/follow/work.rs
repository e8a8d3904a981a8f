//! The work that a follower hands out: questions to the exchange, and storing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use exchanges::{Channel, Clock, Exchange, Notice, Priority};
use market_data::{AppendReport, CandleStore, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use types::{Candle, SeriesKey, TimeRange, Timestamp};

use crate::audit::{AuditReport, audit};
use crate::fill::{FillReport, fill};
use crate::observer::{IngestError, Observer};
use crate::sink::revisions;

/// What came of a piece of work.
#[derive(Debug)]
pub(super) enum Done {
    Filled {
        channel: Channel,
        /// From where on the exchange was asked.
        start: Timestamp,
        /// Whether that was the past, rather than what the stream had not told.
        is_first: bool,
        is_long: bool,
        result: Result<FillReport, IngestError>,
    },
    Audited {
        channel: Channel,
        result: Result<AuditReport, IngestError>,
    },
    Stored {
        channel: Channel,
        candles: Vec<Candle>,
        result: Result<AppendReport, StoreError>,
    },
    Compacted {
        key: SeriesKey,
        result: Result<u64, StoreError>,
    },
}

/// What all work needs.
#[derive(Debug, Clone)]
pub(super) struct Tools {
    pub(super) exchange: Arc<dyn Exchange>,
    pub(super) store: Arc<dyn CandleStore>,
    pub(super) cancel: CancellationToken,
    /// Takes what happens while the exchange is asked.
    pub(super) heard: mpsc::Sender<Heard>,
    /// Whether a request failed and none was answered since.
    pub(super) is_failing: Arc<AtomicBool>,
}

/// What happens while the exchange is asked.
#[derive(Debug)]
pub(super) enum Heard {
    /// The exchange wants a pause.
    Pause { reason: String, until: Timestamp },
    /// A request failed and is made again.
    Retrying { reason: String, until: Timestamp },
    /// A request was answered after others had failed.
    Answered,
}

impl Tools {
    pub(super) async fn fill(
        self,
        channel: Channel,
        key: SeriesKey,
        start: Timestamp,
        is_first: bool,
        is_long: bool,
    ) -> Done {
        let priority = if is_long { Priority::Backfill } else { Priority::Live };
        let exchange = self.exchange.prioritised(priority);
        let wanted = TimeRange { start, end: TimeRange::ALL.end };
        let result = fill(&*self.store, &*exchange, &key, wanted, &self, &self.cancel).await;
        Done::Filled { channel, start, is_first, is_long, result }
    }

    pub(super) async fn audit(self, channel: Channel, key: SeriesKey, range: TimeRange) -> Done {
        let exchange = self.exchange.prioritised(Priority::Repair);
        let result = audit(&*self.store, &*exchange, &key, range, &self, &self.cancel).await;
        Done::Audited { channel, result }
    }

    pub(super) async fn store(self, channel: Channel, key: SeriesKey, candles: Vec<Candle>) -> Done {
        let result = self.append(&key, &candles).await;
        Done::Stored { channel, candles, result }
    }

    /// Brings what the store keeps aside of a series to where other programs read.
    pub(super) async fn compact(self, key: SeriesKey) -> Done {
        let result = self.store.compact(&key).await;
        Done::Compacted { key, result }
    }

    fn tell(&self, heard: Heard) {
        // What finds no room has been told a moment ago.
        let _ = self.heard.try_send(heard);
    }

    async fn append(&self, key: &SeriesKey, candles: &[Candle]) -> Result<AppendReport, StoreError> {
        let clock: Arc<dyn Clock> = self.exchange.clock();
        let report = self.store.append(key, candles.to_vec(), self.exchange.provenance()).await?;
        self.store.note(key, revisions(&report, &*clock)).await?;
        Ok(report)
    }
}

#[async_trait]
impl Observer for Tools {
    fn progress(&self, _key: &SeriesKey, _done: u64, _total: u64, _up_to: Timestamp) {
        if self.is_failing.swap(false, Ordering::Relaxed) {
            self.tell(Heard::Answered);
        }
    }

    async fn notice(&self, notice: Notice) {
        match &notice {
            Notice::RateLimited { until } | Notice::Banned { until } => {
                self.tell(Heard::Pause { reason: notice.to_string(), until: *until });
            }
            Notice::Retrying { wait_ms, cause, .. } => {
                self.is_failing.store(true, Ordering::Relaxed);
                let reason = format!("{} does not answer: {cause}", self.exchange.id());
                let until = self.exchange.clock().now().plus_ms(*wait_ms);
                self.tell(Heard::Retrying { reason, until });
            }
            _ => {}
        }
        tracing::debug!("{notice}");
    }
}
