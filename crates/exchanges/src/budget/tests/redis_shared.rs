//! Processes on one Redis whose clocks, lives and luck differ.

use std::sync::Arc;

use testkit::redis_url;
use types::Timestamp;

use super::super::Hold;
use super::world::{World, at};
use crate::clock::{Clock as _, ManualClock};
use crate::protocol::Priority;

const DAY: i64 = 86_400_000;

#[tokio::test]
async fn a_process_that_was_killed_takes_nothing_with_it() {
    for (world, is_free) in [(World::on_redis().without_leases(), true), (World::on_redis(), false)] {
        let world = world.starting_at(59_000);
        let victim = world.clone();
        // Its runtime is gone before its ticket is, so nobody settles anything.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let process = victim.process(10);
            let ticket = runtime.block_on(process.take(7, Priority::Order)).unwrap();
            drop(runtime);
            drop(ticket);
        })
        .join()
        .unwrap();
        let survivor = world.process(10);
        assert_eq!(survivor.used().await, 7);
        world.clock.advance_to(at(60_000));
        // As long as its request may still be on its way, it counts in the new minute as well.
        assert_eq!(survivor.takes(10).await, is_free);
    }
}

#[tokio::test]
async fn scripts_that_redis_forgot_are_sent_again() {
    let world = World::on_redis();
    let process = world.process(10);
    assert!(process.takes(4).await);
    let client = redis::Client::open(redis_url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("SCRIPT").arg("FLUSH").exec_async(&mut connection).await.unwrap();
    assert_eq!(process.hold(7).await, Some(Hold::Spent { used: 4, allowed: 10, until: at(60_000) }));
}

#[tokio::test]
async fn nothing_stays_in_redis_for_ever() {
    let world = World::on_redis();
    let process = world.process(10);
    let _ticket = process.take(4, Priority::Order).await.unwrap();
    process.budget.pause(at(90_000), true).await;
    let client = redis::Client::open(redis_url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> =
        redis::cmd("KEYS").arg(format!("{}*", world.key())).query_async(&mut connection).await.unwrap();
    assert_eq!(keys.len(), 4, "{keys:?}");
    for key in keys {
        let left_ms: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
        assert!((1..=300_000).contains(&left_ms), "{key}: {left_ms}");
    }
}

#[tokio::test]
async fn a_newcomer_that_does_not_know_the_time_counts_in_everyone_s_minute() {
    let world = World::on_redis().starting_at(20_000);
    let old = world.process(10);
    assert!(old.takes(8).await);
    for wrong in [20_000 - 900 * DAY, 20_000 + 900 * DAY] {
        let newcomer = world.newcomer(10, Arc::new(ManualClock::new(at(wrong))));
        let Some(Hold::Spent { used: 8, allowed: 10, until }) = newcomer.hold(3).await else {
            panic!("the newcomer must wait");
        };
        // By its own clock, and no longer than what is left of the true minute.
        assert!((1..=40_000).contains(&until.ms_since(at(wrong))), "{until}");
        newcomer.budget.pause(at(wrong + 5_000), false).await;
        let Some(Hold::RateLimited { until }) = old.hold(1).await else { panic!("a pause is everyone's") };
        assert!((1..=25_000 + 10_000).contains(&until.ms_since(at(0))), "{until}");
        newcomer.measures(world.clock.now());
        world.clock.advance_to(until);
        assert_eq!(old.used().await, 8);
    }
    assert!(old.takes(2).await);
}

#[tokio::test]
async fn a_process_whose_clock_lags_does_not_reopen_a_minute() {
    let world = World::on_redis().starting_at(60_010);
    let (prompt, late) = (world.process(10), world.process(10));
    // Its answers take long to arrive, so it believes the minute before.
    late.measures(at(59_700));
    for _ in 0..5 {
        assert!(prompt.takes(1).await && late.takes(1).await);
    }
    let Some(Hold::Spent { used: 10, until, .. }) = late.hold(1).await else { panic!("spent is spent") };
    assert_eq!(until, at(119_690), "by its own clock");
    assert!(prompt.hold(1).await.is_some());
}

#[tokio::test]
async fn a_clock_that_is_an_hour_behind_does_not_reopen_minutes_either() {
    let world = World::on_redis().starting_at(2 * 3_600_000 + 1_000);
    let (right, asleep) = (world.process(10), world.process(10));
    asleep.measures(at(3_600_000));
    for _ in 0..5 {
        assert!(right.takes(1).await && asleep.takes(1).await);
    }
    assert!(matches!(right.hold(1).await, Some(Hold::Spent { used: 10, .. })));
    let held = asleep.hold(1).await;
    let left = |until: Timestamp| until.ms_since(at(3_600_000));
    assert!(
        matches!(held, Some(Hold::Spent { until, .. }) if (1..=59_000).contains(&left(until))),
        "{held:?}"
    );
}
