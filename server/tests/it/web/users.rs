//! Accounts on their pages: one's own password and login sessions, and the administration of users.

use reqwest::Method;
use serde_json::{Value, json};

use super::browser::Browser;
use super::installation::{Installation, PASSWORD, Server};

const OTHER: &str = "another fine password";

/// Alice administers, bob is a member.
struct Crew {
    installation: Installation,
    server: Server,
    alice: Browser,
    bob: Browser,
}

impl Crew {
    async fn new() -> Self {
        let installation = Installation::with_users(&["alice", "bob"]);
        let server = installation.serve();
        let alice = Browser::signed_in(&server, "alice").await;
        let bob = Browser::signed_in(&server, "bob").await;
        Self { installation, server, alice, bob }
    }

    async fn id(&self, name: &str) -> String {
        let users = self.alice.call("users", &[]).await.json();
        let found = users.as_array().unwrap().iter().find(|user| user["name"] == name).expect("a user");
        found["id"].as_str().unwrap().to_owned()
    }
}

/// Waits until a stream of events ends; fails when it goes on.
async fn until_it_ends(mut stream: reqwest::Response) {
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    let patience = std::time::Duration::from_secs(20);
    assert!(tokio::time::timeout(patience, ended).await.is_ok(), "the stream goes on");
}

async fn stream(browser: &Browser) -> reqwest::Response {
    let stream = browser.request(Method::GET, "/api/live/jobs").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    stream
}

#[tokio::test]
async fn an_administrator_adds_a_user_who_can_sign_in() {
    let crew = Crew::new().await;
    let form = |name| [("name", name), ("role", "member"), ("password", OTHER), ("password_again", OTHER)];
    let answer = crew.alice.submit("/api/add_user", &form("carol")).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/users?done=added"), "{}", answer.body);
    let carol = Browser::new(&crew.server);
    assert_eq!(carol.sign_in("carol", OTHER).await.status, 200);
    assert_eq!(carol.call("session", &[]).await.json()["user"]["is_admin"], false);
    for (field, arguments) in [
        ("name", form("Carol")),
        ("name", form("a b")),
        ("role", [("name", "dora"), ("role", "king"), ("password", OTHER), ("password_again", OTHER)]),
        (
            "password",
            [("name", "dora"), ("role", "member"), ("password", "short"), ("password_again", "short")],
        ),
        (
            "password_again",
            [("name", "dora"), ("role", "member"), ("password", OTHER), ("password_again", PASSWORD)],
        ),
    ] {
        let answer = crew.alice.call("add_user", &arguments).await;
        assert_eq!((answer.status, answer.json()["fields"][0]["field"].as_str()), (422, Some(field)));
    }
    let names: Vec<Value> = crew.alice.call("users", &[]).await.json().as_array().unwrap().clone();
    assert_eq!(names.iter().map(|user| &user["name"]).collect::<Vec<_>>(), ["alice", "bob", "carol"]);
}

#[tokio::test]
async fn a_member_neither_sees_nor_manages_users() {
    let crew = Crew::new().await;
    let (alices, bobs) = (crew.id("alice").await, crew.id("bob").await);
    for (name, arguments) in [
        ("users", vec![]),
        (
            "add_user",
            vec![("name", "eve"), ("role", "admin"), ("password", OTHER), ("password_again", OTHER)],
        ),
        ("set_user_role", vec![("id", bobs.as_str()), ("role", "admin")]),
        ("disable_user", vec![("id", &alices)]),
        ("enable_user", vec![("id", &bobs)]),
        ("set_user_password", vec![("id", &alices), ("password", OTHER)]),
    ] {
        let answer = crew.bob.call(name, &arguments).await;
        assert_eq!((answer.status, answer.error().as_str()), (403, "forbidden"), "{name}: {}", answer.body);
    }
    let page = crew.bob.open("/users").await;
    assert_eq!(page.status, 403);
    assert!(!page.body.contains("alice"), "the page names nobody");
    assert_eq!(crew.alice.call("users", &[]).await.json().as_array().map(Vec::len), Some(2));
    assert_eq!(crew.alice.sign_in("alice", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once_and_comes_back_to_the_same_work() {
    let crew = Crew::new().await;
    let id = crew.id("bob").await;
    let running = stream(&crew.bob).await;
    let answer = crew.alice.submit("/api/disable_user", &[("id", &id)]).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/users?done=disabled"), "{}", answer.body);
    assert_eq!(crew.bob.call("dashboard", &[]).await.status, 401);
    until_it_ends(running).await;
    let refused = Browser::new(&crew.server).sign_in("bob", PASSWORD).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains("disabled"), "{}", refused.body);
    // Whoever does not know the password learns nothing of that.
    let wrong = Browser::new(&crew.server).sign_in("bob", "wrong wrong wrong").await;
    assert!(wrong.body.contains("The name or password is wrong."), "{}", wrong.body);

    assert_eq!(crew.alice.call("enable_user", &[("id", &id)]).await.status, 200);
    assert_eq!(Browser::new(&crew.server).sign_in("bob", PASSWORD).await.status, 200);
    assert_eq!(crew.bob.call("dashboard", &[]).await.status, 401, "the session from before stays ended");
}

#[tokio::test]
async fn somebody_always_administers() {
    let crew = Crew::new().await;
    let (alices, bobs) = (crew.id("alice").await, crew.id("bob").await);
    for (name, arguments) in [
        ("set_user_role", vec![("id", alices.as_str()), ("role", "member")]),
        ("disable_user", vec![("id", &alices)]),
    ] {
        let answer = crew.alice.call(name, &arguments).await;
        assert_eq!((answer.status, answer.error().as_str()), (409, "conflict"), "{name}: {}", answer.body);
        assert!(answer.body.contains("last administrator"), "{}", answer.body);
    }
    assert_eq!(crew.alice.call("set_user_role", &[("id", &bobs), ("role", "admin")]).await.status, 200);
    assert_eq!(crew.alice.call("set_user_role", &[("id", &alices), ("role", "member")]).await.status, 200);
    assert_eq!(crew.alice.call("users", &[]).await.status, 403, "she gave it up");
    assert_eq!(crew.bob.call("users", &[]).await.status, 200);
    let nobody = [("id", "01900000-0000-7000-8000-000000000000")];
    assert_eq!(crew.bob.call("disable_user", &nobody).await.status, 404);
}

#[tokio::test]
async fn an_administrator_gives_another_user_a_new_password() {
    let crew = Crew::new().await;
    let id = crew.id("bob").await;
    let running = stream(&crew.bob).await;
    let short = crew.alice.call("set_user_password", &[("id", &id), ("password", "short")]).await;
    assert_eq!((short.status, short.json()["fields"][0]["field"].as_str()), (422, Some("password")));
    assert_eq!(crew.alice.call("set_user_password", &[("id", &id), ("password", OTHER)]).await.status, 200);
    assert_eq!(crew.bob.call("dashboard", &[]).await.status, 401);
    until_it_ends(running).await;
    assert_eq!(crew.bob.sign_in("bob", OTHER).await.status, 200);
    let own = crew.id("alice").await;
    let refused = crew.alice.call("set_user_password", &[("id", &own), ("password", OTHER)]).await;
    assert_eq!(refused.status, 409, "her own needs the present one: {}", refused.body);
}

#[tokio::test]
async fn a_user_changes_their_own_password_with_the_present_one() {
    let crew = Crew::new().await;
    let elsewhere = Browser::signed_in(&crew.server, "bob").await;
    let running = stream(&elsewhere).await;
    let form = |present, new, again| {
        [("current_password", present), ("new_password", new), ("new_password_again", again)]
    };
    for (field, arguments) in [
        ("current_password", form("wrong wrong wrong", OTHER, OTHER)),
        ("new_password", form(PASSWORD, "short", "short")),
        ("new_password_again", form(PASSWORD, OTHER, PASSWORD)),
    ] {
        let answer = crew.bob.call("change_password", &arguments).await;
        assert_eq!((answer.status, answer.json()["fields"][0]["field"].as_str()), (422, Some(field)));
    }
    assert_eq!(elsewhere.call("dashboard", &[]).await.status, 200, "nothing has changed so far");
    let answer = crew.bob.submit("/api/change_password", &form(PASSWORD, OTHER, OTHER)).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, "/account?done=password"),
        "{}",
        answer.body
    );
    assert_eq!(crew.bob.call("dashboard", &[]).await.status, 200, "this session goes on");
    assert_eq!(elsewhere.call("dashboard", &[]).await.status, 401, "the other one does not");
    until_it_ends(running).await;
    assert_eq!(Browser::new(&crew.server).sign_in("bob", PASSWORD).await.status, 422);
    assert_eq!(Browser::new(&crew.server).sign_in("bob", OTHER).await.status, 200);
}

#[tokio::test]
async fn the_current_password_cannot_be_guessed_from_an_open_session() {
    let crew = Crew::new().await;
    let guess =
        [("current_password", "wrong wrong wrong"), ("new_password", OTHER), ("new_password_again", OTHER)];
    let mut statuses = Vec::new();
    // Each wait is twice the one before: a machine that is slow to answer comes to the first that it does not outlast.
    while statuses.len() < 15 && statuses.last() != Some(&429) {
        statuses.push(crew.bob.call("change_password", &guess).await.status);
    }
    assert!(statuses.len() >= 6, "{statuses:?}");
    assert_eq!(statuses.pop(), Some(429), "{statuses:?}");
    assert!(statuses.iter().all(|status| *status == 422), "{statuses:?}");
}

#[tokio::test]
async fn login_sessions_are_listed_and_ended_by_their_user_only() {
    let crew = Crew::new().await;
    let [phone, tablet] =
        [Browser::signed_in(&crew.server, "bob").await, Browser::signed_in(&crew.server, "bob").await];
    let sessions = crew.bob.call("account", &[]).await.json()["sessions"].clone();
    let sessions = sessions.as_array().unwrap();
    assert_eq!(
        sessions.iter().map(|session| &session["is_current"]).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(
        (&sessions[0]["browser"], &sessions[0]["address"]),
        (&json!("Another program"), &json!("127.0.0.1"))
    );
    let cookie = crew.bob.session().unwrap();
    assert!(
        sessions.iter().all(|session| session["id"] != cookie.as_str()),
        "the list holds no key to a session"
    );

    let running = stream(&tablet).await;
    let tablets = tablet.call("account", &[]).await.json()["sessions"][0]["id"].as_str().unwrap().to_owned();
    let foreign = crew.alice.call("end_login_session", &[("id", &tablets)]).await;
    assert_eq!((foreign.status, foreign.error().as_str()), (404, "not_found"));
    assert_eq!(
        tablet.call("end_login_session", &[("id", &tablets)]).await.status,
        409,
        "that is signing out"
    );
    assert_eq!(crew.bob.call("end_login_session", &[("id", &tablets)]).await.status, 200);
    assert_eq!(tablet.call("dashboard", &[]).await.status, 401);
    until_it_ends(running).await;
    assert_eq!(phone.call("dashboard", &[]).await.status, 200);

    assert_eq!(crew.bob.call("end_other_login_sessions", &[]).await.status, 200);
    assert_eq!(phone.call("dashboard", &[]).await.status, 401);
    assert_eq!(crew.bob.call("account", &[]).await.json()["sessions"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_the_command_line_does_to_an_account_reaches_the_server_that_runs() {
    let crew = Crew::new().await;
    let running = stream(&crew.bob).await;
    crew.installation.run(&["user", "disable", "bob"], "");
    assert_eq!(crew.bob.call("dashboard", &[]).await.status, 401);
    until_it_ends(running).await;
}

#[tokio::test]
async fn so_many_streams_a_user_may_have_open_and_no_more() {
    let crew = Crew::new().await;
    let mut open = Vec::new();
    let refused = loop {
        let answer = crew.bob.request(Method::GET, "/api/live/jobs").send().await.unwrap();
        if answer.status() != 200 {
            break answer.status().as_u16();
        }
        open.push(answer);
        assert!(open.len() < 1000, "there is no end");
    };
    assert_eq!((refused, open.len()), (429, 40));
    assert_eq!(stream(&crew.alice).await.status(), 200, "another user's are another matter");
    open.clear();
    super::queue::until_found("a place is free again", async || {
        let answer = crew.bob.request(Method::GET, "/api/live/jobs").send().await.unwrap();
        (answer.status() == 200).then_some(())
    })
    .await;
}
