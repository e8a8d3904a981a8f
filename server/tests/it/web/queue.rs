//! Waiting for jobs, by asking the server as a page does.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, interval};

use super::browser::Browser;

/// How long a job may take on a machine that is busy building.
const PATIENCE: Duration = Duration::from_mins(4);

/// Returns the visitor's jobs, newest first.
pub(crate) async fn jobs(browser: &Browser) -> Vec<Value> {
    let answer = browser.call_json("jobs", &json!({ "kinds": [], "limit": 100 })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json().as_array().unwrap().clone()
}

/// Returns a job once it is what the test waits for.
///
/// # Panics
/// When that does not happen in time, or the job is gone.
pub(crate) async fn wait_for(
    browser: &Browser,
    id: &str,
    what: &str,
    is_met: impl Fn(&Value) -> bool,
) -> Value {
    let deadline = Instant::now() + PATIENCE;
    let mut clock = interval(Duration::from_millis(20));
    loop {
        clock.tick().await;
        let jobs = jobs(browser).await;
        let job = jobs.into_iter().find(|job| job["id"] == id).unwrap_or_else(|| panic!("job {id} is gone"));
        if is_met(&job) {
            return job;
        }
        assert!(Instant::now() < deadline, "job {id} was not {what} in time: {job:#}");
    }
}

/// Returns whether a job will not change by itself any more.
pub(crate) fn has_ended(job: &Value) -> bool {
    !matches!(job["state"].as_str(), Some("queued" | "running"))
}

/// Waits until a job ends, however it does.
pub(crate) async fn wait_for_end(browser: &Browser, id: &str) -> Value {
    wait_for(browser, id, "over", has_ended).await
}

/// Waits until a job is done, and fails with its reason when it ends otherwise.
pub(crate) async fn wait_until_done(browser: &Browser, id: &str) -> Value {
    let job = wait_for_end(browser, id).await;
    assert_eq!(job["state"], "done", "{job:#}");
    job
}

/// Returns the id of the visitor's newest job.
pub(crate) async fn newest(browser: &Browser) -> String {
    jobs(browser).await.first().and_then(|job| job["id"].as_str()).expect("a job").to_owned()
}

/// Waits until something that follows an answer has happened.
pub(crate) async fn until(what: &str, is_met: impl Fn() -> bool) {
    until_found(what, async || is_met().then_some(())).await;
}

/// Waits until there is what the test looks for, and returns it.
pub(crate) async fn until_found<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    let mut clock = interval(Duration::from_millis(20));
    loop {
        clock.tick().await;
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
    }
}
