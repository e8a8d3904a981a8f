//! The ledger of a series: one document, rewritten under the series' lock.

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use types::SeriesKey;

use super::read;
use super::write::lock_series;
use crate::{Ledger, Note};

/// Reads the ledger of a series.
pub(super) async fn read(connection: &mut PgConnection, key: &SeriesKey) -> Result<Ledger, sqlx::Error> {
    match read::series_id(connection, key).await? {
        Some(series) => document(connection, series).await,
        None => Ok(Ledger::default()),
    }
}

/// Takes notes about a series.
pub(super) async fn note(
    connection: &mut PgConnection,
    key: &SeriesKey,
    notes: Vec<Note>,
) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin().await?;
    let series = lock_series(&mut tx, key).await?;
    note_locked(&mut tx, series, notes).await?;
    tx.commit().await
}

/// Takes notes about a series whose lock the transaction holds.
pub(super) async fn note_locked(
    connection: &mut PgConnection,
    series: i32,
    notes: Vec<Note>,
) -> Result<(), sqlx::Error> {
    let mut ledger = document(connection, series).await?;
    if ledger.note(notes) { write(connection, series, &ledger).await } else { Ok(()) }
}

/// Replaces the ledger of a series whose lock the transaction holds.
pub(super) async fn write(
    connection: &mut PgConnection,
    series: i32,
    ledger: &Ledger,
) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(ledger).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query(
        "INSERT INTO candle_ledger (series_id, document) VALUES ($1, $2)
         ON CONFLICT (series_id) DO UPDATE SET document = EXCLUDED.document",
    )
    .bind(series)
    .bind(text)
    .execute(connection)
    .await?;
    Ok(())
}

/// Reads the ledger of a series by its number.
pub(super) async fn document(connection: &mut PgConnection, series: i32) -> Result<Ledger, sqlx::Error> {
    let sql = "SELECT document FROM candle_ledger WHERE series_id = $1";
    let Some(row) = sqlx::query(sql).bind(series).fetch_optional(connection).await? else {
        return Ok(Ledger::default());
    };
    serde_json::from_str(row.try_get(0)?)
        .map_err(|error| sqlx::Error::ColumnDecode { index: "document".to_owned(), source: Box::new(error) })
}
