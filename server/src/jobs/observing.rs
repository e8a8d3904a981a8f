//! Between work with an exchange and whoever watches it: notices become lines of a log, errors become outcomes.

use async_trait::async_trait;
use exchanges::{ExchangeError, Notice};
use ingest::{IngestError, Observer};
use store::{Level, Progress};
use types::{SeriesKey, Timestamp};

use super::watch::{Stopped, Watch};
use crate::output::Kind;

/// A watch that observes.
pub(super) struct Observing<'a>(pub(super) &'a dyn Watch);

#[async_trait]
impl Observer for Observing<'_> {
    fn progress(&self, key: &SeriesKey, done: u64, total: u64, up_to: Timestamp) {
        self.0.progress(Progress { done, total: Some(total), message: format!("{key}: up to {up_to} UTC") });
    }

    async fn notice(&self, notice: Notice) {
        let level = match &notice {
            Notice::UnfinishedDropped { .. } | Notice::StartsLater { .. } | Notice::EndsEarlier { .. } => {
                Level::Info
            }
            _ => Level::Warning,
        };
        self.0.notice(level, notice.to_string()).await;
    }
}

/// Says how work that ended early counts.
pub(super) fn stopped(error: IngestError) -> Stopped {
    let kind = match &error {
        IngestError::Cancelled => return Stopped::Cancelled,
        IngestError::Exchange(ExchangeError::UnknownSymbol { .. }) => Kind::NotFound,
        IngestError::EmptyRange(_) | IngestError::InTheFuture { .. } => Kind::Usage,
        IngestError::Exchange(_) => Kind::Exchange,
        IngestError::Store(_) | IngestError::Sink(_) => Kind::Failed,
    };
    Stopped::failed(kind, error)
}
