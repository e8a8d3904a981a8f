//! The contract of `LoginThrottle`.

use std::sync::Arc;

use store::{LoginFailures, Store, ThrottleKey};
use types::Timestamp;

use crate::harness::{NOW, contract};

contract!(
    failures_are_counted_by_name_and_by_address,
    a_sign_in_clears_its_name_only,
    old_failures_are_forgotten,
    hostile_names_are_counted_too,
);

fn failures(count: u64, latest: Timestamp) -> LoginFailures {
    LoginFailures { count, latest: Some(latest) }
}

async fn failures_are_counted_by_name_and_by_address(store: Arc<dyn Store>) {
    let later = NOW.plus_ms(1_000);
    store.record_login_failure("ann", "10.0.0.1", NOW).await.unwrap();
    store.record_login_failure("Ann", "10.0.0.2", later).await.unwrap();
    store.record_login_failure("bob", "10.0.0.1", later).await.unwrap();
    let count = async |key, since| store.login_failures(key, since).await.unwrap();
    assert_eq!(count(ThrottleKey::Name("ANN"), NOW).await, failures(2, later));
    assert_eq!(count(ThrottleKey::Name("ann"), NOW.plus_ms(1)).await, failures(1, later));
    assert_eq!(count(ThrottleKey::Address("10.0.0.1"), NOW).await, failures(2, later));
    assert_eq!(count(ThrottleKey::Address("ann"), NOW).await, LoginFailures::default());
    assert_eq!(count(ThrottleKey::Name("bob"), later.plus_ms(1)).await, LoginFailures::default());
}

async fn a_sign_in_clears_its_name_only(store: Arc<dyn Store>) {
    store.record_login_failure("ann", "10.0.0.1", NOW).await.unwrap();
    store.record_login_failure("bob", "10.0.0.1", NOW).await.unwrap();
    store.clear_login_failures("ANN").await.unwrap();
    assert_eq!(store.login_failures(ThrottleKey::Name("ann"), NOW).await.unwrap().count, 0);
    assert_eq!(store.login_failures(ThrottleKey::Address("10.0.0.1"), NOW).await.unwrap().count, 1);
}

async fn old_failures_are_forgotten(store: Arc<dyn Store>) {
    store.record_login_failure("ann", "10.0.0.1", NOW).await.unwrap();
    store.record_login_failure("ann", "10.0.0.1", NOW.plus_ms(1)).await.unwrap();
    assert_eq!(store.forget_login_failures(NOW.plus_ms(1)).await.unwrap(), 1);
    let left = store.login_failures(ThrottleKey::Name("ann"), Timestamp::EPOCH).await.unwrap();
    assert_eq!(left, failures(1, NOW.plus_ms(1)));
}

async fn hostile_names_are_counted_too(store: Arc<dyn Store>) {
    for name in [String::new(), "a\0b".to_owned(), "x".repeat(100_000), "'; DROP TABLE users; --".to_owned()]
    {
        store.record_login_failure(&name, "10.0.0.1", NOW).await.unwrap();
        assert_eq!(store.login_failures(ThrottleKey::Name(&name), NOW).await.unwrap(), failures(1, NOW));
    }
    assert_eq!(store.login_failures(ThrottleKey::Address("10.0.0.1"), NOW).await.unwrap(), failures(4, NOW));
}
