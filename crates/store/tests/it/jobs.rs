//! The contract of `Jobs`: the owner's side.

use std::sync::Arc;

use store::{JobFilter, JobKind, JobState, Level, NewJob, Progress, Store, StoreError};
use types::{JobId, UserId};
use uuid::Uuid;

use crate::harness::{LEASE, NOW, claim, contract, enqueue, new_job, new_run, user};

contract!(
    a_queued_job_reads_back_as_it_was_asked_for,
    jobs_are_listed_by_page_youngest_first_and_filtered,
    a_queued_job_is_cancelled_at_once,
    a_running_job_is_asked_to_stop_and_asking_twice_changes_nothing,
    an_ended_job_is_retried_at_the_end_of_the_queue_with_its_log_kept,
    only_ended_jobs_are_deleted_and_their_runs_stay,
    jobs_out_of_bounds_are_refused,
    jobs_of_several_kinds_are_one_list,
    the_latest_entries_of_many_logs_are_read_at_once,
);

async fn a_queued_job_reads_back_as_it_was_asked_for(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = store.enqueue_job(ann, new_job("January"), NOW).await.unwrap();
    assert_eq!((job.user, job.kind, job.title.as_str()), (ann, JobKind::Import, "January"));
    assert_eq!((job.state, job.attempts, job.restarts), (JobState::Queued, 0, 0));
    assert_eq!((job.created_at, job.queued_at, job.started_at, job.finished_at), (NOW, NOW, None, None));
    assert_eq!((&job.progress, &job.outcome, &job.reason), (&Progress::default(), &None, &None));
    // The order of the keys is part of the document.
    assert_eq!(job.spec.to_string(), r#"{"z":1,"a":[true,null]}"#);
    assert_eq!(store.job(ann, job.id).await.unwrap(), job);
    let events = store.job_events(ann, job.id).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].seq, events[0].at, events[0].level), (1, NOW, Level::Info));
}

async fn jobs_are_listed_by_page_youngest_first_and_filtered(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    // Two in each minute: within one, the id decides.
    for n in 0..7 {
        enqueue(&store, ann, &n.to_string(), n / 2).await;
    }
    let all = JobFilter::default();
    let mut titles = Vec::new();
    let mut place = None;
    loop {
        let page = store.jobs(ann, &all, 3, place).await.unwrap();
        assert!(page.items.len() <= 3);
        titles.extend(page.items.iter().map(|job| job.title.clone()));
        // A cursor travels in a URL.
        place = page.next.map(|next| next.to_string().parse().unwrap());
        if place.is_none() {
            break;
        }
        if titles.len() == 3 {
            enqueue(&store, ann, "meanwhile", 9).await;
        }
    }
    assert_eq!(titles, ["6", "5", "4", "3", "2", "1", "0"]);

    let claimed = claim(&store, "w").await.unwrap();
    let running = JobFilter { states: vec![JobState::Running, JobState::Failed], kinds: vec![] };
    let page = store.jobs(ann, &running, 10, None).await.unwrap();
    assert_eq!(page.items, [claimed.job]);
    let both = JobFilter { states: vec![JobState::Queued], kinds: vec![JobKind::Import, JobKind::Ingest] };
    assert_eq!(store.jobs(ann, &both, 10, None).await.unwrap().items.len(), 7);
    let none = JobFilter { states: vec![], kinds: vec![JobKind::Backtest] };
    assert_eq!(store.jobs(ann, &none, 10, None).await.unwrap().items, []);
}

async fn a_queued_job_is_cancelled_at_once(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    let cancelled = store.cancel_job(ann, job.id, NOW.plus_ms(1)).await.unwrap();
    assert_eq!((cancelled.state, cancelled.finished_at), (JobState::Cancelled, Some(NOW.plus_ms(1))));
    assert_eq!(store.job(ann, job.id).await.unwrap(), cancelled);
    assert_eq!(claim(&store, "w").await, None);
    let again = store.cancel_job(ann, job.id, NOW).await.unwrap_err();
    assert_eq!(again.to_string(), "a job that is cancelled cannot be cancelled");
    assert!(matches!(again, StoreError::Transition(_)), "{again:?}");
}

async fn a_running_job_is_asked_to_stop_and_asking_twice_changes_nothing(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    claim(&store, "w").await.unwrap();
    let asked = store.cancel_job(ann, job.id, NOW).await.unwrap();
    assert_eq!((asked.state, asked.cancel_requested), (JobState::Running, true));
    let events = store.job_events(ann, job.id).await.unwrap();
    assert_eq!(store.cancel_job(ann, job.id, NOW).await.unwrap(), asked);
    assert_eq!(store.job_events(ann, job.id).await.unwrap(), events);
}

async fn an_ended_job_is_retried_at_the_end_of_the_queue_with_its_log_kept(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let first = enqueue(&store, ann, "first", 0).await;
    let claimed = claim(&store, "w").await.unwrap();
    assert!(store.retry_job(ann, first.id, NOW).await.is_err());
    store.fail_job(&claimed.claim, "no such file: a.csv", NOW).await.unwrap();
    let failed = store.job(ann, first.id).await.unwrap();
    assert_eq!((failed.state, failed.reason.as_deref()), (JobState::Failed, Some("no such file: a.csv")));
    let second = enqueue(&store, ann, "second", 1).await;

    let again = store.retry_job(ann, first.id, NOW.plus_ms(120_000)).await.unwrap();
    assert_eq!((again.state, again.attempts, again.reason), (JobState::Queued, 1, None));
    assert_eq!((again.created_at, again.queued_at), (first.created_at, NOW.plus_ms(120_000)));
    assert_eq!(claim(&store, "w").await.unwrap().job.id, second.id);
    let claimed = claim(&store, "w").await.unwrap();
    assert_eq!((claimed.job.id, claimed.claim.attempt), (first.id, 2));
    let texts: Vec<String> =
        store.job_events(ann, first.id).await.unwrap().into_iter().map(|event| event.text).collect();
    let expected = [
        "queued",
        "attempt 1 started by worker w",
        "failed: no such file: a.csv",
        "queued once more by its owner",
        "attempt 2 started by worker w",
    ];
    assert_eq!(texts, expected);
}

async fn only_ended_jobs_are_deleted_and_their_runs_stay(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    let waiting = store.delete_job(ann, job.id).await.unwrap_err();
    assert_eq!(waiting.to_string(), "a job that is queued cannot be deleted; cancel it first");
    let claimed = claim(&store, "w").await.unwrap();
    assert!(store.delete_job(ann, job.id).await.is_err());
    let run = store.insert_run(ann, new_run(Some(job.id), 0, None)).await.unwrap();
    store.finish_job(&claimed.claim, &serde_json::json!({"run": run.id}), NOW).await.unwrap();
    store.delete_job(ann, job.id).await.unwrap();
    assert!(matches!(store.job(ann, job.id).await, Err(StoreError::NotFound { what: "job" })));
    assert!(matches!(store.job_events(ann, job.id).await, Err(StoreError::NotFound { what: "job" })));
    assert_eq!(store.run(ann, run.id).await.unwrap().job, None);
}

async fn jobs_out_of_bounds_are_refused(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let untitled = store.enqueue_job(ann, new_job(""), NOW).await.unwrap_err();
    assert_eq!(untitled.to_string(), "job title is empty");
    let huge = NewJob { spec: serde_json::json!("x".repeat(1 << 20)), ..new_job("a") };
    let huge = store.enqueue_job(ann, huge, NOW).await.unwrap_err();
    assert_eq!(huge.to_string(), "job spec has 1048578 bytes; at most 1048576 are allowed");
    let stranger = UserId::from_uuid(Uuid::nil());
    let unowned = store.enqueue_job(stranger, new_job("a"), NOW).await.unwrap_err();
    assert!(matches!(unowned, StoreError::NotFound { what: "user" }), "{unowned:?}");
    let absent = JobId::from_uuid(Uuid::nil());
    assert!(matches!(store.cancel_job(ann, absent, NOW).await, Err(StoreError::NotFound { what: "job" })));
    assert!(store.claim_job("w", &JobKind::ALL, NOW, NOW).await.is_err());
    assert!(store.claim_job("", &JobKind::ALL, LEASE, NOW).await.is_err());
    assert_eq!(claim(&store, "w").await, None);
}

async fn jobs_of_several_kinds_are_one_list(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    for (n, kind) in JobKind::ALL.into_iter().cycle().take(12).enumerate() {
        let new = NewJob { kind, ..new_job(&n.to_string()) };
        store.enqueue_job(ann, new, NOW.plus_ms(i64::try_from(n).unwrap())).await.unwrap();
    }
    // One named twice is listed once.
    let kinds = vec![JobKind::Backtest, JobKind::Import, JobKind::Backtest];
    let filter = JobFilter { states: vec![JobState::Queued], kinds };
    let titles = |page: &store::Page<store::Job>| -> Vec<String> {
        page.items.iter().map(|job| job.title.clone()).collect()
    };
    let first = store.jobs(ann, &filter, 4, None).await.unwrap();
    assert_eq!(titles(&first), ["11", "8", "7", "4"]);
    let second = store.jobs(ann, &filter, 4, first.next).await.unwrap();
    assert_eq!((titles(&second), second.next), (vec!["3".to_owned(), "0".to_owned()], None));
}

async fn the_latest_entries_of_many_logs_are_read_at_once(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let (first, second) = (enqueue(&store, ann, "a", 0).await.id, enqueue(&store, ann, "b", 1).await.id);
    let his = enqueue(&store, bob, "c", 2).await.id;
    store.cancel_job(ann, first, NOW).await.unwrap();
    store.retry_job(ann, first, NOW).await.unwrap();
    let logs = store.latest_job_events(ann, &[first, his, second], 2).await.unwrap();
    let texts = |id| -> Vec<&str> { logs[&id].iter().map(|event| event.text.as_str()).collect() };
    assert_eq!(logs.len(), 2);
    assert_eq!(texts(first), ["cancelled by its owner", "queued once more by its owner"]);
    assert_eq!(texts(second), ["queued"]);
    assert_eq!(store.latest_job_events(ann, &[], 2).await.unwrap().len(), 0);
}
