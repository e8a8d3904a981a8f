//! Candles into the database: what is new or different goes over in one `COPY`, inside one transaction per append.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgTransaction, Row as _};
use types::{SeriesKey, TimeRange, Timestamp};

use super::copy::{COLUMNS, chunks};
use super::instant::Instant;
use super::read;
use crate::columns::{Changed, Columns, merge};
use crate::{AppendReport, ProvenanceCounts, Take};

/// Namespace of the locks that make writers of one series wait for each other.
const LOCKS: i32 = 0x0043_414e;

/// Merges sorted, unique candles into a series.
pub(super) async fn append(
    connection: &mut PgConnection,
    key: &SeriesKey,
    new: Columns,
    report: &mut AppendReport,
) -> Result<(), sqlx::Error> {
    let (Some(&first), Some(&last)) = (new.open_time.first(), new.open_time.last()) else { return Ok(()) };
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
    let range = TimeRange { start: Timestamp::from_ms(first), end: Timestamp::from_ms(last + 1) };
    let old = read::columns(&mut tx, series, range, Take::All).await?;
    let before = old.clone();
    if let Some(merged) = merge(old, new, report) {
        let changed = merged.changed_since(&before);
        copy(&mut tx, series, &merged, &changed).await?;
        count(&mut tx, series, &merged, &changed).await?;
    }
    tx.commit().await
}

/// Deletes a series; returns how many candles it held.
pub(super) async fn delete(connection: &mut PgConnection, key: &SeriesKey) -> Result<u64, sqlx::Error> {
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
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

async fn copy(
    tx: &mut PgTransaction<'_>,
    series: i32,
    columns: &Columns,
    changed: &[Changed],
) -> Result<(), sqlx::Error> {
    // New candles go straight into the table; only when some replace others does the detour over a second table pay.
    let replaces = changed.iter().any(|changed| changed.was.is_some());
    let target = if replaces { "incoming" } else { "candles" };
    if replaces {
        let sql = "CREATE TEMPORARY TABLE incoming (LIKE candles) ON COMMIT DROP";
        tx.execute(sql).await?;
    }
    let mut stream =
        tx.copy_in_raw(&format!("COPY {target} ({COLUMNS}) FROM STDIN WITH (FORMAT binary)")).await?;
    for chunk in chunks(series, columns, changed) {
        stream.send(chunk).await?;
    }
    stream.finish().await?;
    if replaces {
        let set: Vec<String> =
            COLUMNS.split(", ").skip(2).map(|column| format!("{column} = EXCLUDED.{column}")).collect();
        let sql = format!(
            "INSERT INTO candles ({COLUMNS}) SELECT {COLUMNS} FROM incoming
             ON CONFLICT (series_id, open_time) DO UPDATE SET {}",
            set.join(", ")
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await?;
    }
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
