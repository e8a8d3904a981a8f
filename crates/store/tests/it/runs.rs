//! The contract of `Runs`.

use std::sync::Arc;

use store::{NewRun, ResultParts, Store, StoreError, StoredResult};
use types::{JobId, RunId};
use uuid::Uuid;

use crate::harness::{NOW, contract, enqueue, new_run, user};

contract!(
    a_run_reads_back_with_its_result_apart,
    a_repeated_attempt_doubles_nothing,
    runs_are_listed_by_page_youngest_first,
    best_and_worst_share_no_run_and_leave_out_the_undefined,
    runs_out_of_bounds_are_refused,
    a_deleted_run_is_gone_with_its_result,
);

async fn a_run_reads_back_with_its_result_apart(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    let bytes = |length: usize| (0..=255).cycle().take(length).collect::<Vec<u8>>();
    let result =
        ResultParts { overview: bytes(3 << 20), trades: (1..40).map(|block| bytes(block * 100)).collect() };
    let new = NewRun { result, ..new_run(Some(job.id), 2, Some(-0.25)) };
    let inserted = store.insert_run(ann, new.clone()).await.unwrap();
    assert_eq!((inserted.id, inserted.added), (new.id, true));
    let run = store.run(ann, new.id).await.unwrap();
    assert_eq!((run.user, run.job, run.ordinal), (ann, Some(job.id), 2));
    assert_eq!((&run.name, &run.strategy), (&new.name, &new.strategy));
    assert_eq!((&run.exchange, &run.symbol, run.interval), (&new.exchange, &new.symbol, new.interval));
    assert_eq!((run.started_at, run.total_return), (new.started_at, Some(-0.25)));
    assert_eq!(run.spec.to_string(), new.spec.to_string());
    assert_eq!(run.summary, new.summary);
    let overview = StoredResult::Overview(new.result.overview);
    assert_eq!(store.run_result(ann, new.id).await.unwrap(), overview);
    let trades = new.result.trades;
    assert_eq!(store.run_trades(ann, new.id, 0..u32::MAX).await.unwrap(), trades);
    assert_eq!(store.run_trades(ann, new.id, 7..9).await.unwrap(), trades[7..9]);
    assert_eq!(store.run_trades(ann, new.id, 38..90).await.unwrap(), trades[38..]);
    assert_eq!(store.run_trades(ann, new.id, 39..90).await.unwrap(), Vec::<Vec<u8>>::new());
    // What is in parts stays as it is.
    store.replace_result(ann, new.id, ResultParts::default()).await.unwrap();
    assert_eq!(store.run_result(ann, new.id).await.unwrap(), overview);
    assert_eq!(store.runs_of_job(ann, job.id).await.unwrap(), [run]);
}

async fn a_repeated_attempt_doubles_nothing(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let job = enqueue(&store, ann, "a", 0).await;
    let first = new_run(Some(job.id), 0, Some(1.0));
    store.insert_run(ann, first.clone()).await.unwrap();
    // The same run again, then the same place of the same job under a new id.
    for again in
        [first.clone(), NewRun { result: ResultParts::default(), ..new_run(Some(job.id), 0, Some(2.0)) }]
    {
        let inserted = store.insert_run(ann, again).await.unwrap();
        assert_eq!((inserted.id, inserted.added), (first.id, false));
    }
    assert!(store.insert_run(ann, new_run(Some(job.id), 1, None)).await.unwrap().added);
    // Runs without a job are told apart by their id alone.
    assert!(store.insert_run(ann, new_run(None, 0, None)).await.unwrap().added);
    assert!(store.insert_run(ann, new_run(None, 0, None)).await.unwrap().added);
    assert_eq!(store.count_runs(ann).await.unwrap(), 4);
    assert_eq!(store.run(ann, first.id).await.unwrap().total_return, Some(1.0));
    assert_eq!(store.run_result(ann, first.id).await.unwrap(), StoredResult::Overview(first.result.overview));
    assert_eq!(store.run_trades(ann, first.id, 0..9).await.unwrap(), first.result.trades);
}

async fn runs_are_listed_by_page_youngest_first(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    for n in 0..5 {
        // Stored in another order than started, two at each instant.
        let started_at = NOW.plus_ms(i64::from(10 - n / 2));
        store.insert_run(ann, NewRun { started_at, ..new_run(None, n, None) }).await.unwrap();
    }
    let first = store.runs(ann, 2, None).await.unwrap();
    let second = store.runs(ann, 2, first.next).await.unwrap();
    let third = store.runs(ann, 2, second.next).await.unwrap();
    let ordinals: Vec<Vec<u32>> =
        [&first, &second, &third].map(|page| page.items.iter().map(|run| run.ordinal).collect()).to_vec();
    assert_eq!(ordinals, [vec![1, 0], vec![3, 2], vec![4]]);
    assert_eq!(third.next, None);
}

async fn best_and_worst_share_no_run_and_leave_out_the_undefined(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    for (ordinal, total_return) in (0..).zip([Some(0.5), None, Some(-0.75), Some(2.0), Some(0.0), Some(0.5)])
    {
        store.insert_run(ann, new_run(None, ordinal, total_return)).await.unwrap();
    }
    let ranked = async |limit| {
        let ranked = store.best_and_worst_runs(ann, limit).await.unwrap();
        let ordinals = |runs: Vec<store::Run>| runs.into_iter().map(|run| run.ordinal).collect::<Vec<_>>();
        (ordinals(ranked.best), ordinals(ranked.worst))
    };
    assert_eq!(ranked(2).await, (vec![3, 0], vec![2, 4]));
    assert_eq!(ranked(3).await, (vec![3, 0, 5], vec![2, 4]));
}

async fn runs_out_of_bounds_are_refused(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let refuse = async |new: NewRun| store.insert_run(ann, new).await.unwrap_err();
    let unnamed = refuse(NewRun { name: String::new(), ..new_run(None, 0, None) }).await;
    assert_eq!(unnamed.to_string(), "run name is empty");
    let endless = refuse(new_run(None, 0, Some(f64::NAN))).await;
    assert_eq!(endless.to_string(), "number is NaN; only finite numbers can be stored");
    let orphan = refuse(new_run(Some(JobId::from_uuid(Uuid::nil())), 0, None)).await;
    assert!(matches!(orphan, StoreError::NotFound { what: "job" }), "{orphan:?}");
    assert_eq!(store.count_runs(ann).await.unwrap(), 0);
}

async fn a_deleted_run_is_gone_with_its_result(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let run = new_run(None, 0, None);
    store.insert_run(ann, run.clone()).await.unwrap();
    store.delete_run(ann, run.id).await.unwrap();
    assert!(matches!(store.run(ann, run.id).await, Err(StoreError::NotFound { what: "run" })));
    assert!(matches!(store.run_result(ann, run.id).await, Err(StoreError::NotFound { what: "run" })));
    assert!(matches!(store.run_trades(ann, run.id, 0..9).await, Err(StoreError::NotFound { what: "run" })));
    assert!(matches!(store.delete_run(ann, run.id).await, Err(StoreError::NotFound { what: "run" })));
    assert!(store.run(ann, RunId::from_uuid(Uuid::nil())).await.is_err());
    assert!(store.insert_run(ann, run).await.unwrap().added);
}
