//! The contract of `JobQueue`: the worker's side.

use std::sync::Arc;

use store::{
    Claim, Directive, JobKind, JobState, Level, MAX_RESTARTS, NewJob, Progress, RecoveredJob, Store,
    StoreError,
};

use crate::harness::{LEASE, NOW, claim, contract, enqueue, new_job, user};

contract!(
    claims_go_to_the_user_with_the_fewest_running_jobs_then_to_the_longest_waiting,
    a_worker_takes_only_the_kinds_it_can_do,
    a_sign_of_life_keeps_the_job_and_its_progress,
    an_outcome_is_delivered_once,
    a_cancelled_job_ends_when_its_worker_agrees,
    an_outcome_that_comes_before_the_cancellation_wins,
    a_job_handed_back_keeps_its_place,
    a_dead_workers_job_is_queued_again_and_interrupted_at_the_third_time,
    a_job_with_a_living_worker_is_left_alone,
    a_dead_workers_cancelled_job_is_cancelled,
    a_worker_that_slept_past_its_lease_changes_nothing,
    a_log_is_bounded_and_says_so,
);

async fn claims_go_to_the_user_with_the_fewest_running_jobs_then_to_the_longest_waiting(
    store: Arc<dyn Store>,
) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    for n in 0..3 {
        enqueue(&store, ann, &format!("ann {n}"), n).await;
    }
    enqueue(&store, bob, "bob 0", 10).await;
    enqueue(&store, bob, "bob 1", 11).await;
    let mut order = Vec::new();
    while let Some(claimed) = claim(&store, "w").await {
        order.push(claimed.job.title);
    }
    assert_eq!(order, ["ann 0", "bob 0", "ann 1", "bob 1", "ann 2"]);
}

async fn a_worker_takes_only_the_kinds_it_can_do(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    enqueue(&store, ann, "import", 0).await;
    let backtest = NewJob { kind: JobKind::Backtest, ..new_job("backtest") };
    store.enqueue_job(ann, backtest, NOW.plus_ms(1)).await.unwrap();
    let kinds = [JobKind::Ingest, JobKind::Backtest];
    let claimed = store.claim_job("w", &kinds, LEASE, NOW).await.unwrap().unwrap();
    assert_eq!(claimed.job.title, "backtest");
    assert_eq!(store.claim_job("w", &kinds, LEASE, NOW).await.unwrap(), None);
    assert_eq!(store.claim_job("w", &[], LEASE, NOW).await.unwrap(), None);
}

async fn a_sign_of_life_keeps_the_job_and_its_progress(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let queued = enqueue(&store, ann, "a", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    assert_eq!(claimed.claim, Claim { job: queued.id, worker: "w".to_owned(), attempt: 1 });
    assert_eq!((claimed.job.state, claimed.job.started_at), (JobState::Running, Some(NOW)));
    let later = LEASE.plus_ms(60_000);
    let progress = Progress { done: 5, total: Some(u64::MAX), message: "line\0one".to_owned() };
    let directive = store.heartbeat(&claimed.claim, &progress, later).await.unwrap();
    assert_eq!(directive, Directive::Continue);
    let job = store.job(ann, queued.id).await.unwrap();
    assert_eq!(job.lease_until, Some(later));
    assert_eq!((job.progress.done, job.progress.message.as_str()), (5, "line\u{fffd}one"));
    assert_eq!(store.recover_jobs(None, LEASE).await.unwrap(), []);
}

async fn an_outcome_is_delivered_once(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    enqueue(&store, ann, "a", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    let outcome = serde_json::json!({"rows": 72_569, "note": "a\u{0}b"});
    store.finish_job(&claimed.claim, &outcome, NOW.plus_ms(5)).await.unwrap();
    let job = store.job(ann, claimed.job.id).await.unwrap();
    assert_eq!(
        (job.state, job.outcome, job.finished_at),
        (JobState::Done, Some(outcome), Some(NOW.plus_ms(5)))
    );
    assert_eq!((job.worker, job.lease_until), (None, None));
    let again = store.finish_job(&claimed.claim, &serde_json::json!(null), NOW).await.unwrap_err();
    assert!(matches!(again, StoreError::ClaimLost { job } if job == claimed.job.id), "{again:?}");
    let done = store.cancel_job(ann, claimed.job.id, NOW).await.unwrap_err();
    assert_eq!(done.to_string(), "a job that is done cannot be cancelled");
}

async fn a_cancelled_job_ends_when_its_worker_agrees(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    let unasked = store.mark_job_cancelled(&claimed.claim, NOW).await.unwrap_err();
    assert!(matches!(unasked, StoreError::Conflict { .. }), "{unasked:?}");
    store.cancel_job(ann, job.id, NOW).await.unwrap();
    let directive = store.heartbeat(&claimed.claim, &Progress::default(), LEASE).await.unwrap();
    assert_eq!(directive, Directive::Cancel);
    store.mark_job_cancelled(&claimed.claim, NOW).await.unwrap();
    assert_eq!(store.job(ann, job.id).await.unwrap().state, JobState::Cancelled);
}

async fn an_outcome_that_comes_before_the_cancellation_wins(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    store.cancel_job(ann, job.id, NOW).await.unwrap();
    store.finish_job(&claimed.claim, &serde_json::json!(1), NOW).await.unwrap();
    let job = store.job(ann, job.id).await.unwrap();
    assert_eq!((job.state, job.cancel_requested), (JobState::Done, false));
}

async fn a_job_handed_back_keeps_its_place(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let first = enqueue(&store, ann, "first", 0).await;
    enqueue(&store, ann, "second", 1).await;
    let claimed = claim(&store, "w").await.unwrap();
    store.release_job(&claimed.claim, NOW).await.unwrap();
    let job = store.job(ann, first.id).await.unwrap();
    assert_eq!((job.state, job.restarts), (JobState::Queued, 0));
    let again = claim(&store, "w").await.unwrap();
    assert_eq!((again.job.id, again.claim.attempt), (first.id, 2));
}

async fn a_dead_workers_job_is_queued_again_and_interrupted_at_the_third_time(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let id = enqueue(&store, ann, "a", 0).await.id;
    for _ in 0..MAX_RESTARTS {
        claim(&store, "w").await.unwrap();
        let recovered = store.recover_jobs(Some("w"), NOW).await.unwrap();
        assert_eq!(recovered, [RecoveredJob { job: id, user: ann, state: JobState::Queued }]);
    }
    claim(&store, "w").await.unwrap();
    // The lease ends at that instant, whoever asks.
    let recovered = store.recover_jobs(None, LEASE).await.unwrap();
    assert_eq!(recovered, [RecoveredJob { job: id, user: ann, state: JobState::Interrupted }]);
    let job = store.job(ann, id).await.unwrap();
    assert!(job.reason.unwrap().contains("3 times in a row"));
    let last = store.job_events(ann, id).await.unwrap().pop().unwrap();
    assert_eq!(last.level, Level::Error);
    let again = store.retry_job(ann, id, LEASE).await.unwrap();
    assert_eq!((again.state, again.attempts, again.restarts), (JobState::Queued, 3, 0));
}

async fn a_job_with_a_living_worker_is_left_alone(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    enqueue(&store, ann, "a", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    assert_eq!(store.recover_jobs(Some("other"), LEASE.plus_ms(-1)).await.unwrap(), []);
    assert_eq!(store.job(ann, claimed.job.id).await.unwrap(), claimed.job);
}

async fn a_dead_workers_cancelled_job_is_cancelled(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let id = enqueue(&store, ann, "a", 0).await.id;
    claim(&store, "w").await.unwrap();
    store.cancel_job(ann, id, NOW).await.unwrap();
    let recovered = store.recover_jobs(Some("w"), NOW).await.unwrap();
    assert_eq!(recovered, [RecoveredJob { job: id, user: ann, state: JobState::Cancelled }]);
}

async fn a_worker_that_slept_past_its_lease_changes_nothing(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let id = enqueue(&store, ann, "a", 0).await.id;
    let asleep = claim(&store, "w").await.unwrap().claim;
    store.recover_jobs(None, LEASE).await.unwrap();
    // The same worker takes the job again; the older claim is void all the same.
    let awake = claim(&store, "w").await.unwrap();
    let directive = store.heartbeat(&asleep, &Progress::default(), LEASE.plus_ms(9)).await.unwrap();
    assert_eq!(directive, Directive::Abandon);
    let lost =
        |result: Result<(), StoreError>| matches!(result, Err(StoreError::ClaimLost { job }) if job == id);
    assert!(lost(store.finish_job(&asleep, &serde_json::json!(1), NOW).await));
    assert!(lost(store.fail_job(&asleep, "no", NOW).await));
    assert!(lost(store.mark_job_cancelled(&asleep, NOW).await));
    assert!(lost(store.release_job(&asleep, NOW).await));
    assert!(lost(store.append_job_event(&asleep, Level::Info, "no", NOW).await));
    assert_eq!(store.job(ann, id).await.unwrap(), awake.job);
}

async fn a_log_is_bounded_and_says_so(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let id = enqueue(&store, ann, "a", 0).await.id;
    let claimed = claim(&store, "w").await.unwrap();
    let long = "x".repeat(5_000);
    store.append_job_event(&claimed.claim, Level::Warning, &long, NOW).await.unwrap();
    for n in 0..1_010 {
        let text = format!("page {n}");
        store.append_job_event(&claimed.claim, Level::Info, &text, NOW).await.unwrap();
    }
    store.finish_job(&claimed.claim, &serde_json::json!(1), NOW).await.unwrap();
    let events = store.job_events(ann, id).await.unwrap();
    assert_eq!(events.len(), 1_001);
    assert_eq!(events[2].text.chars().count(), 2_000);
    let (full, done) = (&events[999], &events[1_000]);
    assert!(full.level == Level::Warning && full.text.contains("more events than are kept"), "{full:?}");
    assert_eq!(done.text, "done");
    assert!(events.iter().zip(1..).all(|(event, seq)| event.seq == seq));
}
