//! A series, or a stretch of it, into one file for other programs: CSV as Binance publishes its archives, or Parquet as the lake
//! has it, each with every digit that is stored.
//!
//! Invariants: candles leave in order of time; a stretch of them is in memory at a time, however long the series is; what is
//! appended meanwhile is left for the next export. It knows nothing of files: the caller says what is written to.

mod csv;
mod report;
mod sink;

use std::io::Write;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use types::{SeriesKey, TimeRange, Timestamp};

use crate::columns::{Columns, DECIMALS};
use crate::{CandleColumns, CandleStore};
use sink::write_all;

pub use report::{ExportError, ExportFormat, ExportProgress, ExportReport, ParseExportFormatError};

/// About how many candles are read at once, as many as a row group of the lake holds.
const STRETCH: i64 = 1 << 17;

/// Writes the candles of a series whose open time lies in `range` to `sink`, and hands that back, flushed.
///
/// The sink is written to on a thread of its own, so that it may take its time. After an error or a cancellation it holds a part of
/// the file, and is dropped.
///
/// # Errors
/// [`ExportError::Nothing`] when there is no such candle; nothing was written then.
pub async fn export<W: Write + Send + 'static>(
    store: &dyn CandleStore,
    key: &SeriesKey,
    range: TimeRange,
    format: ExportFormat,
    sink: W,
    progress: &(dyn Fn(&ExportProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<(ExportReport, W), ExportError> {
    let mut source = Source::find(store, key, range, progress, cancel).await?;
    // Parquet says at the beginning of a file how wide its numbers are.
    let is_wide = match format {
        ExportFormat::Csv => [false; DECIMALS.len()],
        ExportFormat::Parquet => source.widths().await?,
    };
    let mut report = ExportReport::new(key, format);
    let (sender, receiver) = mpsc::channel(1);
    let series = key.clone();
    let writer = tokio::task::spawn_blocking(move || write_all(&series, format, is_wide, receiver, sink));
    loop {
        let columns = source.next().await?;
        match &columns {
            Some(columns) => report.count(columns),
            None if report.rows == 0 => return Err(ExportError::Nothing(key.clone())),
            None => {}
        }
        let is_end = columns.is_none();
        let sent = tokio::select! {
            () = cancel.cancelled() => return Err(ExportError::Cancelled),
            sent = sender.send(columns) => sent,
        };
        // A writer that listens no more says why when it is awaited.
        if is_end || sent.is_err() {
            break;
        }
    }
    tokio::select! {
        () = cancel.cancelled() => Err(ExportError::Cancelled),
        written = writer => {
            let (sink, bytes) = written.map_err(|stopped| ExportError::Stopped { reason: stopped.to_string() })??;
            report.bytes = bytes;
            Ok((report, sink))
        }
    }
}

/// The stretches of a series that are still to be read.
struct Source<'a> {
    store: &'a dyn CandleStore,
    key: &'a SeriesKey,
    whole: TimeRange,
    at: Timestamp,
    rows: u64,
    progress: &'a (dyn Fn(&ExportProgress) + Send + Sync),
    cancel: &'a CancellationToken,
}

impl<'a> Source<'a> {
    async fn find(
        store: &'a dyn CandleStore,
        key: &'a SeriesKey,
        range: TimeRange,
        progress: &'a (dyn Fn(&ExportProgress) + Send + Sync),
        cancel: &'a CancellationToken,
    ) -> Result<Self, ExportError> {
        let summary = store.summary(key).await?.ok_or_else(|| ExportError::Nothing(key.clone()))?;
        let whole = TimeRange {
            start: range.start.max(summary.first),
            end: range.end.min(key.interval.next_open(summary.last)),
        };
        if whole.is_empty() {
            return Err(ExportError::Nothing(key.clone()));
        }
        Ok(Self { store, key, whole, at: whole.start, rows: 0, progress, cancel })
    }

    /// Says which columns need more than 8 decimals in 64 bits. A store that does not know has all stretches read, and the export
    /// begins anew.
    async fn widths(&mut self) -> Result<[bool; DECIMALS.len()], ExportError> {
        if let Some(known) = self.store.wide_columns(self.key, self.whole).await? {
            return Ok(known);
        }
        let mut is_wide = [false; DECIMALS.len()];
        while let Some(columns) = self.next().await? {
            for (all, is_wide) in is_wide.iter_mut().zip(columns.is_wide()) {
                *all |= is_wide;
            }
        }
        (self.at, self.rows) = (self.whole.start, 0);
        Ok(is_wide)
    }

    /// Returns the next stretch that holds candles.
    async fn next(&mut self) -> Result<Option<Columns>, ExportError> {
        while self.at < self.whole.end {
            let length = self.key.interval.approximate_ms().saturating_mul(STRETCH);
            let end = self.at.plus_ms(length).min(self.whole.end);
            let range = TimeRange { start: self.at, end };
            let CandleColumns(mut columns) = tokio::select! {
                () = self.cancel.cancelled() => return Err(ExportError::Cancelled),
                columns = self.store.exact_columns(self.key, range) => columns?,
            };
            self.at = end;
            self.rows += columns.len() as u64;
            (self.progress)(&ExportProgress { rows: self.rows, at: end, whole: self.whole });
            if columns.len() > 0 {
                for column in &mut columns.decimals {
                    column.narrow_if_possible();
                }
                return Ok(Some(columns));
            }
        }
        Ok(None)
    }
}
