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

/// Cuts off the connection that waits for our lock; returns whether there was one before the writer was done.
async fn cut_off(admin: &mut PgConnection, is_done: impl Fn() -> bool) -> bool {
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_database ON pg_database.oid = database
                WHERE locktype = 'advisory' AND NOT granted AND objid = 4711 AND datname = current_database()";
    while !is_done() {
        let killed: i64 = sqlx::query_scalar(kill).fetch_one(&mut *admin).await.unwrap();
        if killed > 0 {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_cut_off_in_the_middle_stores_nothing_and_the_same_append_completes() {
    let url = testkit::postgres_url().await;
    let store = PostgresCandles::open(&url).await.unwrap();
    let series = key("BTCUSDT", Interval::M1);
    let first = candles(Interval::M1, at("2023-12-01"), 3000);
    store.append(&series, first.clone(), Provenance::Imported).await.unwrap();
    let before = all(&store, &series).await;
    let longer = candles(Interval::M1, at("2023-12-01"), 30_000);
    let mut revised = longer.clone();
    revised.iter_mut().step_by(2).for_each(|candle| candle.volume += candle.volume);

    // A writer that comes to a certain row waits there for a lock that we hold.
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let prepare = "SELECT pg_advisory_lock(4711);
         CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$";
    admin.execute(prepare).await.unwrap();
    let row = "BEFORE INSERT ON candles FOR EACH ROW WHEN (NEW.open_time = '2023-12-15')";
    let counts = "BEFORE UPDATE ON candle_series FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)";
    for (place, handed) in
        [(row, &longer[3000..]), (row, &revised[..]), (counts, &longer[3000..]), (counts, &revised[..])]
    {
        let trigger = format!("CREATE TRIGGER wait {place} EXECUTE FUNCTION wait_here()");
        execute(&url, &[&trigger]).await;
        let (writer, key, part) = (store.clone(), series.clone(), handed.to_vec());
        let writing = tokio::spawn(async move { writer.append(&key, part, Provenance::Exchange).await });
        assert!(cut_off(&mut admin, || writing.is_finished()).await, "the writer came to {place}");
        let error = writing.await.unwrap().unwrap_err();
        assert!(matches!(error, StoreError::Database { action: "storing candles", .. }), "{error:?}");
        assert_eq!(all(&store, &series).await, before, "nothing half stored");
        let summary = store.summary(&series).await.unwrap().unwrap();
        assert_eq!((summary.rows, summary.last), (3000, first[2999].open_time));
        let table = place.split(' ').nth(3).unwrap();
        execute(&url, &[&format!("DROP TRIGGER wait ON {table}")]).await;
    }
    let report = store.append(&series, revised.clone(), Provenance::Exchange).await.unwrap();
    assert_eq!((report.added, report.revised, report.rows()), (27_000, 1500, 30_000));
    let stored = all(&store, &series).await;
    assert!(stored.iter().map(|row| &row.candle).eq(&revised));
    assert_eq!(store.summary(&series).await.unwrap().unwrap().rows, 30_000);
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
