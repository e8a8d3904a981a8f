//! What the database of candles is, as found when asked.

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _};

use super::{extension, timescale};

/// What a candle database is and how much it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutDatabase {
    /// Version of the server, as it names itself: `17.5`.
    pub server: String,
    /// The `TimescaleDB` extension, when the database has it.
    pub timescale: Option<AboutTimescale>,
    /// Space that the candles take on disk, with indexes, measured.
    pub bytes: u64,
}

/// What `TimescaleDB` does for the candles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutTimescale {
    /// Version of the extension.
    pub version: String,
    /// Its edition: `timescale`, or `apache`, which can neither compress nor aggregate.
    pub license: String,
    /// Whether the table of candles is a hypertable; a plain one works too.
    pub is_hypertable: bool,
    /// Chunks of it.
    pub chunks: u64,
    /// How many of them are compressed.
    pub compressed_chunks: u64,
    /// Names of the continuous aggregates over it, from the finest.
    pub aggregates: Vec<String>,
}

/// Asks the database.
pub(super) async fn about(connection: &mut PgConnection) -> Result<AboutDatabase, sqlx::Error> {
    let server = sqlx::query_scalar("SHOW server_version").fetch_one(&mut *connection).await?;
    let bytes = bytes(connection).await?;
    let Some(extension) = extension::find(connection).await? else {
        return Ok(AboutDatabase { server, timescale: None, bytes });
    };
    let sql = "SELECT count(*), count(*) FILTER (WHERE is_compressed) FROM timescaledb_information.chunks
               WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = 'candles'::regclass";
    let row = sqlx::query(sql).fetch_one(&mut *connection).await?;
    let count = |index: usize| row.try_get::<i64, _>(index).map(i64::unsigned_abs);
    let sql =
        "SELECT view_name::text FROM timescaledb_information.continuous_aggregates WHERE view_name = ANY($1)
               AND format('%I.%I', view_schema, view_name)::regclass = to_regclass(view_name::text)";
    let mut aggregates: Vec<String> =
        sqlx::query_scalar(sql).bind(&timescale::AGGREGATES[..]).fetch_all(&mut *connection).await?;
    aggregates.sort_by_key(|name| timescale::AGGREGATES.iter().position(|known| known == name));
    let timescale = AboutTimescale {
        is_hypertable: timescale::is_hypertable(connection).await?,
        version: extension.version,
        license: extension.license,
        chunks: count(0)?,
        compressed_chunks: count(1)?,
        aggregates,
    };
    Ok(AboutDatabase { server, timescale: Some(timescale), bytes })
}

/// Returns the space that the candles take. A hypertable's own relation is empty: its chunks hold everything.
pub(super) async fn bytes(connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let sql = match extension::find(connection).await? {
        Some(extension) => format!(
            "SELECT coalesce({}.hypertable_size('candles'), pg_total_relation_size('candles'))",
            extension.schema
        ),
        None => "SELECT pg_total_relation_size('candles')".to_owned(),
    };
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.map(i64::unsigned_abs)
}
