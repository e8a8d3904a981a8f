//! How long a session lives: its end counts from the latest day with a visit.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Row as _};

use super::browser::Browser;
use super::installation::Installation;

const DAY_MS: i64 = 86_400_000;

#[tokio::test]
async fn a_visit_on_another_day_puts_the_end_off_and_an_expired_session_opens_nothing() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve();
    let browser = Browser::signed_in(&server, "alice").await;
    let mut database =
        SqliteConnectOptions::new().filename(installation.data().join("crypto.db")).connect().await.unwrap();
    let first_visit = browser.call("dashboard", &[]).await;
    assert_eq!((first_visit.status, first_visit.header("set-cookie")), (200, ""), "once a day is enough");

    // Ten days pass: the session was last seen then, and has four days left.
    let row = sqlx::query("SELECT data, expires_at FROM sessions").fetch_one(&mut database).await.unwrap();
    let (data, expires_at): (Vec<u8>, i64) = (row.get(0), row.get(1));
    let mut data: serde_json::Value = serde_json::from_slice(&data).unwrap();
    data["seen"] = 0.into();
    let aged = expires_at - 10 * DAY_MS;
    sqlx::query("UPDATE sessions SET data = ?, expires_at = ?")
        .bind(serde_json::to_vec(&data).unwrap())
        .bind(aged)
        .execute(&mut database)
        .await
        .unwrap();
    let visit = browser.call("dashboard", &[]).await;
    assert_eq!(visit.status, 200, "{}", visit.body);
    assert!(visit.header("set-cookie").contains("Max-Age=1209600"), "{}", visit.header("set-cookie"));
    let now: i64 =
        sqlx::query_scalar("SELECT expires_at FROM sessions").fetch_one(&mut database).await.unwrap();
    assert!(now >= expires_at, "{now} {expires_at}");

    sqlx::query("UPDATE sessions SET expires_at = 1000").execute(&mut database).await.unwrap();
    assert_eq!(browser.call("dashboard", &[]).await.status, 401);
}
