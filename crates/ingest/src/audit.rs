//! Reading a stretch again and comparing it with what is stored: how revised history is found.

use exchanges::{Exchange, download};
use market_data::{AppendReport, CandleStore};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use types::{SeriesKey, TimeRange};

use crate::observer::{IngestError, Observer};
use crate::sink::StoringSink;

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Candles compared.
    pub compared: u64,
    /// What the store did: candles that were missing were added, those that differed were revised and noted.
    pub stored: AppendReport,
}

/// Downloads a stretch whether or not it is stored; where the exchange says something else now, it wins.
///
/// # Errors
/// [`IngestError`]; what was compared before stays.
pub async fn audit(
    store: &dyn CandleStore,
    exchange: &dyn Exchange,
    key: &SeriesKey,
    range: TimeRange,
    observer: &dyn Observer,
    cancel: &CancellationToken,
) -> Result<AuditReport, IngestError> {
    let clock = exchange.clock();
    let grid = store.grid(key).await?;
    let expected = grid.bars_between(range.start, range.end.min(clock.now()));
    let mut sink = StoringSink::new(store, key, exchange.provenance(), &*clock, observer, expected);
    let outcome = download(exchange, &key.symbol, grid, range, &mut sink, cancel.clone()).await;
    let flushed = sink.flush().await;
    let compared = outcome.map_err(IngestError::from)?.candles;
    flushed?;
    Ok(AuditReport { compared, stored: sink.stored })
}
