//! Every server function, called by nobody in particular: refused, without a word more than that.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde_json::json;

use super::browser::{Answer, Browser, encode};
use super::fixture::{BACKTEST, House, SERIES};
use super::installation::{PASSWORD, repository};

/// Open to anyone: they say who is there, or open and close the door; the last only sets a cookie.
const OPEN: [&str; 5] = ["session", "set_up", "sign_in", "sign_out", "switch_theme"];

/// The one that is asked with GET; a chart reads it. (What pages listen to, `/api/live…`, is no server function.)
const READ: &str = "candles";

/// The rest: for signed-in users only, with arguments that are good for alice. `JOB` and `RUN` stand for hers, `BOB` for the other user.
const GUARDED: [(&str, &[(&str, &str)]); 36] = [
    ("account", &[]),
    (
        "add_indicator",
        &[("exchange", "binance"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("add", "ema(34)")],
    ),
    (
        "add_user",
        &[("name", "carol"), ("role", "member"), ("password", PASSWORD), ("password_again", PASSWORD)],
    ),
    ("cancel_job", &[("id", "JOB")]),
    (
        "change_password",
        &[
            ("current_password", PASSWORD),
            ("new_password", "xyz xyz xyz"),
            ("new_password_again", "xyz xyz xyz"),
        ],
    ),
    ("coverage", &[]),
    ("dashboard", &[]),
    ("delete_job", &[("id", "JOB")]),
    ("delete_run", &[("id", "RUN")]),
    ("delete_series", &[("series", SERIES)]),
    ("derive_series", &[("exchange", "binance"), ("symbol", "BTCUSDT"), ("interval", "4h"), ("from", "1h")]),
    ("disable_user", &[("id", "BOB")]),
    ("enable_user", &[("id", "BOB")]),
    ("end_login_session", &[("id", "no session")]),
    ("end_other_login_sessions", &[]),
    ("exchanges", &[]),
    ("fill_series", &[("series", SERIES)]),
    ("jobs", &[]),
    ("new_backtest", &[]),
    ("repair_series", &[("series", SERIES)]),
    ("retry_job", &[("id", "JOB")]),
    ("run", &[("id", "RUN")]),
    ("runs", &[]),
    ("series_list", &[]),
    ("series_quality", &[("series", SERIES)]),
    ("set_user_password", &[("id", "BOB"), ("password", "xyz xyz xyz")]),
    ("set_user_role", &[("id", "BOB"), ("role", "admin")]),
    ("start_backtest", &BACKTEST),
    ("start_ingest", &[("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("range", "7")]),
    ("strategies", &[]),
    ("strategy", &[("name", "sma_crossover_btc")]),
    ("subscribe", &[("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("days", "7")]),
    ("subscriptions", &[]),
    ("trades", &[("run", "RUN"), ("page", "1")]),
    // After `subscribe`, which makes what it ends.
    ("unsubscribe", &[("series", "demo BTCUSDT 1h")]),
    ("users", &[]),
];

#[test]
fn the_list_of_endpoints_is_complete() {
    let mut found = BTreeSet::new();
    collect(&repository().join("app/src"), &mut found);
    let listed: BTreeSet<String> =
        GUARDED.iter().map(|(name, _)| *name).chain(OPEN).chain([READ]).map(str::to_owned).collect();
    assert_eq!(found, listed, "a server function without its route tests, or the reverse");
}

/// Collects the names of the server functions in a folder of sources.
fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for attribute in text.split("#[server(").skip(1).filter(|rest| !rest.starts_with("default)")) {
                let attribute = attribute.split(")]").next().unwrap();
                let name = attribute.split("endpoint = \"").nth(1).and_then(|rest| rest.split('"').next());
                found.insert(name.unwrap_or_else(|| panic!("{}: {attribute}", path.display())).to_owned());
            }
            assert!(!text.contains("#[server]"), "{}: a server function without a name", path.display());
        }
    }
}

/// Calls a guarded endpoint with alice's arguments.
async fn call(browser: &Browser, house: &House, name: &str, arguments: &[(&str, &str)]) -> Answer {
    if name == "jobs" {
        return browser.call_json(name, &json!({ "kinds": [], "limit": 10 })).await;
    }
    let arguments: Vec<(&str, &str)> = arguments
        .iter()
        .map(|(key, value)| {
            (
                *key,
                match *value {
                    "JOB" => house.job.as_str(),
                    "RUN" => house.run.as_str(),
                    "BOB" => house.bob_id.as_str(),
                    other => other,
                },
            )
        })
        .collect();
    browser.call(name, &arguments).await
}

fn candles(symbol: &str, limit: &str) -> String {
    format!("/api/candles?exchange=binance&symbol={}&interval=1h&limit={limit}&indicators=", encode(symbol))
}

#[tokio::test]
async fn a_stranger_is_refused_everywhere_and_learns_nothing() {
    let house = House::new().await;
    let stranger = Browser::new(&house.server);
    let forger = Browser::new(&house.server);
    for session in [None, Some("AAAAAAAAAAAAAAAAAAAAAA"), Some("no session at all")] {
        for (name, arguments) in GUARDED {
            forger.take_session(session.map(str::to_owned));
            let answer = call(&forger, &house, name, arguments).await;
            assert_eq!(answer.status, 401, "{name}: {}", answer.body);
            assert_eq!(answer.body, r#"{"error":"unauthenticated"}"#, "{name}");
        }
    }
    let answer = stranger.open(&candles("BTCUSDT", "10")).await;
    assert!(!answer.body.contains("close"), "{}", answer.body);
    let answer = stranger.read(&candles("BTCUSDT", "10")).await;
    assert_eq!((answer.status, answer.error().as_str()), (401, "unauthenticated"));

    // Nothing of all that was done.
    assert_eq!(super::queue::jobs(&house.alice).await.len(), 1);
    assert_eq!(house.alice.call("run", &[("id", &house.run)]).await.status, 200);
    assert_eq!(house.alice.call("series_list", &[]).await.json().as_array().map(Vec::len), Some(1));
    let session = stranger.call("session", &[]).await.json();
    assert_eq!((&session["is_set_up"], &session["user"]), (&json!(true), &json!(null)));
}

#[tokio::test]
async fn the_right_user_is_answered() {
    let house = House::new().await;
    for (name, arguments) in GUARDED {
        // What a done job does not allow is said as a conflict; the rest works. Deletion comes after.
        let expected = match name {
            "cancel_job" | "retry_job" => 409,
            "end_login_session" => 404,
            // A repair keeps the series from being deleted.
            "delete_job" | "delete_run" | "delete_series" | "repair_series" => continue,
            _ => 200,
        };
        let answer = call(&house.alice, &house, name, arguments).await;
        assert_eq!(answer.status, expected, "{name}: {}", answer.body);
    }
    let answer = house.alice.read(&candles("BTCUSDT", "10")).await;
    assert_eq!(answer.json()["close"].as_array().map(Vec::len), Some(10));
    for name in ["delete_run", "delete_job", "delete_series"] {
        let (_, arguments) = GUARDED.into_iter().find(|(guarded, _)| *guarded == name).unwrap();
        let first = call(&house.alice, &house, name, arguments).await;
        let second = call(&house.alice, &house, name, arguments).await;
        assert_eq!((first.status, second.status), (200, 404), "{name}: {} {}", first.body, second.body);
    }
    let gone = house.alice.call("repair_series", &[("series", SERIES)]).await;
    assert_eq!((gone.status, gone.error().as_str()), (404, "not_found"), "{}", gone.body);
}

#[tokio::test]
async fn what_changes_something_cannot_be_asked_by_a_link() {
    let house = House::new().await;
    for (name, arguments) in GUARDED {
        let query: Vec<String> =
            arguments.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
        let answer = house.alice.open(&format!("/api/{name}?{}", query.join("&"))).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{name}");
    }
    for (method, path) in
        [(Method::GET, "/data/import"), (Method::DELETE, "/api/run"), (Method::PUT, "/api/jobs")]
    {
        let answer = house.alice.send(house.alice.request(method.clone(), path)).await;
        assert_eq!(answer.status, 405, "{method} {path}");
    }
    let answer = house.alice.call("candles", &[]).await;
    assert_eq!(answer.status, 405, "a reading endpoint takes no form");
}
