//! Fresh databases for tests, and the few values that all of them need.
//!
//! PostgreSQL: the throw-away cluster named by `CRYPTO_TEST_POSTGRES_URL`; without it `scripts/postgres.sh` starts one
//! for this process and takes it down when the process is gone. Every test has a database of its own in it.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{ClaimedJob, Job, JobKind, NewJob, NewRun, NewUser, Role, Store};
use tempfile::TempDir;
use types::{JobId, RunId, Timestamp, UserId};
use uuid::Uuid;

pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
pub(crate) const LEASE: Timestamp = Timestamp::from_ms(1_700_000_030_000);

/// Makes a test of each contract for each database: `fn name(store: Arc<dyn Store>)` becomes `sqlite::name` and
/// `postgres::name`.
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let url = crate::harness::sqlite_url(&folder);
                let store = store::open(&url).await.unwrap();
                super::$name(std::sync::Arc::clone(&store)).await;
                store.close().await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let url = crate::harness::postgres_url().await;
                let store = store::open(&url).await.unwrap();
                super::$name(std::sync::Arc::clone(&store)).await;
                store.close().await;
            })*
        }
    };
}
pub(crate) use contract;

pub(crate) fn sqlite_url(folder: &TempDir) -> String {
    format!("sqlite://{}/state/crypto.db", folder.path().display())
}

/// Returns the URL of a new, empty PostgreSQL database.
pub(crate) async fn postgres_url() -> String {
    let admin = cluster();
    let name = format!("t_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(admin).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    connection.close().await.unwrap();
    let (address, options) = admin.split_once('?').map_or((admin, None), |(a, o)| (a, Some(o)));
    let (server, _) = address.rsplit_once('/').expect("a URL ends in the name of a database");
    options.map_or(format!("{server}/{name}"), |options| format!("{server}/{name}?{options}"))
}

fn cluster() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| std::env::var("CRYPTO_TEST_POSTGRES_URL").unwrap_or_else(|_| start_cluster()))
}

fn start_cluster() -> String {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let script = Path::new(&crate_folder).join("../../scripts/postgres.sh");
    // Under /tmp, whatever TMPDIR says: the path of a socket is short, and another user must get there.
    let folder = format!("/tmp/crypto-pg-{}", Uuid::now_v7().simple());
    let pid = std::process::id().to_string();
    let started = Command::new(script).args(["start", &folder, &pid]).output().unwrap();
    let complaint = String::from_utf8_lossy(&started.stderr);
    assert!(
        started.status.success(),
        "these tests need PostgreSQL, which `make test` installs; or set CRYPTO_TEST_POSTGRES_URL to a throw-away \
         cluster.\n{complaint}"
    );
    String::from_utf8(started.stdout).unwrap().trim().to_owned()
}

pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser { name: name.to_owned(), role: Role::Member, password_hash: "$argon2id$hash".to_owned() }
}

pub(crate) async fn user(store: &Arc<dyn Store>, name: &str) -> UserId {
    store.create_user(new_user(name), NOW).await.unwrap().id
}

pub(crate) fn new_job(title: &str) -> NewJob {
    NewJob {
        kind: JobKind::Import,
        title: title.to_owned(),
        spec: serde_json::json!({"z": 1, "a": [true, null]}),
    }
}

/// Queues a job of a user `minutes` after the beginning.
pub(crate) async fn enqueue(store: &Arc<dyn Store>, user: UserId, title: &str, minutes: i64) -> Job {
    store.enqueue_job(user, new_job(title), NOW.plus_ms(minutes * 60_000)).await.unwrap()
}

pub(crate) async fn claim(store: &Arc<dyn Store>, worker: &str) -> Option<ClaimedJob> {
    store.claim_job(worker, &JobKind::ALL, LEASE, NOW).await.unwrap()
}

pub(crate) fn new_run(job: Option<JobId>, ordinal: u32, total_return: Option<f64>) -> NewRun {
    NewRun {
        id: RunId::from_uuid(Uuid::now_v7()),
        job,
        ordinal,
        name: format!("run {ordinal}"),
        strategy: "sma_crossover".to_owned(),
        exchange: "binance".parse().unwrap(),
        symbol: "BTCUSDT".parse().unwrap(),
        interval: "1h".parse().unwrap(),
        started_at: NOW.plus_ms(i64::from(ordinal)),
        total_return,
        spec: serde_json::json!({"z": 1, "a": 2}),
        summary: serde_json::json!({"sharpe": 1.25, "sortino": null}),
        result: vec![0, 255, 1],
    }
}
