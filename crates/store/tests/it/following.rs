//! The contract of `Subscriptions`, `Leases` and `Bulletins`.

use std::sync::Arc;

use serde_json::json;
use store::{MAX_SUBSCRIPTIONS, Store, StoreError};
use types::{SeriesKey, Timestamp, UserId};
use uuid::Uuid;

use crate::harness::{NOW, contract, user};

contract!(
    subscriptions_belong_to_their_user,
    what_several_users_want_is_followed_once,
    there_is_an_end_to_subscriptions,
    a_lease_has_one_holder_until_it_runs_out,
    the_latest_bulletin_counts,
);

fn key(symbol: &str, interval: &str) -> SeriesKey {
    SeriesKey {
        exchange: "binance".parse().unwrap(),
        symbol: symbol.parse().unwrap(),
        interval: interval.parse().unwrap(),
    }
}

async fn subscriptions_belong_to_their_user(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let series = key("BTCUSDT", "1h");
    store.subscribe(ann, &series, NOW.plus_ms(-1000), NOW).await.unwrap();
    store.subscribe(ann, &series, NOW.plus_ms(-5000), NOW.plus_ms(9)).await.unwrap();
    let mine = store.subscriptions(ann).await.unwrap();
    assert_eq!((mine.len(), &mine[0].key), (1, &series));
    assert_eq!((mine[0].since, mine[0].created_at), (NOW.plus_ms(-5000), NOW));
    assert_eq!(store.subscriptions(bob).await.unwrap(), []);
    let theirs = store.unsubscribe(bob, &series).await;
    assert!(matches!(theirs, Err(StoreError::NotFound { .. })), "{theirs:?}");
    store.unsubscribe(ann, &series).await.unwrap();
    assert_eq!(store.subscriptions(ann).await.unwrap(), []);
    let nobody = store.subscribe(UserId::from_uuid(Uuid::nil()), &series, NOW, NOW).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })), "{nobody:?}");
}

async fn what_several_users_want_is_followed_once(store: Arc<dyn Store>) {
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    store.subscribe(ann, &key("ETHUSDT", "1m"), NOW, NOW).await.unwrap();
    store.subscribe(bob, &key("ETHUSDT", "1m"), NOW.plus_ms(-7), NOW).await.unwrap();
    store.subscribe(bob, &key("BTCUSDT", "1d"), NOW, NOW).await.unwrap();
    let wanted = [(key("BTCUSDT", "1d"), NOW), (key("ETHUSDT", "1m"), NOW.plus_ms(-7))];
    assert_eq!(store.followed().await.unwrap(), wanted);
    store.unsubscribe(bob, &key("ETHUSDT", "1m")).await.unwrap();
    assert_eq!(store.followed().await.unwrap()[1], (key("ETHUSDT", "1m"), NOW));
}

async fn there_is_an_end_to_subscriptions(store: Arc<dyn Store>) {
    let ann = user(&store, "ann").await;
    for number in 0..MAX_SUBSCRIPTIONS {
        store.subscribe(ann, &key(&format!("A{number}"), "1m"), NOW, NOW).await.unwrap();
    }
    let more = store.subscribe(ann, &key("ONEMORE", "1m"), NOW, NOW).await;
    assert!(matches!(more, Err(StoreError::Conflict { .. })), "{more:?}");
    store.subscribe(ann, &key("A7", "1m"), NOW.plus_ms(-1), NOW).await.unwrap();
}

async fn a_lease_has_one_holder_until_it_runs_out(store: Arc<dyn Store>) {
    let take = async |holder, until: i64, now: i64| {
        store.take_lease("follow:binance", holder, NOW.plus_ms(until), NOW.plus_ms(now)).await.unwrap()
    };
    assert!(take("one", 10, 0).await);
    assert!(!take("two", 15, 5).await);
    assert!(take("one", 20, 9).await, "renewed");
    assert!(!take("two", 30, 19).await);
    assert!(take("two", 40, 20).await, "it ran out");
    assert!(!take("one", 50, 21).await);
    store.give_lease_back("follow:binance", "one").await.unwrap();
    assert!(!take("one", 50, 22).await, "it was not the holder's to give back");
    store.give_lease_back("follow:binance", "two").await.unwrap();
    assert!(take("one", 50, 23).await);
    let other = store.take_lease("follow:demo", "two", NOW.plus_ms(9), NOW).await.unwrap();
    assert!(other, "another name is another lease");
}

async fn the_latest_bulletin_counts(store: Arc<dyn Store>) {
    let say = async |name: &str, text: &str, at: Timestamp| {
        store.post_bulletin(name, &json!({ "said": text }), at).await.unwrap();
    };
    say("follow:demo", "first", NOW).await;
    say("follow:binance", "other", NOW).await;
    say("follow:demo", "second", NOW.plus_ms(5)).await;
    say("else", "no", NOW).await;
    let found = store.bulletins("follow:").await.unwrap();
    let said: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.document["said"].as_str())).collect();
    assert_eq!(said, [("follow:binance", Some("other")), ("follow:demo", Some("second"))]);
    assert_eq!(found[1].at, NOW.plus_ms(5));
}
