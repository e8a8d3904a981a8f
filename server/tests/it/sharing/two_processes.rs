//! Both processes load history as hard as they can, and one of them is asked for live candles meanwhile.

use std::time::Duration;

use types::Interval;

use super::street::{LIMIT, Street};
use crate::web::queue::until;

/// What a minute grants to back-fills: three quarters.
const SHARE: u32 = LIMIT / 4 * 3;
/// A live request is served within this time, from the click to the exchange.
const AT_ONCE: Duration = Duration::from_secs(1);
/// A machine that is busy with other things may make one of them this late; whoever waits for a minute to end is later.
const BUSY: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "the figures that the test is looked at for")]
async fn two_processes_keep_to_one_limit_and_live_requests_are_served_at_once() {
    let street = Street::new().await;
    let (one, two) = (street.move_in().await, street.move_in().await);
    // What is followed first has the order rules fetched, too, which is dear and not what is measured.
    two.follow("ETHUSDT", "1d").await;
    two.learn_the_rules().await;
    tokio::join!(one.load_history(), two.load_history());

    let mut waits = Vec::new();
    until_spent(&street).await;
    for interval in ["5m", "15m", "30m"] {
        waits.push(two.follow("ETHUSDT", interval).await);
    }
    // Everybody waits for the minute to end, and then goes off at once.
    let minute = Interval::M1.floor(street.now());
    until("the next minute's rush", || {
        Interval::M1.floor(street.now()) > minute && street.stats().used_weight >= SHARE / 3
    })
    .await;
    waits.push(two.follow("ETHUSDT", "1h").await);
    until_spent(&street).await;
    for interval in ["2h", "4h"] {
        waits.push(two.follow("ETHUSDT", interval).await);
    }

    let stats = street.stats();
    println!("at most {} of {LIMIT} in a minute; live requests after {waits:?}", stats.peak_weight);
    assert_eq!(stats.by_status.keys().copied().collect::<Vec<_>>(), [200], "neither 429 nor 418: {stats:?}");
    assert!((SHARE..=LIMIT).contains(&stats.peak_weight), "{stats:?}");
    assert_eq!(stats.hasty_requests, 0, "{stats:?}");
    for house in [&one, &two] {
        let budget = house.budget().await;
        assert_eq!((&budget["limit"], &budget["is_shared"]), (&LIMIT.into(), &true.into()), "{budget}");
        assert!(!house.log().contains("cannot be shared"), "{}", house.log());
    }
    waits.sort_unstable();
    assert!(waits.iter().rev().skip(1).all(|wait| *wait <= AT_ONCE), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= BUSY), "{waits:?}");
}

/// Waits until back-fills have no room left in a minute.
async fn until_spent(street: &Street) {
    // A page weighs two: one may be left.
    until("a minute that is spent", || street.stats().used_weight >= SHARE - 1).await;
}
