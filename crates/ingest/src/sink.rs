//! Stores what a download brings, a batch at a time, and keeps note of what it could not store.

use async_trait::async_trait;
use exchanges::{CandleSink, Clock, Notice, Progress, Refusal, RefusedCandle, SinkError};
use market_data::{AppendReport, CandleStore, Note, RejectedRow, RevisedCandle, StoreError};
use serde::Serialize;
use tokio::time::Instant;
use types::{CandleBatch, Provenance, SeriesKey, Timestamp};

use crate::batching::Batching;
use crate::observer::Observer;

/// Rows that were left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRows {
    /// How many.
    pub rows: u64,
    /// Open time of the first.
    pub first: Timestamp,
    /// Why, in words.
    pub reason: String,
}

/// Appends what arrives to the store.
pub(crate) struct StoringSink<'a> {
    store: &'a dyn CandleStore,
    key: &'a SeriesKey,
    provenance: Provenance,
    clock: &'a dyn Clock,
    observer: &'a dyn Observer,
    waiting: CandleBatch,
    batching: Batching,
    /// When the store was given something the last time.
    stored_at: Instant,
    notes: Vec<Note>,
    /// What the store did so far.
    pub(crate) stored: AppendReport,
    /// What was left out so far.
    pub(crate) refused: Vec<RefusedRows>,
    /// Bars of the stretches that are done.
    pub(crate) done_before: u64,
    /// Bars of all stretches.
    expected: u64,
}

impl<'a> StoringSink<'a> {
    pub(crate) fn new(
        store: &'a dyn CandleStore,
        key: &'a SeriesKey,
        provenance: Provenance,
        clock: &'a dyn Clock,
        observer: &'a dyn Observer,
        expected: u64,
    ) -> Self {
        Self {
            store,
            key,
            provenance,
            clock,
            observer,
            waiting: CandleBatch::default(),
            batching: Batching::default(),
            stored_at: Instant::now(),
            notes: Vec::new(),
            stored: AppendReport::default(),
            refused: Vec::new(),
            done_before: 0,
            expected,
        }
    }

    /// Stores what waits, and notes what there is to note.
    pub(crate) async fn flush(&mut self) -> Result<(), StoreError> {
        if !self.waiting.is_empty() {
            let batch = std::mem::take(&mut self.waiting);
            self.batching.stored(&batch);
            let report = self.store.append_batch(self.key, batch, self.provenance).await?;
            self.notes.extend(revisions(&report, self.clock));
            self.stored.merge(report);
            self.stored_at = Instant::now();
        }
        if !self.notes.is_empty() {
            self.store.note(self.key, std::mem::take(&mut self.notes)).await?;
        }
        Ok(())
    }
}

/// Returns the notes about what an append revised.
pub(crate) fn revisions(report: &AppendReport, clock: &dyn Clock) -> Vec<Note> {
    let at = clock.now();
    let note = |revision: &market_data::Revision| {
        let market_data::Revision { was, now } = revision.clone();
        Note::Revised(Box::new(RevisedCandle { was, now, at }))
    };
    report.revisions.iter().map(note).collect()
}

#[async_trait]
impl CandleSink for StoringSink<'_> {
    async fn candles(&mut self, candles: CandleBatch) -> Result<(), SinkError> {
        self.waiting.extend(candles);
        if self.batching.is_due(self.waiting.len(), self.stored_at.elapsed()) {
            self.flush().await.map_err(Box::new)?;
        }
        Ok(())
    }

    async fn refused(&mut self, rows: &[RefusedCandle]) {
        let at = self.clock.now();
        for row in rows {
            let reason = row.reason.to_string();
            match self.refused.iter_mut().find(|refused| refused.reason == reason) {
                Some(refused) => refused.rows += 1,
                None => self.refused.push(RefusedRows { rows: 1, first: row.open_time, reason }),
            }
        }
        // A row served twice or beside the stretch leaves no hole.
        let lost =
            rows.iter().filter(|row| matches!(row.reason, Refusal::Implausible(_) | Refusal::OtherGrid(_)));
        self.notes.extend(lost.map(|row| {
            Note::Rejected(RejectedRow { open_time: row.open_time, reason: row.reason.to_string(), at })
        }));
    }

    async fn notice(&mut self, notice: Notice) {
        self.observer.notice(notice).await;
    }

    async fn progress(&mut self, progress: Progress) {
        let done = (self.done_before + progress.done_bars).min(self.expected);
        self.observer.progress(self.key, done, self.expected, progress.up_to);
    }
}
