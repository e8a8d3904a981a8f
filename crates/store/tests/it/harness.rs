//! Fresh databases for tests, and the few values that all of them need.

use std::sync::Arc;

use store::{ClaimedJob, Job, JobKind, NewJob, NewRun, NewUser, ResultParts, Role, Store};
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
                let url = testkit::postgres_url().await;
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
        result: ResultParts { overview: vec![0, 255, 1], trades: vec![vec![2, 0], vec![3]] },
    }
}
