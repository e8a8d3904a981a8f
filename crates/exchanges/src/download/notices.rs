//! Carries notices to the sink while requests are under way, and stops for the user's cancel.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use types::{CandleBatch, Timestamp};

use super::sink::{CandleSink, DownloadError, DownloadSummary, Progress, SinkError};
use crate::protocol::{CandlePage, ExchangeError, Notice, RefusedCandle, Watch};

/// One request makes a handful of notices; a flood beyond this is dropped rather than waited for.
const PENDING_NOTICES: usize = 64;

/// The sink, the notices on their way to it, and the cancel button.
pub(crate) struct Reporter<'a> {
    sink: &'a mut dyn CandleSink,
    cancel: CancellationToken,
    sender: mpsc::Sender<Notice>,
    pending: mpsc::Receiver<Notice>,
}

#[derive(Debug)]
struct ChannelWatch(mpsc::Sender<Notice>);

impl Watch for ChannelWatch {
    fn notice(&self, notice: Notice) {
        if let Err(error) = self.0.try_send(notice) {
            tracing::warn!("a notice found no listener: {error}");
        }
    }
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(sink: &'a mut dyn CandleSink, cancel: CancellationToken) -> Self {
        let (sender, pending) = mpsc::channel(PENDING_NOTICES);
        Self { sink, cancel, sender, pending }
    }

    /// Returns the watch whose notices reach the sink.
    pub(crate) fn watch(&self) -> Arc<dyn Watch> {
        Arc::new(ChannelWatch(self.sender.clone()))
    }

    /// Waits for an answer, passing notices on meanwhile. Cancelling drops the request.
    pub(crate) async fn during<T>(
        &mut self,
        request: impl Future<Output = Result<T, ExchangeError>> + Send,
        summary: &DownloadSummary,
    ) -> Result<T, DownloadError> {
        tokio::pin!(request);
        let result = loop {
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => return Err(DownloadError::Cancelled { summary: *summary }),
                Some(notice) = self.pending.recv() => self.sink.notice(notice).await,
                result = &mut request => break result,
            }
        };
        while let Ok(notice) = self.pending.try_recv() {
            self.sink.notice(notice).await;
        }
        result.map_err(|source| DownloadError::Exchange { source, summary: *summary })
    }

    pub(crate) async fn notice(&mut self, notice: Notice) {
        self.sink.notice(notice).await;
    }

    pub(crate) async fn progress(&mut self, progress: Progress) {
        self.sink.progress(progress).await;
    }

    pub(crate) async fn candles(&mut self, candles: CandleBatch) -> Result<(), SinkError> {
        self.sink.candles(candles).await
    }

    /// Tells what was wrong with the page that was asked for from `start` on.
    pub(crate) async fn about_page(&mut self, page: &CandlePage, start: Timestamp) {
        if page.reordered {
            self.notice(Notice::Reordered { start }).await;
        }
        if !page.refused.is_empty() {
            self.sink.refused(&page.refused).await;
        }
        for notice in refusals(&page.refused) {
            self.notice(notice).await;
        }
        if let Some(open_time) = page.unfinished {
            self.notice(Notice::UnfinishedDropped { open_time }).await;
        }
    }
}

/// One notice for each reason, in the order in which the reasons first occurred.
fn refusals(refused: &[RefusedCandle]) -> Vec<Notice> {
    let mut reasons: Vec<(RefusedCandle, usize)> = Vec::new();
    for row in refused {
        match reasons.iter_mut().find(|(first, _)| first.reason == row.reason) {
            Some((_, rows)) => *rows += 1,
            None => reasons.push((*row, 1)),
        }
    }
    reasons
        .into_iter()
        .map(|(first, rows)| Notice::RowsRefused { rows, first: first.open_time, reason: first.reason })
        .collect()
}
