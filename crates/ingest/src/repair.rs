//! Asking again for every hole of a series.

use exchanges::{Exchange, download};
use market_data::{AppendReport, CandleStore, ExplainedGap, GapCause, Note, explain};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use types::{Provenance, SeriesKey, TimeRange};

use crate::observer::{IngestError, Observer};
use crate::sink::{RefusedRows, StoringSink};

/// What a repair did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RepairReport {
    /// Bars that were missing.
    pub missing_before: u64,
    /// What the store did with what came.
    pub stored: AppendReport,
    /// Rows of the exchange that were left out, by reason.
    pub refused: Vec<RefusedRows>,
    /// The holes that are left, with their causes.
    pub left: Vec<ExplainedGap>,
}

/// Fetches what is missing between the first and the last candle. Holes that are known to be the exchange's own are asked for again
/// only with `recheck_outages`: exchanges have been seen to fill them in later. Holes that a user had filled in are asked for as if they
/// were not.
///
/// # Errors
/// [`IngestError`]; what was repaired before stays.
pub async fn repair(
    store: &dyn CandleStore,
    exchange: &dyn Exchange,
    key: &SeriesKey,
    recheck_outages: bool,
    observer: &dyn Observer,
    cancel: &CancellationToken,
) -> Result<RepairReport, IngestError> {
    let holes = explained(store, key).await?;
    let is_asked = |hole: &&ExplainedGap| recheck_outages || !matches!(hole.cause, GapCause::Outage { .. });
    let holes_asked =
        holes.iter().filter(is_asked).map(|hole| TimeRange { start: hole.gap.start, end: hole.gap.end });
    let ledger = store.ledger(key).await?;
    let filled = ledger.filled.iter().filter(|range| recheck_outages || !ledger.is_empty_there(**range));
    let asked: Vec<TimeRange> = holes_asked.chain(filled.copied()).collect();
    let clock = exchange.clock();
    let grid = store.grid(key).await?;
    let bars_of = |range: &TimeRange| grid.bars_between(range.start, range.end);
    // What a made-up market made up stays made up, however often it is asked.
    let provenance = match exchange.provenance() {
        Provenance::Exchange => Provenance::Repaired,
        other => other,
    };
    let expected = asked.iter().map(bars_of).sum();
    let mut sink = StoringSink::new(store, key, provenance, &*clock, observer, expected);
    for range in asked {
        let outcome = download(exchange, &key.symbol, grid, range, &mut sink, cancel.clone()).await;
        let flushed = sink.flush().await;
        let part = outcome.map_err(IngestError::from)?;
        flushed?;
        sink.done_before += bars_of(&range);
        if part.candles == 0 && part.refused == 0 {
            store.note(key, vec![Note::Empty { range, at: clock.now() }]).await?;
        }
    }
    let missing_before = holes.iter().map(|hole| hole.gap.missing).sum();
    let StoringSink { stored, refused, .. } = sink;
    Ok(RepairReport { missing_before, stored, refused, left: explained(store, key).await? })
}

async fn explained(store: &dyn CandleStore, key: &SeriesKey) -> Result<Vec<ExplainedGap>, IngestError> {
    let ledger = store.ledger(key).await?;
    Ok(explain(key.interval, &store.gaps(key).await?, &ledger))
}
