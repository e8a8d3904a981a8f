//! The contract of `SessionRecords`.

use std::sync::Arc;

use store::{SessionRecord, Store, StoreError};
use types::UserId;
use uuid::Uuid;

use crate::harness::{NOW, contract, user};

contract!(
    a_session_is_kept_until_it_expires,
    an_id_that_is_taken_is_a_conflict_and_keeps_the_older_session,
    a_session_that_was_ended_is_not_brought_back_by_saving,
    ending_the_sessions_of_a_user_spares_others_and_the_one_named,
    expired_sessions_are_swept,
    the_sessions_of_a_user_are_listed_and_ended_one_by_one,
    a_session_of_nobody_we_know_is_refused,
);

fn record(id: &str, user: Option<UserId>) -> SessionRecord {
    SessionRecord { id: id.to_owned(), user, data: vec![0, 159, 146, 150], expires_at: NOW.plus_ms(1_000) }
}

async fn a_session_is_kept_until_it_expires(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    let mut session = record("a", None);
    store.create_session(&session).await.unwrap();
    assert_eq!(store.load_session("a", NOW).await.unwrap(), Some(session.clone()));
    session = SessionRecord { user: Some(ann), data: vec![], expires_at: NOW.plus_ms(5_000), ..session };
    assert!(store.save_session(&session).await.unwrap());
    assert_eq!(store.load_session("a", NOW.plus_ms(4_999)).await.unwrap(), Some(session));
    assert_eq!(store.load_session("a", NOW.plus_ms(5_000)).await.unwrap(), None);
    assert_eq!(store.load_session("b", NOW).await.unwrap(), None);
    assert_eq!(store.load_session("a\0", NOW).await.unwrap(), None);
}

async fn an_id_that_is_taken_is_a_conflict_and_keeps_the_older_session(store: Arc<dyn Store>) {
    let older = record("a", None);
    store.create_session(&older).await.unwrap();
    let refusal = store.create_session(&SessionRecord { data: vec![7], ..older.clone() }).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Conflict { .. }), "{refusal:?}");
    assert_eq!(refusal.to_string(), "that session id is taken");
    assert_eq!(store.load_session("a", NOW).await.unwrap(), Some(older));
}

async fn a_session_that_was_ended_is_not_brought_back_by_saving(store: Arc<dyn Store>) {
    let session = record("a", None);
    store.create_session(&session).await.unwrap();
    store.delete_session("a").await.unwrap();
    store.delete_session("a").await.unwrap();
    assert!(!store.save_session(&session).await.unwrap());
    assert_eq!(store.load_session("a", NOW).await.unwrap(), None);
}

async fn ending_the_sessions_of_a_user_spares_others_and_the_one_named(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    for (id, owner) in
        [("a1", Some(ann)), ("a2", Some(ann)), ("a3", Some(ann)), ("b", Some(bob)), ("n", None)]
    {
        store.create_session(&record(id, owner)).await.unwrap();
    }
    assert_eq!(store.delete_user_sessions(ann, Some("a2")).await.unwrap(), 2);
    let mut left = Vec::new();
    for id in ["a1", "a2", "a3", "b", "n"] {
        if store.load_session(id, NOW).await.unwrap().is_some() {
            left.push(id);
        }
    }
    assert_eq!(left, ["a2", "b", "n"]);
    assert_eq!(store.delete_user_sessions(ann, None).await.unwrap(), 1);
}

async fn expired_sessions_are_swept(store: Arc<dyn Store>) {
    let old = SessionRecord { expires_at: NOW, ..record("old", None) };
    let young = record("young", None);
    store.create_session(&old).await.unwrap();
    store.create_session(&young).await.unwrap();
    assert_eq!(store.delete_expired_sessions(NOW).await.unwrap(), 1);
    assert_eq!(store.load_session("young", NOW).await.unwrap(), Some(young));
}

async fn a_session_of_nobody_we_know_is_refused(store: Arc<dyn Store>) {
    let stranger = record("a", Some(UserId::from_uuid(Uuid::nil())));
    let refusal = store.create_session(&stranger).await.unwrap_err();
    assert!(matches!(refusal, StoreError::NotFound { what: "user" }), "{refusal:?}");
    assert!(store.create_session(&record("", None)).await.is_err());
}

async fn the_sessions_of_a_user_are_listed_and_ended_one_by_one(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let old = SessionRecord { expires_at: NOW, ..record("old", Some(ann)) };
    let (one, two) = (record("a1", Some(ann)), record("a2", Some(ann)));
    for session in [&old, &two, &one, &record("b", Some(bob)), &record("n", None)] {
        store.create_session(session).await.unwrap();
    }
    assert_eq!(store.user_sessions(ann, NOW).await.unwrap(), [one, two.clone()]);
    assert!(!store.delete_user_session(ann, "b").await.unwrap(), "another user's is not there");
    assert!(!store.delete_user_session(ann, "n\0").await.unwrap());
    assert!(store.delete_user_session(ann, "a1").await.unwrap());
    assert!(!store.delete_user_session(ann, "a1").await.unwrap());
    assert_eq!(store.user_sessions(ann, NOW).await.unwrap(), [two]);
    assert!(store.load_session("b", NOW).await.unwrap().is_some());
}
