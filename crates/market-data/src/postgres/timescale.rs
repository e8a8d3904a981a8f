//! What `TimescaleDB` makes of the table of candles: a hypertable, compressed, with aggregates for readers outside.
//!
//! Invariants: every step is taken once and only where it is missing, so an administrator's later changes stay (only an aggregate that
//! was dropped comes back); each is whole or not there. Nothing here is needed to keep candles: what a server refuses is logged, and the table works without it.

mod aggregates;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::extension::Extension;

pub(super) use aggregates::NAMES as AGGREGATES;

/// Time that one chunk spans. All series share the table, and most rows are minutes: a quarter holds 130,000 of each series, so a
/// hundred such series need 0.4 GB of memory for the index of the chunk that is written to, and ten years are 41 chunks, which a
/// query over a whole history still plans in milliseconds (`TimescaleDB`'s own week would make 520).
const CHUNK: &str = "90 days";
/// Age at which a chunk is compressed, counted from its end. Repairs and revisions mostly concern the last days; those of older
/// candles work all the same and cost the unpacking of the batches they touch.
const COMPRESS_AFTER: &str = "30 days";

/// Brings the table up to what the extension offers.
pub(super) async fn set_up(connection: &mut PgConnection, extension: &Extension) -> Result<(), sqlx::Error> {
    if !is_hypertable(connection).await? {
        let sql = format!(
            "SELECT {0}.create_hypertable('candles', {0}.by_range('open_time', INTERVAL '{CHUNK}'),
                                          create_default_indexes => false, migrate_data => true)",
            extension.schema
        );
        connection.execute(AssertSqlSafe(sql)).await?;
        tracing::info!(version = extension.version, chunk = CHUNK, "made the table of candles a hypertable");
    }
    if !extension.is_community() {
        tracing::info!(
            license = extension.license,
            "this edition of TimescaleDB has no compression and no continuous aggregates; candles are kept without"
        );
        return Ok(());
    }
    compress(connection, extension).await?;
    aggregates::make(connection, extension).await
}

/// Returns whether the table of candles is a hypertable; the extension must be there.
pub(super) async fn is_hypertable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let sql = "SELECT EXISTS (SELECT FROM timescaledb_information.hypertables
               WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = 'candles'::regclass)";
    sqlx::query_scalar(sql).fetch_one(connection).await
}

async fn compress(connection: &mut PgConnection, extension: &Extension) -> Result<(), sqlx::Error> {
    let sql = "SELECT compression_enabled FROM timescaledb_information.hypertables
               WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = 'candles'::regclass";
    if sqlx::query_scalar(sql).fetch_one(&mut *connection).await? {
        return Ok(());
    }
    let mut tx = connection.begin().await?;
    tx.execute(
        "ALTER TABLE candles SET (timescaledb.compress, timescaledb.compress_segmentby = 'series_id',
                                  timescaledb.compress_orderby = 'open_time')",
    )
    .await?;
    let sql = format!(
        "SELECT {}.add_compression_policy('candles', compress_after => INTERVAL '{COMPRESS_AFTER}')",
        extension.schema
    );
    tx.execute(AssertSqlSafe(sql)).await?;
    tx.commit().await?;
    tracing::info!(after = COMPRESS_AFTER, "old chunks of candles will be compressed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PostgresCandles;
    use crate::postgres::{about, extension, url};

    #[tokio::test]
    async fn the_apache_edition_gets_a_hypertable_and_the_other_one_the_rest() {
        let address = testkit::timescale_url().await;
        let options = url::parse(&address).unwrap().options;
        // The tables, before there is an extension.
        let mut connection = PgConnection::connect_with(&options).await.unwrap();
        let mut migrations = sqlx::migrate!("../../migrations/candles");
        migrations.dangerous_set_table_name("_candle_migrations");
        migrations.run_direct(None, &mut connection, false).await.unwrap();
        extension::make(&mut connection).await.unwrap();
        let found = extension::find(&mut connection).await.unwrap().unwrap();
        assert!(found.is_community());
        let apache = Extension { license: "apache".to_owned(), ..found };
        set_up(&mut connection, &apache).await.unwrap();
        let timescale = about::about(&mut connection).await.unwrap().timescale.unwrap();
        assert_eq!((timescale.is_hypertable, timescale.aggregates.len()), (true, 0));
        let sql = "SELECT count(*) FROM timescaledb_information.jobs WHERE job_id >= 1000";
        let jobs: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
        assert_eq!(jobs, 0);
        connection.close().await.unwrap();

        let store = PostgresCandles::open(&address).await.unwrap();
        let timescale = store.about().await.unwrap().timescale.unwrap();
        assert_eq!((timescale.is_hypertable, timescale.aggregates.len()), (true, 5));
    }
}
