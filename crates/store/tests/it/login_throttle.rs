//! The contract of `LoginThrottle`.

use std::sync::Arc;

use store::{Attempt, Attempts, Booking, LoginFailures, Store, ThrottleKey};
use tokio::task::JoinSet;
use types::Timestamp;

use crate::harness::{NOW, contract};

contract!(
    failures_are_counted_by_name_and_by_address,
    a_sign_in_clears_its_name_only,
    old_failures_are_forgotten,
    hostile_names_are_counted_too,
    of_many_attempts_at_once_only_so_many_are_booked_as_the_rule_allows,
    the_rule_sees_the_failures_at_the_name_and_from_the_address,
);

/// Books an attempt that nobody limits.
async fn fail(store: &Arc<dyn Store>, name: &str, address: &str, at: Timestamp) {
    let attempt = Attempt { name, address, at, since: Timestamp::EPOCH };
    assert_eq!(store.book_attempt(attempt, &|_| true).await.unwrap(), Booking::Booked);
}

fn failures(count: u64, latest: Timestamp) -> LoginFailures {
    LoginFailures { count, latest: Some(latest) }
}

async fn failures_are_counted_by_name_and_by_address(store: Arc<dyn Store>) {
    let later = NOW.plus_ms(1_000);
    fail(&store, "ann", "10.0.0.1", NOW).await;
    fail(&store, "Ann", "10.0.0.2", later).await;
    fail(&store, "bob", "10.0.0.1", later).await;
    let count = async |key, since| store.login_failures(key, since).await.unwrap();
    assert_eq!(count(ThrottleKey::Name("ANN"), NOW).await, failures(2, later));
    assert_eq!(count(ThrottleKey::Name("ann"), NOW.plus_ms(1)).await, failures(1, later));
    assert_eq!(count(ThrottleKey::Address("10.0.0.1"), NOW).await, failures(2, later));
    assert_eq!(count(ThrottleKey::Address("ann"), NOW).await, LoginFailures::default());
    assert_eq!(count(ThrottleKey::Name("bob"), later.plus_ms(1)).await, LoginFailures::default());
}

async fn a_sign_in_clears_its_name_only(store: Arc<dyn Store>) {
    fail(&store, "ann", "10.0.0.1", NOW).await;
    fail(&store, "bob", "10.0.0.1", NOW).await;
    store.clear_login_failures("ANN").await.unwrap();
    assert_eq!(store.login_failures(ThrottleKey::Name("ann"), NOW).await.unwrap().count, 0);
    assert_eq!(store.login_failures(ThrottleKey::Address("10.0.0.1"), NOW).await.unwrap().count, 1);
}

async fn old_failures_are_forgotten(store: Arc<dyn Store>) {
    fail(&store, "ann", "10.0.0.1", NOW).await;
    fail(&store, "ann", "10.0.0.1", NOW.plus_ms(1)).await;
    assert_eq!(store.forget_login_failures(NOW.plus_ms(1)).await.unwrap(), 1);
    let left = store.login_failures(ThrottleKey::Name("ann"), Timestamp::EPOCH).await.unwrap();
    assert_eq!(left, failures(1, NOW.plus_ms(1)));
}

async fn hostile_names_are_counted_too(store: Arc<dyn Store>) {
    for name in [String::new(), "a\0b".to_owned(), "x".repeat(100_000), "'; DROP TABLE users; --".to_owned()]
    {
        fail(&store, &name, "10.0.0.1", NOW).await;
        assert_eq!(store.login_failures(ThrottleKey::Name(&name), NOW).await.unwrap(), failures(1, NOW));
    }
    assert_eq!(store.login_failures(ThrottleKey::Address("10.0.0.1"), NOW).await.unwrap(), failures(4, NOW));
}

async fn of_many_attempts_at_once_only_so_many_are_booked_as_the_rule_allows(store: Arc<dyn Store>) {
    let mut attempts = JoinSet::new();
    for _ in 0..60 {
        let store = Arc::clone(&store);
        attempts.spawn(async move {
            let attempt = Attempt { name: "ann", address: "10.0.0.1", at: NOW, since: Timestamp::EPOCH };
            store.book_attempt(attempt, &|seen| seen.at_name.count < 5).await.unwrap()
        });
    }
    let booked = attempts.join_all().await.into_iter().filter(|booking| *booking == Booking::Booked).count();
    assert_eq!(booked, 5);
    assert_eq!(store.login_failures(ThrottleKey::Name("ann"), NOW).await.unwrap().count, 5);
}

async fn the_rule_sees_the_failures_at_the_name_and_from_the_address(store: Arc<dyn Store>) {
    fail(&store, "Ann", "10.0.0.1", NOW).await;
    fail(&store, "ann", "10.0.0.2", NOW.plus_ms(1)).await;
    fail(&store, "bob", "10.0.0.1", NOW.plus_ms(2)).await;
    let attempt = Attempt { name: "ANN", address: "10.0.0.1", at: NOW.plus_ms(3), since: NOW };
    let refused = store.book_attempt(attempt, &|_| false).await.unwrap();
    let seen = Attempts { at_name: failures(2, NOW.plus_ms(1)), from_address: failures(2, NOW.plus_ms(2)) };
    assert_eq!(refused, Booking::Refused(seen));
    let later = Attempt { since: NOW.plus_ms(2), ..attempt };
    let refused = store.book_attempt(later, &|_| false).await.unwrap();
    let seen = Attempts { at_name: LoginFailures::default(), from_address: failures(1, NOW.plus_ms(2)) };
    assert_eq!(refused, Booking::Refused(seen));
}
