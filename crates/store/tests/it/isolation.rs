//! No user sees, changes or deletes what is another's, through any method that takes a user.

use std::fmt::Debug;
use std::sync::Arc;

use store::{JobFilter, ResultParts, SessionRecord, Store, StoreError, StoredResult};

use crate::harness::{NOW, claim, contract, enqueue, new_run, user};

contract!(
    a_job_is_its_owners_alone,
    a_run_is_its_owners_alone,
    ending_sessions_and_changing_passwords_touch_one_user,
);

fn assert_absent<T: Debug>(what: &'static str, result: Result<T, StoreError>) {
    match result {
        Err(StoreError::NotFound { what: found }) if found == what => {}
        other => panic!("expected no such {what}, found {other:?}"),
    }
}

async fn a_job_is_its_owners_alone(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    // One job in each part of its life: what is refused must not depend on the state.
    let done = enqueue(&store, ann, "done", 0).await.id;
    let claimed = claim(&store, "w").await.unwrap();
    store.finish_job(&claimed.claim, &serde_json::json!(1), NOW).await.unwrap();
    let failed = enqueue(&store, ann, "failed", 0).await.id;
    let claimed = claim(&store, "w").await.unwrap();
    store.fail_job(&claimed.claim, "no", NOW).await.unwrap();
    let running = enqueue(&store, ann, "running", 0).await.id;
    claim(&store, "w").await.unwrap();
    let queued = enqueue(&store, ann, "queued", 0).await.id;

    for id in [done, failed, running, queued] {
        let before = store.job(ann, id).await.unwrap();
        assert_absent("job", store.job(bob, id).await);
        assert_absent("job", store.cancel_job(bob, id, NOW).await);
        assert_absent("job", store.retry_job(bob, id, NOW).await);
        assert_absent("job", store.delete_job(bob, id).await);
        assert_absent("job", store.job_events(bob, id).await);
        assert_absent("job", store.insert_run(bob, new_run(Some(id), 0, None)).await);
        assert_eq!(store.runs_of_job(bob, id).await.unwrap(), []);
        assert_eq!(store.job(ann, id).await.unwrap(), before);
    }
    let all = JobFilter::default();
    assert_eq!(store.jobs(bob, &all, 10, None).await.unwrap().items, []);
    // Not even a place in another's list shows anything of it.
    let place = store.jobs(ann, &all, 1, None).await.unwrap().next;
    assert!(place.is_some());
    assert_eq!(store.jobs(bob, &all, 10, place).await.unwrap().items, []);
}

async fn a_run_is_its_owners_alone(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let job = enqueue(&store, ann, "a", 0).await.id;
    let run = new_run(Some(job), 0, Some(0.5));
    store.insert_run(ann, run.clone()).await.unwrap();
    store.insert_run(ann, new_run(None, 1, Some(-0.5))).await.unwrap();
    let before = store.run(ann, run.id).await.unwrap();

    assert_absent("run", store.run(bob, run.id).await);
    assert_absent("run", store.run_result(bob, run.id).await);
    assert_absent("run", store.run_trades(bob, run.id, 0..9).await);
    assert_absent("run", store.replace_result(bob, run.id, ResultParts::default()).await);
    assert_absent("run", store.delete_run(bob, run.id).await);
    assert_eq!(store.runs_of_job(bob, job).await.unwrap(), []);
    assert_eq!(store.runs(bob, 10, None).await.unwrap().items, []);
    assert_eq!(store.count_runs(bob).await.unwrap(), 0);
    let ranked = store.best_and_worst_runs(bob, 10).await.unwrap();
    assert_eq!((ranked.best, ranked.worst), (vec![], vec![]));
    // An id is taken for everybody; whose it is, is not told.
    let taken = store.insert_run(bob, store::NewRun { job: None, ..run.clone() }).await.unwrap_err();
    assert_eq!(taken.to_string(), "that run id is taken");
    assert_eq!(store.run(ann, run.id).await.unwrap(), before);
    let overview = StoredResult::Overview(run.result.overview);
    assert_eq!(store.run_result(ann, run.id).await.unwrap(), overview);
    assert_eq!(store.run_trades(ann, run.id, 0..9).await.unwrap(), run.result.trades);
}

async fn ending_sessions_and_changing_passwords_touch_one_user(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let session =
        SessionRecord { id: "s".to_owned(), user: Some(ann), data: vec![1], expires_at: NOW.plus_ms(1_000) };
    store.create_session(&session).await.unwrap();
    assert_eq!(store.delete_user_sessions(bob, None).await.unwrap(), 0);
    assert_eq!(store.load_session("s", NOW).await.unwrap(), Some(session));
    store.set_password_hash(bob, "$argon2id$bob").await.unwrap();
    assert_eq!(store.credentials("ann").await.unwrap().unwrap().password_hash, "$argon2id$hash");
}
