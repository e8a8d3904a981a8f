//! What TimescaleDB makes of the candle table: a hypertable, compressed chunks that still take changes, and nothing twice.

use market_data::{AboutTimescale, CandleStore, PostgresCandles, Take};
use rust_decimal::Decimal;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use types::{Interval, Provenance, TimeRange};

use crate::support::{all, at, candles, key};

/// Runs statements, one after the other, on a connection of their own.
pub(crate) async fn execute(url: &str, statements: &[&str]) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for statement in statements {
        connection.execute(AssertSqlSafe((*statement).to_owned())).await.unwrap();
    }
    connection.close().await.unwrap();
}

async fn count(url: &str, sql: &'static str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    found
}

/// Opens, asks, closes: the server takes one connection at a time.
async fn about(url: &str) -> Option<AboutTimescale> {
    PostgresCandles::open(url).await.unwrap().about().await.unwrap().timescale
}

/// Compresses what the policy would compress tonight.
async fn run_policy(url: &str) {
    let sql = "SELECT job_id::bigint FROM timescaledb_information.jobs
               WHERE proc_name IN ('policy_compression', 'policy_columnstore') AND hypertable_name = 'candles'";
    let job = count(url, sql).await;
    execute(url, &[&format!("CALL run_job({job})")]).await;
}

#[tokio::test]
async fn a_fresh_database_gets_everything_and_a_second_opening_nothing() {
    const JOBS: &str = "SELECT count(*) FROM timescaledb_information.jobs WHERE job_id >= 1000";
    let url = testkit::timescale_url().await;
    let first = about(&url).await.unwrap();
    assert!(first.is_hypertable && first.version.starts_with("2."), "{first:?}");
    assert_eq!((&*first.license, first.chunks, first.compressed_chunks), ("timescale", 0, 0));
    assert_eq!(first.aggregates, ["candles_5m", "candles_1h", "candles_1d", "candles_1w", "candles_1mo"]);
    let jobs = count(&url, JOBS).await;
    assert_eq!(jobs, 6, "one policy compresses, five refresh");
    assert_eq!(about(&url).await, Some(first));
    // What an administrator takes away stays away.
    execute(&url, &["SELECT remove_compression_policy('candles')"]).await;
    about(&url).await.unwrap();
    assert_eq!(count(&url, JOBS).await, jobs - 1);
}

#[tokio::test]
async fn processes_that_open_a_database_at_once_wait_for_each_other() {
    for url in [testkit::timescale_url().await, testkit::postgres_url().await] {
        let stores =
            futures::future::try_join_all((0..4).map(|_| PostgresCandles::open(&url))).await.unwrap();
        assert_eq!(stores[0].series().await.unwrap(), []);
    }
}

#[tokio::test]
async fn candles_that_were_there_before_move_into_chunks() {
    let url = testkit::timescale_url().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let mut migrations = sqlx::migrate!("../../migrations/candles");
    migrations.dangerous_set_table_name("_candle_migrations");
    migrations.run_direct(None, &mut connection, false).await.unwrap();
    connection.close().await.unwrap();
    execute(
        &url,
        &[
            "INSERT INTO candle_series (exchange, symbol, \"interval\", exchange_rows, first_open, last_open)
             VALUES ('binance', 'BTCUSDT', '1d', 400, '2023-01-01', '2024-02-04')",
            "INSERT INTO candles (series_id, open_time, open, high, low, close, volume, source)
             SELECT 1, '2023-01-01'::timestamptz + day * interval '1 day', 10.5, 12, 9, 11, day, 'exchange'
             FROM generate_series(0, 399) AS day",
        ],
    )
    .await;
    let store = PostgresCandles::open(&url).await.unwrap();
    let found = all(&store, &key("BTCUSDT", Interval::D1)).await;
    assert_eq!((found.len(), found[399].candle.volume), (400, Decimal::from(399)));
    let timescale = store.about().await.unwrap().timescale.unwrap();
    assert!(timescale.is_hypertable && timescale.chunks >= 5, "{timescale:?}");
}

#[tokio::test]
async fn compressed_chunks_take_repairs_revisions_and_backfills() {
    let url = testkit::timescale_url().await;
    let series = key("BTCUSDT", Interval::H1);
    let mut made = candles(Interval::H1, at("2023-01-01"), 5000);
    let store = PostgresCandles::open(&url).await.unwrap();
    let holes: Vec<_> = made.iter().skip(5).step_by(9).take(400).cloned().collect();
    let kept = made.iter().filter(|candle| !holes.contains(candle)).cloned().collect();
    store.append(&series, kept, Provenance::Imported).await.unwrap();
    let loose = store.about().await.unwrap();
    drop(store);

    run_policy(&url).await;
    let store = PostgresCandles::open(&url).await.unwrap();
    let packed = store.about().await.unwrap();
    let (before, after) = (loose.timescale.unwrap(), packed.timescale.unwrap());
    assert_eq!((before.compressed_chunks, after.compressed_chunks), (0, before.chunks));
    assert!(packed.bytes < loose.bytes, "{} {}", packed.bytes, loose.bytes);
    assert_eq!(store.summary(&series).await.unwrap().unwrap().rows, 4600);

    for candle in made.iter_mut().step_by(4) {
        candle.close += Decimal::new(1, 8);
    }
    let report = store.append(&series, holes, Provenance::Exchange).await.unwrap();
    assert_eq!((report.added, report.revised), (400, 0));
    let report = store.append(&series, made.clone(), Provenance::Repaired).await.unwrap();
    assert_eq!((report.added, report.revised), (0, 1250));
    let stored: Vec<_> = all(&store, &series).await.into_iter().map(|row| row.candle).collect();
    assert_eq!(stored, made);
    assert_eq!(store.quality(&series).await.unwrap().provenance.repaired, 1250);
    drop(store);

    // Packed again, with what was changed.
    run_policy(&url).await;
    let store = PostgresCandles::open(&url).await.unwrap();
    let stored: Vec<_> = all(&store, &series).await.into_iter().map(|row| row.candle).collect();
    assert_eq!(stored, made);
    assert_eq!(store.delete(&series).await.unwrap(), 5000);
    assert_eq!(all(&store, &series).await, []);
}

#[tokio::test]
async fn one_append_unpacks_as_many_candles_as_it_must() {
    let url = testkit::timescale_url().await;
    let series = key("BTCUSDT", Interval::H1);
    let mut made = candles(Interval::H1, at("2023-01-01"), 4000);
    let store = PostgresCandles::open(&url).await.unwrap();
    store.append(&series, made.clone(), Provenance::Exchange).await.unwrap();
    drop(store);
    run_policy(&url).await;
    // TimescaleDB stops a statement at 100,000 by default; here at 1000, so that fewer candles do.
    let strict = format!("{url}&options[timescaledb.max_tuples_decompressed_per_dml_transaction]=1000");
    let revise = "UPDATE candles SET volume = volume + 1 WHERE open_time < '2023-03-15'";
    let mut connection = PgConnection::connect(&strict).await.unwrap();
    let refusal = connection.execute(revise).await.unwrap_err().to_string();
    assert!(refusal.contains("tuple decompression limit exceeded"), "{refusal}");
    connection.close().await.unwrap();
    for candle in &mut made {
        candle.volume += Decimal::ONE;
    }
    let store = PostgresCandles::open(&strict).await.unwrap();
    assert_eq!(store.append(&series, made, Provenance::Exchange).await.unwrap().revised, 4000);
}

#[tokio::test]
async fn a_user_who_may_not_make_extensions_keeps_candles_all_the_same() {
    let admin = testkit::timescale_url().await;
    execute(&admin, &["CREATE ROLE keeper LOGIN", "GRANT CREATE ON SCHEMA public TO keeper"]).await;
    let url = admin.replace("postgres:any@", "keeper:any@");
    assert_ne!(url, admin);
    let series = key("BTCUSDT", Interval::H1);
    let made = candles(Interval::H1, at("2023-12-31"), 50);
    let store = PostgresCandles::open(&url).await.unwrap();
    store.append(&series, made[..30].to_vec(), Provenance::Exchange).await.unwrap();
    assert_eq!(store.about().await.unwrap().timescale, None);
    drop(store);
    // The administrator does what the log says.
    execute(&admin, &["CREATE EXTENSION timescaledb"]).await;
    let store = PostgresCandles::open(&url).await.unwrap();
    let timescale = store.about().await.unwrap().timescale.unwrap();
    assert!(timescale.is_hypertable && timescale.aggregates.len() == 5, "{timescale:?}");
    store.append(&series, made[20..].to_vec(), Provenance::Exchange).await.unwrap();
    let stored = store.candles(&series, TimeRange::ALL, Take::All).await.unwrap();
    assert_eq!(stored.into_iter().map(|row| row.candle).collect::<Vec<_>>(), made);
}
