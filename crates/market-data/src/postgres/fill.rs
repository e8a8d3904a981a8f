//! Candles that a user had filled in, in the database: candles and ledger change in one transaction.

use std::sync::atomic::AtomicBool;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use types::SeriesKey;

use super::instant::Instant;
use super::write::{append_locked, lock_series, unpack_without_limit};
use super::{ledger, read};
use crate::columns::Columns;
use crate::{AppendReport, Note, Take};

/// Adds sorted, unique candles where none is; returns how many that were.
pub(super) async fn fill_in(
    connection: &mut PgConnection,
    key: &SeriesKey,
    candles: Columns,
    refuses_copy: &AtomicBool,
) -> Result<u64, sqlx::Error> {
    let Some(span) = candles.span() else { return Ok(0) };
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
    let there = read::columns(&mut tx, series, span, Take::All).await?.open_time;
    let new = candles.without(|row| there.binary_search(&candles.open_time[row]).is_ok());
    let stretches = new.stretches(key.interval).into_iter();
    ledger::note_locked(&mut tx, series, stretches.map(|range| Note::Filled { range }).collect()).await?;
    let mut report = AppendReport::default();
    append_locked(&mut tx, series, new, &mut report, refuses_copy).await?;
    tx.commit().await?;
    Ok(report.added)
}

/// Removes what was filled in; returns how many candles that were.
pub(super) async fn remove_filled(
    connection: &mut PgConnection,
    key: &SeriesKey,
) -> Result<u64, sqlx::Error> {
    // Looked at first: the lock would make the row of a series that is not there.
    if read::series_id(connection, key).await?.is_none() {
        return Ok(0);
    }
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
    let mut known = ledger::document(&mut tx, series).await?;
    let filled = std::mem::take(&mut known.filled);
    if filled.is_empty() {
        return Ok(0);
    }
    unpack_without_limit(&mut tx).await?;
    let mut removed = 0;
    for range in filled {
        let (start, end) = (Instant::clamped(range.start), Instant::clamped(range.end));
        let sql = "DELETE FROM candles WHERE series_id = $1 AND open_time >= $2 AND open_time < $3
                   AND source = 'synthetic' AND volume = 0 AND trades = 0";
        let done = sqlx::query(sql).bind(series).bind(start).bind(end).execute(&mut *tx).await?;
        removed += done.rows_affected();
    }
    let sql = "UPDATE candle_series SET synthetic_rows = synthetic_rows - $2,
                   first_open = (SELECT min(open_time) FROM candles WHERE series_id = $1),
                   last_open = (SELECT max(open_time) FROM candles WHERE series_id = $1) WHERE id = $1";
    let gone = i64::try_from(removed).unwrap_or(i64::MAX);
    sqlx::query(sql).bind(series).bind(gone).execute(&mut *tx).await?;
    ledger::write(&mut tx, series, &known).await?;
    tx.commit().await?;
    Ok(removed)
}
