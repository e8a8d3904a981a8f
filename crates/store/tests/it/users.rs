//! The contract of `Users`.

use std::sync::Arc;

use store::{NewUser, Role, Store, StoreError};
use types::UserId;
use uuid::Uuid;

use crate::harness::{NOW, contract, new_user};

contract!(
    an_account_is_found_by_name_in_any_case_and_by_id,
    a_name_is_taken_in_every_case,
    names_that_cannot_be_one_are_refused_with_the_reason,
    the_first_account_is_made_once_only,
    a_new_password_raises_the_credentials_version,
    accounts_are_listed_in_the_order_of_their_making,
);

async fn an_account_is_found_by_name_in_any_case_and_by_id(store: Arc<dyn Store>) {
    let new = NewUser { role: Role::Admin, ..new_user("Änn") };
    let made = store.create_user(new, NOW).await.unwrap();
    assert_eq!((made.name.as_str(), made.role, made.credentials_version), ("Änn", Role::Admin, 1));
    assert_eq!(made.created_at, NOW);
    let found = store.credentials("äNN").await.unwrap().unwrap();
    assert_eq!((&found.user, found.password_hash.as_str()), (&made, "$argon2id$hash"));
    assert!(!format!("{found:?}").contains("argon2id"));
    assert_eq!(store.user(made.id).await.unwrap(), Some(made));
    assert_eq!(store.credentials("ann").await.unwrap(), None);
    assert_eq!(store.credentials("a\0nn").await.unwrap(), None);
    assert_eq!(store.user(UserId::from_uuid(Uuid::nil())).await.unwrap(), None);
}

async fn a_name_is_taken_in_every_case(store: Arc<dyn Store>) {
    store.create_user(new_user("ann"), NOW).await.unwrap();
    let refusal = store.create_user(new_user("ANN"), NOW).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Conflict { .. }), "{refusal:?}");
    assert_eq!(refusal.to_string(), "there is already an account of that name");
    assert_eq!(store.count_users().await.unwrap(), 1);
}

async fn names_that_cannot_be_one_are_refused_with_the_reason(store: Arc<dyn Store>) {
    for (name, reason) in [
        ("", "account name is empty"),
        (" ann", "account name begins or ends with a blank"),
        ("a\nb", "account name has the control character U+000A"),
        (&"x".repeat(65), "account name has 65 characters; at most 64 are allowed"),
    ] {
        let refusal = store.create_user(new_user(name), NOW).await.unwrap_err();
        assert_eq!(refusal.to_string(), reason);
    }
    assert_eq!(store.count_users().await.unwrap(), 0);
}

async fn the_first_account_is_made_once_only(store: Arc<dyn Store>) {
    let first = store.create_first_user(new_user("ann"), NOW).await.unwrap();
    let refusal = store.create_first_user(new_user("bob"), NOW).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Conflict { .. }), "{refusal:?}");
    assert_eq!(store.users().await.unwrap(), [first]);
}

async fn a_new_password_raises_the_credentials_version(store: Arc<dyn Store>) {
    let ann = store.create_user(new_user("ann"), NOW).await.unwrap();
    let bob = store.create_user(new_user("bob"), NOW).await.unwrap();
    let changed = store.set_password_hash(ann.id, "$argon2id$other").await.unwrap();
    assert_eq!(changed.credentials_version, 2);
    let found = store.credentials("ann").await.unwrap().unwrap();
    assert_eq!((found.user, found.password_hash.as_str()), (changed, "$argon2id$other"));
    assert_eq!(store.user(bob.id).await.unwrap(), Some(bob));
    let nobody = store.set_password_hash(UserId::from_uuid(Uuid::nil()), "x").await.unwrap_err();
    assert!(matches!(nobody, StoreError::NotFound { what: "account" }), "{nobody:?}");
}

async fn accounts_are_listed_in_the_order_of_their_making(store: Arc<dyn Store>) {
    assert_eq!(store.users().await.unwrap(), []);
    for (minute, name) in ["cid", "ann", "bob"].into_iter().enumerate() {
        let at = NOW.plus_ms(i64::try_from(minute).unwrap() * 60_000);
        store.create_user(new_user(name), at).await.unwrap();
    }
    let names: Vec<String> = store.users().await.unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["cid", "ann", "bob"]);
    assert_eq!(store.count_users().await.unwrap(), 3);
}
