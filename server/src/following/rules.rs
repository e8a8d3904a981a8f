//! Keeps an exchange's order rules by day, beside its followed candles.

use std::sync::Arc;

use exchanges::{Exchange, Priority};
use ingest::SnapshotDue;
use store::Store;
use tokio_util::sync::CancellationToken;
use types::Timestamp;

/// The longest wait before the calendar is looked at again, by the exchange's clock.
const LOOK_MS: i64 = 3_600_000;
/// The wait after an attempt that failed.
const AGAIN_MS: i64 = 10 * 60_000;

/// Records the rules once on every day of the exchange's clock, until cancelled.
pub(super) async fn keep(exchange: Arc<dyn Exchange>, store: Arc<dyn Store>, cancel: CancellationToken) {
    let clock = exchange.clock();
    loop {
        let looked = tokio::select! {
            () = cancel.cancelled() => return,
            looked = look(&*exchange, &*store) => looked,
        };
        let next = match looked {
            Ok(next) => next.min(clock.now().plus_ms(LOOK_MS)),
            Err(error) => {
                tracing::warn!(exchange = %exchange.id(), "order rules were not recorded: {error}");
                clock.now().plus_ms(AGAIN_MS)
            }
        };
        tokio::select! {
            () = cancel.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
    }
}

/// Records the rules if they are due; returns when to look again.
async fn look(exchange: &dyn Exchange, store: &dyn Store) -> anyhow::Result<Timestamp> {
    let last = store.last_instrument_day(exchange.id()).await?.map(|known| known.day);
    let day = match ingest::snapshot_due(exchange, last).await? {
        SnapshotDue::At(next) => return Ok(next),
        SnapshotDue::Now { day } => day,
    };
    let instruments = match exchange.prioritised(Priority::Repair).instruments().await {
        Ok(instruments) => instruments,
        // A fallback for candles alone has no rules to keep.
        Err(exchanges::ExchangeError::NotOffered { .. }) => return Ok(day.plus_ms(Timestamp::DAY_MS)),
        Err(error) => return Err(error.into()),
    };
    store.record_instruments(exchange.id(), day, &instruments, exchange.clock().now()).await?;
    tracing::info!(exchange = %exchange.id(), pairs = instruments.len(), "recorded the order rules of {}", day.to_date());
    Ok(day.plus_ms(Timestamp::DAY_MS))
}
