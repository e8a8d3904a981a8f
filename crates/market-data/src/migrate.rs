//! Copying a series from one store to another, and proving that it arrived.
//!
//! Invariants: every candle keeps its values and its provenance; what the other store says differently is left alone and counted, never
//! overwritten; the copy is read back and compared before it counts as verified. Stretch by stretch, so that memory stays small.

use serde::{Deserialize, Serialize};
use types::{Provenance, SeriesKey, TimeRange, Timestamp};

use crate::{CandleStore, EmptyStretch, Ledger, Note, StoreError, StoredCandle, Take};

/// About how many candles are in memory at once.
const STRETCH: i64 = 100_000;
/// How many differing candles a report names.
const EXAMPLES: usize = 20;

/// What a copy did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrateReport {
    /// The series.
    #[serde(flatten)]
    pub key: SeriesKey,
    /// Candles read from the source.
    pub rows: u64,
    /// Candles that the target did not have.
    pub added: u64,
    /// Candles that the target has with other values or another provenance; they were left as they are.
    pub differing: u64,
    /// Open times of the first ones.
    pub differing_at: Vec<Timestamp>,
    /// Candles of the source that the target holds now, read back and equal to the last digit.
    pub verified: u64,
}

impl MigrateReport {
    /// Returns whether the target now holds everything that the source does.
    pub fn is_complete(&self) -> bool {
        self.verified == self.rows
    }
}

/// Copies a series; doing it again completes what was begun and changes nothing that is there.
///
/// # Errors
/// The first error of either store; what was copied before stays.
pub async fn migrate(
    from: &dyn CandleStore,
    to: &dyn CandleStore,
    key: &SeriesKey,
) -> Result<MigrateReport, StoreError> {
    let mut report = MigrateReport {
        key: key.clone(),
        rows: 0,
        added: 0,
        differing: 0,
        differing_at: Vec::new(),
        verified: 0,
    };
    let Some(summary) = from.summary(key).await? else { return Ok(report) };
    let mut start = summary.first;
    while start <= summary.last {
        let end = start.plus_ms(key.interval.approximate_ms().saturating_mul(STRETCH));
        stretch(from, to, key, TimeRange { start, end }, &mut report).await?;
        start = end;
    }
    to.note(key, notes(from.ledger(key).await?)).await?;
    Ok(report)
}

/// Returns a ledger as the notes that make it.
fn notes(ledger: Ledger) -> Vec<Note> {
    let range = |stretch: &EmptyStretch| TimeRange { start: stretch.start, end: stretch.end };
    let empty =
        ledger.empty.iter().map(|stretch| Note::Empty { range: range(stretch), at: stretch.checked_at });
    let rejected = ledger.rejected.into_iter().map(Note::Rejected);
    let revised = ledger.revised.into_iter().map(|candle| Note::Revised(Box::new(candle)));
    let filled = ledger.filled.into_iter().map(|range| Note::Filled { range });
    empty.chain(rejected).chain(revised).chain(filled).collect()
}

async fn stretch(
    from: &dyn CandleStore,
    to: &dyn CandleStore,
    key: &SeriesKey,
    range: TimeRange,
    report: &mut MigrateReport,
) -> Result<(), StoreError> {
    let source = from.candles(key, range, Take::All).await?;
    report.rows += source.len() as u64;
    let there = to.candles(key, range, Take::All).await?;
    let missing = |row: &&StoredCandle| find(&there, row.candle.open_time).is_none();
    for provenance in Provenance::ALL {
        let candles: Vec<_> = source
            .iter()
            .filter(|row| row.provenance == provenance)
            .filter(missing)
            .map(|row| row.candle.clone())
            .collect();
        report.added += to.append(key, candles, provenance).await?.added;
    }
    let arrived = to.candles(key, range, Take::All).await?;
    for row in &source {
        if find(&arrived, row.candle.open_time) == Some(row) {
            report.verified += 1;
            continue;
        }
        report.differing += 1;
        if report.differing_at.len() < EXAMPLES {
            report.differing_at.push(row.candle.open_time);
        }
    }
    Ok(())
}

fn find(sorted: &[StoredCandle], at: Timestamp) -> Option<&StoredCandle> {
    sorted.binary_search_by_key(&at, |row| row.candle.open_time).ok().map(|found| &sorted[found])
}
