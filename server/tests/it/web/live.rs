//! What the server tells while somebody looks.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

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

    assert_eq!(alice.call("start_backtest", &BACKTEST).await.status, 200);
    let job = newest(&alice).await;
    loop {
        let news = hers.next().await;
        assert_eq!(news["id"], job.as_str(), "{news}");
        // When she is told that there is more to it, asking shows it.
        if news["is_turn"] == true && super::queue::jobs(&alice).await[0]["state"] == "done" {
            break;
        }
    }

    assert_eq!(bob.call("start_backtest", &BACKTEST).await.status, 200);
    let job = newest(&bob).await;
    assert_eq!(his.next().await["id"], job.as_str(), "of hers he heard nothing");
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
