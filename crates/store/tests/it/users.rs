//! The contract of `Users`.

use std::sync::Arc;

use futures::future::join_all;
use store::{NewUser, Role, SessionRecord, Store, StoreError, User};
use types::UserId;
use uuid::Uuid;

use crate::harness::{NOW, contract, enqueue, new_user};

contract!(
    an_account_is_found_by_name_in_any_case_and_by_id,
    a_name_is_taken_in_every_case,
    names_that_cannot_be_one_are_refused_with_the_reason,
    the_first_account_is_made_once_only,
    a_new_password_raises_the_credentials_version,
    accounts_are_listed_in_the_order_of_their_making,
    a_disabled_account_keeps_its_work_and_loses_its_sessions,
    the_last_administrator_stays_one,
    of_two_administrators_who_demote_each_other_one_remains,
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

async fn a_disabled_account_keeps_its_work_and_loses_its_sessions(store: Arc<dyn Store>) {
    let admin = NewUser { role: Role::Admin, ..new_user("ann") };
    store.create_user(admin, NOW).await.unwrap();
    let bob = store.create_user(new_user("bob"), NOW).await.unwrap();
    let job = enqueue(&store, bob.id, "a", 0).await.id;
    let session =
        SessionRecord { id: "s".into(), user: Some(bob.id), data: vec![], expires_at: NOW.plus_ms(9) };
    store.create_session(&session).await.unwrap();
    let disabled = store.set_disabled(bob.id, Some(NOW)).await.unwrap();
    assert_eq!(disabled, User { disabled_at: Some(NOW), ..bob.clone() });
    assert_eq!(store.load_session("s", NOW).await.unwrap(), None);
    assert_eq!(store.user(bob.id).await.unwrap(), Some(disabled));
    assert_eq!(store.job(bob.id, job).await.unwrap().id, job);
    assert_eq!(store.set_disabled(bob.id, None).await.unwrap(), bob);
    let nobody = store.set_disabled(UserId::from_uuid(Uuid::nil()), None).await.unwrap_err();
    assert!(matches!(nobody, StoreError::NotFound { what: "account" }), "{nobody:?}");
}

async fn the_last_administrator_stays_one(store: Arc<dyn Store>) {
    let admin = |name| NewUser { role: Role::Admin, ..new_user(name) };
    let ann = store.create_user(admin("ann"), NOW).await.unwrap().id;
    let bob = store.create_user(admin("bob"), NOW).await.unwrap().id;
    store.set_disabled(bob, Some(NOW)).await.unwrap();
    for refusal in [store.set_role(ann, Role::Member).await, store.set_disabled(ann, Some(NOW)).await] {
        let refusal = refusal.unwrap_err();
        assert!(matches!(refusal, StoreError::Conflict { .. }), "{refusal:?}");
        assert!(refusal.to_string().contains("last administrator"), "{refusal}");
    }
    let kept = store.user(ann).await.unwrap().unwrap();
    assert_eq!((kept.role, kept.disabled_at), (Role::Admin, None));
    store.set_disabled(bob, None).await.unwrap();
    assert_eq!(store.set_role(ann, Role::Member).await.unwrap().role, Role::Member);
    assert!(store.set_role(bob, Role::Member).await.is_err());
    assert_eq!(store.set_role(ann, Role::Admin).await.unwrap().role, Role::Admin);
}

async fn of_two_administrators_who_demote_each_other_one_remains(store: Arc<dyn Store>) {
    let mut ids = Vec::new();
    for name in ["ann", "bob", "cid"] {
        let new = NewUser { role: Role::Admin, ..new_user(name) };
        ids.push(store.create_user(new, NOW).await.unwrap().id);
    }
    let demotions = ids.into_iter().map(|id| store.set_role(id, Role::Member));
    let refused = join_all(demotions).await.into_iter().filter(Result::is_err).count();
    let left = store.users().await.unwrap().into_iter().filter(|user| user.role == Role::Admin).count();
    assert_eq!((refused, left), (1, 1));
}
