//! A candle database that is silent, that cuts a writer off, that takes no `COPY`.

use std::net::TcpListener;

use market_data::{AppendReport, CandleStore, PostgresCandles, StoreError};
use sqlx::{Connection as _, Executor as _, PgConnection};
use types::{Interval, Provenance};

use crate::support::{all, at, candles, key};
use crate::timescale::execute;

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_never_answers_is_given_up() {
    // The kernel accepts; nobody ever reads.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://me:secret@{}/candles", silent.local_addr().unwrap());
    let begin = tokio::time::Instant::now();
    let error = PostgresCandles::open(&url).await.unwrap_err();
    assert!(matches!(error, StoreError::Database { action: "opening the candle database", .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("does not answer (no answer in 10 s)") && !text.contains("secret"), "{text}");
    assert!(begin.elapsed().as_secs() < 30);
}

/// Cuts off the connection that writes candles, as soon as it is seen to have begun a statement that `sql` says; returns whether
/// there was one before `is_done`.
async fn cut_off(admin: &mut PgConnection, sql: &str, is_done: impl Fn() -> bool) -> bool {
    let kill =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()
                AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE $1";
    while !is_done() {
        let killed: i64 = sqlx::query_scalar(kill).bind(sql).fetch_one(&mut *admin).await.unwrap();
        if killed > 0 {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_cut_off_in_the_middle_stores_nothing_and_the_same_append_completes() {
    let url = testkit::postgres_url().await;
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let store = PostgresCandles::open(&url).await.unwrap();
    let series = key("BTCUSDT", Interval::M1);
    let first = candles(Interval::M1, at("2023-12-01"), 20_000);
    store.append(&series, first.clone(), Provenance::Imported).await.unwrap();
    let before = all(&store, &series).await;
    let longer = candles(Interval::M1, at("2023-12-01"), 60_000);
    let mut revised = longer.clone();
    revised.iter_mut().step_by(2).for_each(|candle| candle.trades = None);
    revised.iter_mut().step_by(3).for_each(|candle| candle.volume += candle.volume);

    // While new candles stream in, while others are replaced, and while the counts are brought up to date.
    for (statement, handed) in [
        ("COPY candles %", longer[20_000..].to_vec()),
        ("INSERT INTO candles %", revised.clone()),
        ("UPDATE candle_series %", revised.clone()),
    ] {
        let mut cut = false;
        for _ in 0..50 {
            let (writer, key, part) = (store.clone(), series.clone(), handed.clone());
            let writing = tokio::spawn(async move { writer.append(&key, part, Provenance::Exchange).await });
            cut = cut_off(&mut admin, statement, || writing.is_finished()).await;
            let result = writing.await.unwrap();
            // The last statement may have been cut after its work was acknowledged; then everything is stored.
            if let Err(error) = result {
                assert!(matches!(error, StoreError::Database { action: "storing candles", .. }), "{error:?}");
                assert_eq!(all(&store, &series).await, before, "nothing half stored: {statement}");
                let summary = store.summary(&series).await.unwrap().unwrap();
                assert_eq!((summary.rows, summary.last), (20_000, first[19_999].open_time), "{statement}");
                break;
            }
            cut = false;
            store.delete(&series).await.unwrap();
            store.append(&series, first.clone(), Provenance::Imported).await.unwrap();
        }
        assert!(cut, "no writer was ever caught in {statement}");
    }
    let report = store.append(&series, revised.clone(), Provenance::Exchange).await.unwrap();
    assert_eq!((report.added, report.rows()), (40_000, 60_000));
    let stored = all(&store, &series).await;
    assert_eq!(stored.len(), 60_000);
    assert_eq!(store.summary(&series).await.unwrap().unwrap().rows, 60_000);
    assert!(stored.iter().skip(20_000).zip(&revised[20_000..]).all(|(row, made)| row.candle == *made));
}

#[tokio::test]
async fn where_copy_is_not_possible_the_same_candles_are_stored() {
    let admin = testkit::postgres_url().await;
    let name = format!("keeper_{}", admin.rsplit_once("/t_").unwrap().1.split_once('?').unwrap().0);
    execute(
        &admin,
        &[&format!("CREATE ROLE {name} LOGIN"), &format!("GRANT CREATE ON SCHEMA public TO {name}")],
    )
    .await;
    let url = admin.replace("crypto@", &format!("{name}@"));
    let store = PostgresCandles::open(&url).await.unwrap();
    // PostgreSQL itself refuses to COPY into such a table.
    execute(
        &url,
        &[
            "ALTER TABLE candles ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE candles FORCE ROW LEVEL SECURITY",
            "CREATE POLICY everything ON candles USING (true)",
        ],
    )
    .await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let refusal = connection.execute("COPY candles FROM STDIN").await.unwrap_err().to_string();
    assert!(refusal.contains("COPY FROM not supported with row-level security"), "{refusal}");

    let series = key("BTCUSDT", Interval::H1);
    let mut made = candles(Interval::H1, at("2023-06-01"), 12_000);
    made[3].quote_volume = None;
    made[4].trades = None;
    made[5].volume = "12345678901.123456789012345678".parse().unwrap();
    let usual = PostgresCandles::open(&testkit::postgres_url().await).await.unwrap();
    for handed in [&made[..8000], &made[..]] {
        let append = |store: PostgresCandles| {
            let (series, handed) = (series.clone(), handed.to_vec());
            async move { store.append(&series, handed, Provenance::Exchange).await.unwrap() }
        };
        let reports: [AppendReport; 2] = [append(store.clone()).await, append(usual.clone()).await];
        assert_eq!(reports[0], reports[1]);
        assert_eq!(all(&store, &series).await, all(&usual, &series).await);
    }
}
