//! What must not be readable anywhere: passwords, session ids, keys of exchanges.

use super::browser::Browser;
use super::installation::{Installation, PASSWORD};

const WRONG: &str = "a wrong guess of mine";
const KEY: &str = "an-api-key-of-an-exchange";

#[tokio::test]
async fn no_secret_is_in_a_page_an_answer_the_log_or_the_database() {
    let installation = Installation::with_users(&["alice"]);
    // As talkative as it can be made.
    let variables = [("RUST_LOG", "trace"), ("BINANCE_API_KEY", KEY), ("BINANCE_API_SECRET", KEY)];
    let server = installation.serve_with(&[], &variables);
    let browser = Browser::new(&server);
    let mut answers = vec![
        browser.sign_in("alice", WRONG).await.body,
        browser.submit("/api/sign_in", &[("name", "alice"), ("password", WRONG), ("next", "/")]).await.body,
        browser.sign_in("alice", PASSWORD).await.body,
    ];
    let session = browser.session().expect("a session");
    for path in ["/", "/data", "/markets", "/strategies", "/backtests", "/signin", "/health"] {
        answers.push(browser.open(path).await.body);
    }
    for endpoint in ["session", "dashboard", "exchanges", "strategies", "new_backtest"] {
        answers.push(browser.call(endpoint, &[]).await.body);
    }
    let log = server.log();
    assert!(log.contains("TRACE"), "the log is not as talkative as it should be");
    drop(server);
    let mut database = Vec::new();
    for name in ["crypto.db", "crypto.db-wal"] {
        database.extend(std::fs::read(installation.data().join(name)).unwrap_or_default());
    }
    let database = String::from_utf8_lossy(&database).into_owned();
    for secret in [PASSWORD, WRONG, KEY, &session] {
        assert!(answers.iter().all(|answer| !answer.contains(secret)), "an answer has '{secret}'");
        assert!(!database.contains(secret), "the database has '{secret}'");
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log has '{secret}'");
    }
    assert!(answers.iter().all(|answer| !answer.contains("$argon2")), "a hash is nobody's business");
}
