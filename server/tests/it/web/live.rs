//! What the server tells while somebody looks.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use sqlx::ConnectOptions as _;

use super::browser::Browser;
use super::fixture::{BACKTEST, House};
use super::queue::newest;

/// How long news may take on a machine that is busy building.
const PATIENCE: Duration = Duration::from_mins(2);

/// A stream of events that somebody listens to.
struct Listening {
    response: reqwest::Response,
    text: String,
}

impl Listening {
    async fn to(browser: &Browser, path: &str) -> Self {
        let response = browser.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// Waits for the next event.
    async fn next(&mut self) -> Value {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                // Anything else is a sign of life.
                let Some(data) = event.strip_prefix("data: ") else { continue };
                return serde_json::from_str(data).unwrap();
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("news in time");
            self.text += std::str::from_utf8(&chunk.unwrap().expect("a stream that goes on")).unwrap();
        }
    }
}

#[tokio::test]
async fn the_owner_of_a_job_hears_how_it_goes_on_and_nobody_else_does() {
    let House { alice, bob, server: _server, installation: _installation, .. } = House::new().await;
    let mut hers = Listening::to(&alice, "/api/live/jobs").await;
    let mut his = Listening::to(&bob, "/api/live/jobs").await;
    let present = hers.next().await;
    assert_eq!(
        (&present["kind"], &present["jobs"][0]["state"]),
        (&"jobs".into(), &"done".into()),
        "{present}"
    );
    assert_eq!(his.next().await, serde_json::json!({ "kind": "jobs", "jobs": [] }));

    assert_eq!(alice.call("start_backtest", &BACKTEST).await.status, 200);
    let job = newest(&alice).await;
    loop {
        let news = hers.next().await;
        assert_eq!((&news["kind"], &news["id"]), (&"job".into(), &job.as_str().into()), "{news}");
        // When she is told that there is more to it, asking shows it.
        if news["is_turn"] == true && news["state"] == "done" {
            assert_eq!(super::queue::jobs(&alice).await[0]["state"], "done");
            break;
        }
    }
    let news = hers.next().await;
    assert_eq!(news["kind"], "result", "{news}");
    assert_eq!(alice.call("run", &[("id", news["id"].as_str().unwrap())]).await.status, 200);

    assert_eq!(bob.call("start_backtest", &BACKTEST).await.status, 200);
    let job = newest(&bob).await;
    assert_eq!(his.next().await["id"], job.as_str(), "of hers he heard nothing");
}

#[tokio::test]
async fn whoever_comes_late_is_told_how_jobs_stand_and_every_tab_hears_what_one_of_them_does() {
    let House { alice, bob, job, server: _server, installation, .. } = House::new().await;
    let mut tabs =
        [Listening::to(&alice, "/api/live/jobs").await, Listening::to(&alice, "/api/live/jobs").await];
    let mut his = Listening::to(&bob, "/api/live/jobs").await;
    his.next().await;
    for tab in &mut tabs {
        let present = tab.next().await;
        // The backtest was over before anybody listened.
        let jobs = present["jobs"].as_array().unwrap();
        assert_eq!(
            (jobs.len(), &jobs[0]["id"], &jobs[0]["state"]),
            (1, &job.as_str().into(), &"done".into())
        );
    }
    assert_eq!(alice.call("delete_job", &[("id", &job)]).await.status, 200);
    let run = alice.call("runs", &[]).await.json()["runs"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(alice.call("delete_run", &[("id", &run)]).await.status, 200);
    assert_eq!(alice.call("delete_series", &[("series", super::fixture::SERIES)]).await.status, 200);
    let told = [
        serde_json::json!({ "kind": "job_deleted", "id": job }),
        serde_json::json!({ "kind": "result", "id": run }),
        serde_json::json!({ "kind": "series", "id": super::fixture::SERIES }),
    ];
    for tab in &mut tabs {
        for message in &told {
            assert_eq!(tab.next().await, *message);
        }
    }
    assert_eq!(his.next().await, told[2], "candles are shared, the rest is hers");

    // What nobody tells is found by comparing: here a job that another process takes out of the database.
    let form = [("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("range", "7")];
    assert_eq!(alice.call("start_ingest", &form).await.status, 200);
    let database = installation.data().join("crypto.db");
    let mut database = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(database)
        .busy_timeout(PATIENCE)
        .connect()
        .await
        .unwrap();
    sqlx::query("DELETE FROM jobs").execute(&mut database).await.unwrap();
    loop {
        let news = tabs[0].next().await;
        if news["kind"] == "jobs" {
            assert_eq!(news["jobs"], serde_json::json!([]));
            break;
        }
    }
}

#[tokio::test]
async fn strangers_hear_nothing() {
    let House { server, installation: _installation, .. } = House::new().await;
    let stranger = Browser::new(&server);
    for path in ["/api/live/jobs", "/api/live?exchange=binance&symbol=BTCUSDT&interval=1h"] {
        let answer = stranger.open(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (401, ""), "{path}");
    }
}
