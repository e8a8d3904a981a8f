//! The wrong user: what is somebody else's is not there.

use serde_json::json;

use super::fixture::{House, SERIES};
use super::queue::jobs;

#[tokio::test]
async fn jobs_and_results_of_another_user_are_not_found() {
    let house = House::new().await;
    let House { bob, alice, job, run, .. } = &house;
    for (name, arguments) in [
        ("cancel_job", vec![("id", job.as_str())]),
        ("retry_job", vec![("id", job)]),
        ("delete_job", vec![("id", job)]),
        ("run", vec![("id", run)]),
        ("trades", vec![("run", run), ("page", "1")]),
        ("delete_run", vec![("id", run)]),
    ] {
        let theirs = bob.call(name, &arguments).await;
        assert_eq!((theirs.status, theirs.error().as_str()), (404, "not_found"), "{name}: {}", theirs.body);
        // The same words as for an id that nobody has: its existence is not told.
        let nobody: Vec<(&str, &str)> = arguments
            .iter()
            .map(|(key, value)| {
                (*key, if *key == "page" { *value } else { "01900000-0000-7000-8000-000000000000" })
            })
            .collect();
        assert_eq!(theirs.body, bob.call(name, &nobody).await.body, "{name}");
    }
    assert_eq!(jobs(bob).await, Vec::<serde_json::Value>::new());
    let dashboard = bob.call("dashboard", &[]).await.json();
    assert_eq!(
        (&dashboard["runs"], &dashboard["jobs"], &dashboard["recent"]),
        (&json!(0), &json!([]), &json!([]))
    );
    assert_eq!(bob.call("runs", &[]).await.json()["total"], 0);

    let page = bob.open(&format!("/backtests/{run}")).await;
    assert_eq!(page.status, 404);
    for secret in ["sma_crossover_btc", "Max drawdown", "<svg class=\"chart"] {
        assert!(!page.body.contains(secret), "{secret}");
    }
    let page = bob.open("/backtests").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains(run.as_str()) && !page.body.contains(job.as_str()));

    // And nothing happened to them.
    assert_eq!(jobs(alice).await.len(), 1);
    assert_eq!(alice.call("run", &[("id", run)]).await.status, 200);
    let page = alice.open(&format!("/backtests/{run}")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("sma_crossover_btc"));
}

#[tokio::test]
async fn subscriptions_of_another_user_are_neither_shown_nor_ended() {
    let House { bob, alice, .. } = &House::new().await;
    let form = [("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("days", "7")];
    let series = [("series", "demo BTCUSDT 1h")];
    assert_eq!(alice.call("subscribe", &form).await.status, 200);
    assert_eq!(bob.call("subscriptions", &[]).await.json(), json!([]));
    let theirs = bob.call("unsubscribe", &series).await;
    assert_eq!((theirs.status, theirs.error().as_str()), (404, "not_found"), "{}", theirs.body);
    assert_eq!(alice.call("subscriptions", &[]).await.json().as_array().map(Vec::len), Some(1));
    // What alice keeps current goes on when bob, who wanted the same, ends his.
    assert_eq!(bob.call("subscribe", &form).await.status, 200);
    assert_eq!(bob.call("unsubscribe", &series).await.status, 200);
    assert_eq!(alice.call("subscriptions", &[]).await.json().as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_running_job_cannot_be_stopped_by_another_user() {
    let house = House::new().await;
    let form = [("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("range", "7")];
    // Nobody is at the demo exchange's address, so this ends as failed after its retries; until then it is alice's, and afterwards too.
    assert_eq!(house.alice.call("start_ingest", &form).await.status, 200);
    let id = super::queue::newest(&house.alice).await;
    for name in ["cancel_job", "retry_job", "delete_job"] {
        assert_eq!(house.bob.call(name, &[("id", &id)]).await.status, 404, "{name}");
    }
    let cancelled = house.alice.call("cancel_job", &[("id", &id)]).await;
    assert!(matches!(cancelled.status, 200 | 409), "{}", cancelled.body);
    super::queue::wait_for_end(&house.alice, &id).await;
}

#[tokio::test]
async fn candles_are_the_houses_and_only_an_administrator_deletes_or_fills_them() {
    let house = House::new().await;
    assert_eq!(house.bob.call("series_list", &[]).await.json().as_array().map(Vec::len), Some(1));
    let refused = house.bob.call("delete_series", &[("series", SERIES)]).await;
    assert_eq!((refused.status, refused.error().as_str()), (403, "forbidden"));
    for undo in ["false", "true"] {
        let form = [("series", SERIES), ("undo", undo)];
        let refused = house.bob.call("fill_series", &form).await;
        assert_eq!((refused.status, refused.error().as_str()), (403, "forbidden"));
        assert_eq!(house.alice.call("fill_series", &form).await.json(), json!(0));
    }
    assert_eq!(house.alice.call("delete_series", &[("series", SERIES)]).await.status, 200);
    let gone = house.alice.call("fill_series", &[("series", SERIES)]).await;
    assert_eq!((gone.status, gone.error().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn a_series_that_a_job_writes_is_not_deleted_under_it() {
    let house = House::new().await;
    // Nobody is at the demo exchange's address, so the download waits and tries again until it is stopped.
    let form = [("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("range", "7")];
    assert_eq!(house.alice.call("start_ingest", &form).await.status, 200);
    let refused = house.alice.call("delete_series", &[("series", "demo BTCUSDT 1h")]).await;
    assert_eq!((refused.status, refused.error().as_str()), (409, "conflict"), "{}", refused.body);
    assert_eq!(house.alice.call("delete_series", &[("series", SERIES)]).await.status, 200, "another series");
    let id = super::queue::newest(&house.alice).await;
    house.alice.call("cancel_job", &[("id", &id)]).await;
    super::queue::wait_for_end(&house.alice, &id).await;
    let gone = house.alice.call("delete_series", &[("series", "demo BTCUSDT 1h")]).await;
    assert_eq!(gone.status, 404, "nobody writes it any more, and there is nothing to delete");
}
