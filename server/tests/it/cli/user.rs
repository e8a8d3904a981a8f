//! `crypto user …`, with passwords through standard input.

use serde_json::json;

use super::house::House;

const PASSWORD: &str = "a rather long password\n";

#[test]
fn the_first_account_is_an_administrator_and_the_next_a_member() {
    let house = House::new();
    house.run(&["user", "list"]).ok().says(&["no accounts yet", "crypto user add NAME"]);
    assert_eq!(house.run_with(&["user", "add", "ann"], PASSWORD).ok().stdout, "added admin 'ann'\n");
    assert_eq!(house.run_with(&["user", "add", "bob"], PASSWORD).ok().stdout, "added member 'bob'\n");
    assert_eq!(
        house.run_with(&["user", "add", "eve", "--admin"], PASSWORD).ok().stdout,
        "added admin 'eve'\n"
    );
    house.run(&["user", "list"]).ok().says(&["ann   admin", "bob   member", "eve   admin"]);
    let users = house.run(&["--json", "user", "list"]).ok().json();
    let names: Vec<_> = users.as_array().unwrap().iter().map(|user| (&user["name"], &user["role"])).collect();
    assert_eq!(
        names,
        [
            (&json!("ann"), &json!("admin")),
            (&json!("bob"), &json!("member")),
            (&json!("eve"), &json!("admin"))
        ]
    );
    assert!(!house.run(&["--json", "user", "list"]).ok().stdout.contains("argon2"));
}

#[test]
fn accounts_are_disabled_enabled_and_given_roles_and_one_administrator_stays() {
    let house = House::new();
    house.run_with(&["user", "add", "ann"], PASSWORD).ok();
    house.run_with(&["user", "add", "bob"], PASSWORD).ok();
    house.run(&["user", "disable", "ann"]).fails(6, &["this is the last administrator"]);
    house.run(&["user", "role", "ann", "member"]).fails(6, &["this is the last administrator"]);
    house.run(&["user", "role", "bob", "king"]).fails(2, &["king", "admin, member"]);
    house.run(&["user", "role", "eve", "admin"]).fails(4, &["there is no account named 'eve'"]);
    house.run(&["user", "disable", "BOB"]).ok().says(&["'bob' is disabled", "all its sessions have ended"]);
    let users = house.run(&["--json", "user", "list"]).ok().json();
    assert!(users[0]["disabled_at"].is_null() && users[1]["disabled_at"].is_string(), "{users}");
    assert_eq!(house.run(&["user", "enable", "bob"]).ok().stdout, "'bob' is enabled\n");
    assert_eq!(house.run(&["user", "role", "bob", "admin"]).ok().stdout, "'bob' is admin now\n");
    let demoted = house.run(&["--json", "user", "role", "ann", "member"]).ok().json();
    assert_eq!((&demoted["name"], &demoted["role"]), (&json!("ann"), &json!("member")));
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    let house = House::new();
    house.run_with(&["user", "add", "ann"], PASSWORD).ok();
    house.run_with(&["user", "add", "ANN"], PASSWORD).fails(1, &["there is an account named 'ANN' already"]);
    house.run_with(&["user", "add", "Ann", "--json"], PASSWORD).fails_as_json(1, "failed", &["already"]);
}

#[test]
fn a_weak_password_is_refused_with_what_to_do_and_nothing_is_made() {
    let house = House::new();
    for (password, part) in [
        ("short\n", "use at least 10 characters"),
        ("\n", "use at least 10 characters"),
        ("", "use at least 10 characters"),
        ("aaaaaaaaaaaaaa\n", "use more than one character"),
        ("Annabella.Smith\n", "the password must differ from the name"),
    ] {
        let outcome = house.run_with(&["user", "add", "annabella.smith"], password);
        assert!(
            password.trim().is_empty() || !outcome.stderr.contains(password.trim()),
            "{}",
            outcome.stderr
        );
        outcome.fails(6, &["the password is not accepted", part]);
    }
    assert_eq!(house.run(&["--json", "user", "list"]).ok().json(), json!([]));
}

#[test]
fn a_bad_name_is_a_usage_error() {
    let house = House::new();
    house
        .run_with(&["user", "add", "an ne"], PASSWORD)
        .fails(2, &["'an ne' cannot be a name", "2 to 40 letters"]);
}

#[test]
fn a_new_password_keeps_the_account() {
    let house = House::new();
    house.run_with(&["user", "add", "ann"], PASSWORD).ok();
    let before = house.run(&["--json", "user", "list"]).ok().json();
    house
        .run_with(&["user", "passwd", "ann"], "quite another password\r\n")
        .ok()
        .says(&["'ann' has a new password", "all its sessions have ended"]);
    let named = house.run_with(&["user", "passwd", "ANN", "--json"], "a third long password").ok().json();
    assert_eq!(named, before[0]);
    assert_eq!(house.run(&["--json", "user", "list"]).ok().json(), before);
    house.run_with(&["user", "passwd", "ann"], "short\n").fails(6, &["use at least 10 characters"]);
    house.run_with(&["user", "passwd", "bob"], PASSWORD).fails(4, &["there is no account named 'bob'"]);
}

#[cfg(unix)]
#[test]
fn the_database_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    house.run_with(&["user", "add", "ann"], PASSWORD).ok();
    let mode = std::fs::metadata(house.data_dir().join("crypto.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
