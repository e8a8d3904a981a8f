//! A look at a candle database that changes nothing in it.

use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::{AboutDatabase, PATIENCE, about};

/// What a look at a candle database found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleInspection {
    /// What it is and how much it holds; `None` while it has no table of candles, which the next start makes.
    pub about: Option<AboutDatabase>,
    /// Steps of the schema that the next start takes.
    pub pending: u64,
    /// The newest step that this program does not know: a newer version took it.
    pub unknown: Option<i64>,
}

/// Connects, and asks.
pub(super) async fn inspect(
    options: &PgConnectOptions,
    migrations: &Migrator,
) -> Result<CandleInspection, sqlx::Error> {
    let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await;
    let silent = || std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in 10 s");
    let mut connection = connecting.unwrap_or_else(|_| Err(sqlx::Error::Io(silent())))?;
    let taken = steps(&mut connection).await?;
    let has_candles: bool =
        sqlx::query_scalar("SELECT to_regclass('candles') IS NOT NULL").fetch_one(&mut connection).await?;
    let about = if has_candles { Some(about::about(&mut connection).await?) } else { None };
    connection.close().await?;
    let is_ours = |step: &i64| migrations.iter().any(|ours| ours.version == *step);
    Ok(CandleInspection {
        about,
        pending: migrations.iter().filter(|ours| !taken.contains(&ours.version)).count() as u64,
        unknown: taken.iter().rev().find(|step| !is_ours(step)).copied(),
    })
}

/// Returns the steps that were taken, in order.
async fn steps(connection: &mut PgConnection) -> Result<Vec<i64>, sqlx::Error> {
    let sql = "SELECT to_regclass('_candle_migrations') IS NOT NULL";
    if !sqlx::query_scalar(sql).fetch_one(&mut *connection).await? {
        return Ok(Vec::new());
    }
    let sql = "SELECT version FROM _candle_migrations WHERE success ORDER BY version";
    sqlx::query_scalar(sql).fetch_all(connection).await
}
