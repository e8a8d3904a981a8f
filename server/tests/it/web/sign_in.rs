//! The door: the first account, signing in and out, the throttle, and what a session cookie is worth.

use super::browser::Browser;
use super::installation::{Installation, PASSWORD};

const FIRST: [(&str, &str); 3] = [("name", "alice"), ("password", PASSWORD), ("password_again", PASSWORD)];

#[tokio::test]
async fn the_first_visitor_makes_the_first_account_and_nobody_else_does() {
    let installation = Installation::new();
    let server = installation.serve();
    let browser = Browser::new(&server);
    for page in ["/", "/data", "/signin"] {
        let answer = browser.open(page).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/setup"), "{page}");
    }
    assert_eq!(browser.open("/setup").await.status, 200);
    for (field, arguments) in [
        ("name", [("name", "a b"), FIRST[1], FIRST[2]]),
        ("password", [FIRST[0], ("password", "short"), ("password_again", "short")]),
        ("password_again", [FIRST[0], FIRST[1], ("password_again", "something else")]),
    ] {
        let answer = browser.call("set_up", &arguments).await;
        assert_eq!((answer.status, answer.json()["fields"][0]["field"].as_str()), (422, Some(field)));
        assert_eq!(browser.session(), None);
    }
    let answer = browser.submit("/api/set_up", &FIRST).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/"), "{}", answer.body);
    let session = browser.call("session", &[]).await.json();
    assert_eq!((&session["user"]["name"], &session["user"]["is_admin"]), (&"alice".into(), &true.into()));

    let late = Browser::new(&server);
    let answer = late.call("set_up", &[("name", "mallory"), FIRST[1], FIRST[2]]).await;
    assert_eq!((answer.status, answer.error().as_str()), (409, "conflict"));
    assert_eq!(late.session(), None);
    let answer = late.open("/setup").await;
    assert_eq!((answer.status, answer.header("location")), (302, "/signin"));
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve();
    let browser = Browser::new(&server);
    let answer = browser.sign_in("alice", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    // Who is not signed in gets none: there is nothing to plant or to count.
    let stranger = Browser::new(&server);
    assert_eq!(stranger.open("/signin").await.header("set-cookie"), "");
    assert_eq!(stranger.sign_in("alice", "wrong wrong wrong").await.header("set-cookie"), "");
}

#[tokio::test]
async fn signing_in_leads_where_the_reader_wanted_to_go_and_never_elsewhere() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve();
    for (next, target) in
        [("/data?x=1", "/data?x=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("", "/")]
    {
        let browser = Browser::new(&server);
        let form = [("name", "alice"), ("password", PASSWORD), ("next", next)];
        let answer = browser.submit("/api/sign_in", &form).await;
        assert_eq!((answer.status, answer.header("location")), (302, target), "{next}");
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve();
    let browser = Browser::new(&server);
    let wrong_password = browser.sign_in("alice", "wrong wrong wrong").await;
    let wrong_name = browser.sign_in("nobody", "wrong wrong wrong").await;
    assert_eq!((wrong_password.status, &wrong_password.body), (422, &wrong_name.body));
    assert_eq!(wrong_name.status, 422);
    assert!(wrong_name.body.contains("The name or password is wrong."), "{}", wrong_name.body);
}

#[tokio::test]
async fn guessing_is_slowed_down_even_for_the_right_password() {
    let installation = Installation::with_users(&["alice", "bob"]);
    let server = installation.serve();
    let browser = Browser::new(&server);
    for attempt in 0..5 {
        assert_eq!(browser.sign_in("alice", "wrong wrong wrong").await.status, 422, "attempt {attempt}");
    }
    let answer = browser.sign_in("alice", PASSWORD).await;
    assert_eq!((answer.status, answer.error().as_str()), (429, "too_many_attempts"), "{}", answer.body);
    let wait = answer.json()["retry_after_secs"].as_u64().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(answer.header("retry-after"), wait.to_string());
    assert_eq!(browser.session(), None);
    // Another name is another matter, and the throttle outlives a restart.
    assert_eq!(browser.sign_in("bob", PASSWORD).await.status, 200);
    drop(server);
    let server = installation.serve();
    let browser = Browser::new(&server);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(browser.sign_in("alice", "wrong wrong wrong").await.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    // The administrator's new password opens the door at once.
    installation.run(&["user", "passwd", "alice"], "another fine password");
    assert_eq!(browser.sign_in("alice", "another fine password").await.status, 200);
}

#[tokio::test]
async fn a_planted_session_is_worth_nothing_after_the_sign_in() {
    let installation = Installation::with_users(&["alice", "bob"]);
    let server = installation.serve();
    // The attacker's own session, planted in the victim's browser.
    let attacker = Browser::signed_in(&server, "bob").await;
    let planted = attacker.session();
    let victim = Browser::new(&server);
    victim.take_session(planted.clone());
    assert_eq!(victim.sign_in("alice", PASSWORD).await.status, 200);
    assert_ne!(victim.session(), planted);
    assert_eq!(victim.call("session", &[]).await.json()["user"]["name"], "alice");
    assert_eq!(attacker.session(), planted);
    assert_eq!(attacker.call("dashboard", &[]).await.status, 401, "the id from before is gone");
    // An id that the server never gave out is not adopted either.
    let victim = Browser::new(&server);
    victim.take_session(Some("AAAAAAAAAAAAAAAAAAAAAA".into()));
    assert_eq!(victim.sign_in("alice", PASSWORD).await.status, 200);
    assert_ne!(victim.session().as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAA"));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve();
    let browser = Browser::signed_in(&server, "alice").await;
    let elsewhere = Browser::signed_in(&server, "alice").await;
    let stolen = browser.session();
    let answer = browser.submit("/api/sign_out", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/signin"));
    assert_eq!(browser.session(), None);
    browser.take_session(stolen);
    assert_eq!(browser.call("dashboard", &[]).await.status, 401);
    assert_eq!(elsewhere.call("dashboard", &[]).await.status, 200, "the other session goes on");
    assert_eq!(
        Browser::new(&server).call("sign_out", &[]).await.status,
        200,
        "fine when nobody is signed in"
    );
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let installation = Installation::with_users(&["alice", "bob"]);
    let server = installation.serve();
    let browsers = [Browser::signed_in(&server, "alice").await, Browser::signed_in(&server, "alice").await];
    let bob = Browser::signed_in(&server, "bob").await;
    installation.run(&["user", "passwd", "alice"], "another fine password");
    for browser in &browsers {
        assert_eq!(browser.call("dashboard", &[]).await.status, 401);
    }
    assert_eq!(bob.call("dashboard", &[]).await.status, 200);
    assert_eq!(browsers[0].sign_in("alice", PASSWORD).await.status, 422, "the old one is wrong");
    assert_eq!(browsers[0].sign_in("alice", "another fine password").await.status, 200);
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve();
    let session = Browser::signed_in(&server, "alice").await.session();
    drop(server);
    let server = installation.serve();
    let browser = Browser::new(&server);
    browser.take_session(session);
    assert_eq!(browser.call("dashboard", &[]).await.status, 200);
}
