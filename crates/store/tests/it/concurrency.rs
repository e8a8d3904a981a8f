//! Many at once: nothing is taken twice, nothing is lost, exactly one wins.

use std::collections::BTreeSet;
use std::sync::Arc;

use store::{JobKind, JobState, Level, Store};
use tokio::task::JoinSet;

use crate::harness::{LEASE, NOW, claim, contract, enqueue, new_run, new_user, sqlite_url, user};

contract!(
    eight_workers_take_a_hundred_jobs_each_exactly_once,
    of_two_set_ups_at_once_exactly_one_wins,
    of_two_recoveries_at_once_each_job_is_recovered_once,
    of_two_deliveries_of_a_run_at_once_one_is_stored,
    a_log_written_by_many_keeps_its_order,
    cancelling_and_finishing_at_once_leaves_a_valid_job,
);

async fn eight_workers_take_a_hundred_jobs_each_exactly_once(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let mut queued = BTreeSet::new();
    for n in 0..100 {
        queued.insert(enqueue(&store, if n % 3 == 0 { bob } else { ann }, "a", n).await.id);
    }
    let mut workers = JoinSet::new();
    for n in 0..8 {
        let store = Arc::clone(&store);
        workers.spawn(async move {
            let mut taken = Vec::new();
            let worker = format!("w{n}");
            while let Some(claimed) = claim(&store, &worker).await {
                assert_eq!(claimed.job.attempts, 1);
                taken.push(claimed.job.id);
                store.finish_job(&claimed.claim, &serde_json::json!(worker), NOW).await.unwrap();
            }
            taken
        });
    }
    let mut taken = workers.join_all().await.concat();
    assert_eq!(taken.len(), 100);
    taken.sort();
    assert_eq!(taken, queued.into_iter().collect::<Vec<_>>());
}

async fn of_two_set_ups_at_once_exactly_one_wins(store: Arc<dyn Store>) {
    let mut tries = JoinSet::new();
    for n in 0..8 {
        let store = Arc::clone(&store);
        tries.spawn(async move { store.create_first_user(new_user(&format!("user{n}")), NOW).await.is_ok() });
    }
    let won = tries.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!((won, store.count_users().await.unwrap()), (1, 1));
}

async fn of_two_recoveries_at_once_each_job_is_recovered_once(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    for n in 0..20 {
        enqueue(&store, ann, "a", n).await;
        claim(&store, "w").await.unwrap();
    }
    let mut tries = JoinSet::new();
    for _ in 0..4 {
        let store = Arc::clone(&store);
        tries.spawn(async move { store.recover_jobs(None, LEASE).await.unwrap() });
    }
    let recovered = tries.join_all().await.concat();
    let distinct: BTreeSet<_> = recovered.iter().map(|recovered| recovered.job).collect();
    assert_eq!((recovered.len(), distinct.len()), (20, 20));
}

async fn of_two_deliveries_of_a_run_at_once_one_is_stored(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await.id;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        tries.spawn(async move { store.insert_run(ann, new_run(Some(job), 0, None)).await.unwrap() });
    }
    let inserted = tries.join_all().await;
    assert_eq!(inserted.iter().filter(|inserted| inserted.added).count(), 1);
    let stored = store.runs_of_job(ann, job).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert!(inserted.iter().all(|inserted| inserted.id == stored[0].id));
}

async fn a_log_written_by_many_keeps_its_order(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    enqueue(&store, ann, "a", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    let mut tries = JoinSet::new();
    for n in 0..20 {
        let (store, claim) = (Arc::clone(&store), claimed.claim.clone());
        tries.spawn(async move {
            store.append_job_event(&claim, Level::Info, &n.to_string(), NOW).await.unwrap();
        });
    }
    tries.join_all().await;
    let events = store.job_events(ann, claimed.job.id).await.unwrap();
    let places: Vec<u32> = events.iter().map(|event| event.seq).collect();
    assert_eq!(places, (1..=22).collect::<Vec<u32>>());
}

async fn cancelling_and_finishing_at_once_leaves_a_valid_job(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    for n in 0..10 {
        let id = enqueue(&store, ann, "a", n).await.id;
        let claimed = store.claim_job("w", &JobKind::ALL, LEASE, NOW).await.unwrap().unwrap();
        let one = "1".parse().unwrap();
        let (cancelled, finished) =
            tokio::join!(store.cancel_job(ann, id, NOW), store.finish_job(&claimed.claim, &one, NOW));
        finished.unwrap();
        let job = store.job(ann, id).await.unwrap();
        assert_eq!((job.state, job.cancel_requested), (JobState::Done, false));
        assert!(cancelled.is_ok_and(|job| job.cancel_requested) || !job.cancel_requested);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_prepare_a_new_database_once() {
    let folder = tempfile::tempdir().unwrap();
    for url in [sqlite_url(&folder), testkit::postgres_url().await] {
        let mut starts = JoinSet::new();
        for _ in 0..8 {
            let url = url.clone();
            starts.spawn(async move { store::open(&url).await });
        }
        for store in starts.join_all().await {
            let store = store.unwrap();
            store.check().await.unwrap();
            store.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_sqlite_file_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    let (one, other) = (store::open(&url).await.unwrap(), store::open(&url).await.unwrap());
    let ann = user(&one, "ann").await;
    let mut writers = JoinSet::new();
    for store in [&one, &other, &one, &other] {
        let store = Arc::clone(store);
        writers.spawn(async move {
            for n in 0..25 {
                enqueue(&store, ann, "a", n).await;
                claim(&store, "w").await.unwrap();
            }
        });
    }
    writers.join_all().await;
    assert_eq!(one.jobs(ann, &store::JobFilter::default(), 500, None).await.unwrap().items.len(), 100);
}
