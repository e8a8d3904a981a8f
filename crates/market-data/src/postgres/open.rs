//! Making a database ready for candles: the extension, the tables, and what the extension makes of them.
//!
//! Invariants: one process at a time, the others wait; doing it again changes nothing; what `TimescaleDB` refuses keeps no candle out.

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Executor as _};

use super::{PATIENCE, extension, timescale};

/// The lock under which a database is made ready; it ends with its connection.
const LOCK: i64 = 0x0043_414e_444c_4553;

/// Brings a database up to date.
pub(super) async fn prepare(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = connect_alone(options).await?;
    extension::make(&mut connection).await?;
    // The server may have hung up instead of making the extension.
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "the connection that asked for the extension ended before it was closed");
    }
    let mut connection = connect_alone(options).await?;
    migrations()
        .run_direct(None, &mut connection, false)
        .await
        .map_err(|error| sqlx::Error::Migrate(Box::new(error)))?;
    if let Some(extension) = extension::find(&mut connection).await?
        && let Err(error) = timescale::set_up(&mut connection, &extension).await
    {
        tracing::warn!(
            %error,
            version = extension.version,
            "candles are kept, but not in all the ways that TimescaleDB 2.13 and later have; grant this user what the \
             message names, or update the extension, and start again"
        );
    }
    connection.close().await
}

/// Returns the steps of the schema of candles.
pub(super) fn migrations() -> Migrator {
    let mut migrations: Migrator = sqlx::migrate!("../../migrations/candles");
    // The application's state may live in the same database, with steps of its own.
    migrations.dangerous_set_table_name("_candle_migrations");
    migrations
}

/// Connects, and waits until no other process prepares the database.
async fn connect_alone(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await;
    let silent = || std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in 10 s");
    let mut connection = connecting.unwrap_or_else(|_| Err(sqlx::Error::Io(silent())))?;
    let sql = "SELECT pg_try_advisory_lock($1)";
    if !sqlx::query_scalar(sql).bind(LOCK).fetch_one(&mut connection).await? {
        tracing::info!("another process prepares the candle database; waiting for it");
        let sql = sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK);
        connection.execute(sql).await?;
    }
    Ok(connection)
}
