//! Candles into the database: what is new or different goes over at once, inside one transaction per append.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, PgTransaction, Row as _};
use types::{Grid, SeriesKey, Timestamp};

use super::instant::Instant;
use super::{copy, read, unnest};
use crate::columns::{Changed, Columns, merge};
use crate::{AppendReport, ProvenanceCounts, StoreError, Take};

/// Namespace of the locks that make writers of one series wait for each other.
const LOCKS: i32 = 0x0043_414e;

/// Merges sorted, unique candles into a series, or says why the series takes none of them.
pub(super) async fn append(
    connection: &mut PgConnection,
    key: &SeriesKey,
    new: Columns,
    report: &mut AppendReport,
    refuses_copy: &AtomicBool,
) -> Result<Result<(), StoreError>, sqlx::Error> {
    if new.len() == 0 {
        return Ok(Ok(()));
    }
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
    if let Err(refused) = new.check_grid(key, grid(&mut tx, key, series).await?) {
        return Ok(Err(refused));
    }
    append_locked(&mut tx, series, new, report, refuses_copy).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Returns where the candles of a series open, as far as that is known.
async fn grid(tx: &mut PgTransaction<'_>, key: &SeriesKey, series: i32) -> Result<Grid, sqlx::Error> {
    let unlearnt = Grid::from(key.interval);
    if unlearnt.is_known() {
        return Ok(unlearnt);
    }
    let sql = "SELECT first_open FROM candle_series WHERE id = $1";
    let first: Option<Instant> = sqlx::query_scalar(sql).bind(series).fetch_one(&mut **tx).await?;
    Ok(first.map_or(unlearnt, |first| Grid::through(key.interval, Timestamp::from_ms(first.0))))
}

/// Merges sorted, unique candles into a series whose lock the transaction holds.
pub(super) async fn append_locked(
    tx: &mut PgTransaction<'_>,
    series: i32,
    new: Columns,
    report: &mut AppendReport,
    refuses_copy: &AtomicBool,
) -> Result<(), sqlx::Error> {
    let Some(span) = new.span() else { return Ok(()) };
    let old = read::columns(tx, series, span, Take::All).await?;
    let before = old.clone();
    if let Some(merged) = merge(old, new, report) {
        let changed = merged.changed_since(&before);
        unpack_without_limit(tx).await?;
        store(tx, series, &merged, &changed, refuses_copy).await?;
        count(tx, series, &merged, &changed).await?;
    }
    Ok(())
}

/// Deletes a series; returns how many candles it held.
pub(super) async fn delete(connection: &mut PgConnection, key: &SeriesKey) -> Result<u64, sqlx::Error> {
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
    unpack_without_limit(&mut tx).await?;
    let rows = sqlx::query("DELETE FROM candles WHERE series_id = $1").bind(series).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM candle_series WHERE id = $1").bind(series).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(rows.rows_affected())
}

/// Returns the series' number, making one for a series that is new, and keeps other writers of it out until the transaction ends.
pub(super) async fn lock_series(tx: &mut PgTransaction<'_>, key: &SeriesKey) -> Result<i32, sqlx::Error> {
    // The update of nothing locks the row, and answers for a row that was there too.
    let row = sqlx::query(
        "INSERT INTO candle_series (exchange, symbol, \"interval\") VALUES ($1, $2, $3)
         ON CONFLICT (exchange, symbol, \"interval\") DO UPDATE SET exchange = EXCLUDED.exchange RETURNING id",
    )
    .bind(key.exchange.as_str())
    .bind(key.symbol.as_str())
    .bind(key.interval.as_str())
    .fetch_one(&mut **tx)
    .await?;
    let series: i32 = row.try_get(0)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(LOCKS).bind(series).execute(&mut **tx).await?;
    Ok(series)
}

/// Stores the changed rows: new ones by `COPY`, which is twice as fast; with some that replace others it is not.
async fn store(
    tx: &mut PgTransaction<'_>,
    series: i32,
    columns: &Columns,
    changed: &[Changed],
    refuses_copy: &AtomicBool,
) -> Result<(), sqlx::Error> {
    let replaces = changed.iter().any(|changed| changed.was.is_some());
    if !replaces && !refuses_copy.load(Ordering::Relaxed) {
        let mut attempt = tx.begin().await?;
        match copy::stream(&mut attempt, series, columns, changed).await {
            Ok(()) => return attempt.commit().await,
            Err(error) if is_no_copy(&error) => {
                attempt.rollback().await?;
                refuses_copy.store(true, Ordering::Relaxed);
                tracing::info!(%error, "the candle database takes no COPY; candles go over as arrays from now on");
            }
            Err(error) => return Err(error),
        }
    }
    unnest::insert(tx, series, columns, changed).await
}

/// Says whether a server does not have `COPY` for this table (row-level security, some proxies), rather than failing at it.
fn is_no_copy(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("0A000")
}

/// Lets one append or deletion unpack as many compressed candles as it has to; by default `TimescaleDB` stops at 100,000. Elsewhere
/// there is no such setting and nothing happens.
pub(super) async fn unpack_without_limit(tx: &mut PgTransaction<'_>) -> Result<(), sqlx::Error> {
    let sql = "SELECT set_config(name, '0', true) FROM pg_settings
               WHERE name = 'timescaledb.max_tuples_decompressed_per_dml_transaction'";
    sqlx::query(sql).execute(&mut **tx).await?;
    Ok(())
}

/// Keeps the series' row in step with its candles.
async fn count(
    tx: &mut PgTransaction<'_>,
    series: i32,
    columns: &Columns,
    changed: &[Changed],
) -> Result<(), sqlx::Error> {
    let (mut more, mut less) = (ProvenanceCounts::default(), ProvenanceCounts::default());
    for &Changed { row, was } in changed {
        more.add(columns.source[row], 1);
        if let Some(was) = was {
            less.add(was, 1);
        }
    }
    let change = |more: u64, less: u64| {
        i64::try_from(more).unwrap_or(i64::MAX) - i64::try_from(less).unwrap_or(i64::MAX)
    };
    let (Some(first), Some(last)) = (columns.open_time.first(), columns.open_time.last()) else {
        return Ok(());
    };
    sqlx::query(
        "UPDATE candle_series SET exchange_rows = exchange_rows + $2, imported_rows = imported_rows + $3,
            resampled_rows = resampled_rows + $4, repaired_rows = repaired_rows + $5,
            synthetic_rows = synthetic_rows + $6,
            first_open = least(first_open, $7), last_open = greatest(last_open, $8) WHERE id = $1",
    )
    .bind(series)
    .bind(change(more.exchange, less.exchange))
    .bind(change(more.imported, less.imported))
    .bind(change(more.resampled, less.resampled))
    .bind(change(more.repaired, less.repaired))
    .bind(change(more.synthetic, less.synthetic))
    .bind(Instant(*first))
    .bind(Instant(*last))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
