//! What holds wherever the budget is kept.

use super::super::{BudgetSnapshot, ByUrgency, Hold, Sharing};
use super::world::{World, at};
use crate::clock::Clock as _;
use crate::clock::ManualClock;
use crate::protocol::Priority;
use std::sync::Arc;

macro_rules! contract {
    ($($scenario:ident),* $(,)?) => {
        mod in_process {
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(super::World::in_memory()).await;
            })*
        }

        mod on_redis {
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(super::World::on_redis()).await;
            })*
        }
    };
}

contract!(
    a_spent_minute_holds_until_the_next_one_begins,
    the_less_urgent_leave_room_for_the_more_urgent,
    a_request_that_a_whole_minute_has_room_for_is_made_whatever_its_urgency,
    weight_used_by_others_counts,
    an_answer_from_the_minute_before_says_nothing_about_this_one,
    a_pause_holds_everyone_and_the_longest_one_counts,
    a_request_that_never_fits_is_told_so_instead_of_waiting_for_ever,
    a_request_that_crosses_a_minute_s_end_counts_in_both,
    a_dropped_ticket_is_settled_too,
    the_smallest_of_several_limits_counts,
    weight_taken_before_the_clock_was_known_stays_taken,
    weight_stays_taken_when_the_exchange_turns_out_to_be_behind,
    the_meter_says_who_used_what,
    of_those_who_wait_for_a_minute_the_most_urgent_go_first,
    a_live_request_is_served_at_once_while_a_herd_of_backfills_waits,
);

async fn a_spent_minute_holds_until_the_next_one_begins(world: World) {
    let world = world.starting_at(30_000);
    let (one, two) = (world.process(10), world.process(10));
    assert!(one.takes(8).await);
    assert_eq!(two.hold(3).await, Some(Hold::Spent { used: 8, allowed: 10, until: at(60_000) }));
    assert!(two.takes(2).await);
    world.clock.advance_to(at(60_000));
    assert!(one.takes(10).await);
}

async fn the_less_urgent_leave_room_for_the_more_urgent(world: World) {
    let (one, two) = (world.process(100), world.process(100));
    assert_eq!(one.makes(70, Priority::Backfill).await, Ok(()));
    let spent = |allowed, until| Err(Hold::Spent { used: 70, allowed, until: at(until) });
    assert_eq!(two.makes(6, Priority::Backfill).await, spent(75, 60_500));
    assert_eq!(two.makes(16, Priority::Repair).await, spent(85, 60_300));
    assert_eq!(two.makes(26, Priority::Live).await, spent(95, 60_100));
    assert_eq!(two.makes(30, Priority::Order).await, Ok(()));
}

async fn a_request_that_a_whole_minute_has_room_for_is_made_whatever_its_urgency(world: World) {
    let process = world.process(20);
    assert_eq!(process.makes(20, Priority::Backfill).await, Ok(()));
    assert!(process.makes(20, Priority::Backfill).await.is_err());
    world.clock.advance_to(at(60_000));
    assert_eq!(process.makes(20, Priority::Backfill).await, Ok(()));
}

async fn weight_used_by_others_counts(world: World) {
    let (one, two) = (world.process(10), world.process(10));
    assert!(one.takes(2).await);
    one.budget.observe(9, at(0)).await;
    assert!(matches!(two.hold(2).await, Some(Hold::Spent { used: 9, .. })));
    // A smaller figure is an older one.
    two.budget.observe(3, at(0)).await;
    assert_eq!(one.used().await, 9);
}

async fn an_answer_from_the_minute_before_says_nothing_about_this_one(world: World) {
    let world = world.starting_at(59_000);
    let process = world.process(10);
    world.clock.advance_to(at(60_001));
    process.budget.observe(10, at(59_000)).await;
    assert_eq!(process.used().await, 0);
}

async fn a_pause_holds_everyone_and_the_longest_one_counts(world: World) {
    let (one, two) = (world.process(10), world.process(10));
    one.budget.pause(at(90_000), true).await;
    two.budget.pause(at(5_000), false).await;
    assert_eq!(two.hold(1).await, Some(Hold::Banned { until: at(90_000) }));
    let snapshot = two.budget.snapshot().await;
    assert_eq!((snapshot.paused_until, snapshot.is_banned), (Some(at(90_000)), true));
    world.clock.advance_to(at(90_000));
    assert!(two.takes(1).await && one.takes(1).await);
    one.budget.pause(at(95_000), false).await;
    assert_eq!(two.hold(1).await, Some(Hold::RateLimited { until: at(95_000) }));
}

async fn a_request_that_never_fits_is_told_so_instead_of_waiting_for_ever(world: World) {
    assert_eq!(world.process(10).hold(20).await, Some(Hold::NeverFits { weight: 20, allowed: 10 }));
}

async fn a_request_that_crosses_a_minute_s_end_counts_in_both(world: World) {
    let world = world.starting_at(59_000);
    let (one, two) = (world.process(10), world.process(10));
    let crossing = one.take(7, Priority::Order).await.unwrap();
    world.clock.advance_to(at(60_000));
    assert_eq!(two.hold(4).await, Some(Hold::Spent { used: 7, allowed: 10, until: at(120_000) }));
    crossing.settle().await;
    // The exchange may have counted it this minute, so its end changes nothing before the next one.
    assert_eq!(two.used().await, 7);
    world.clock.advance_to(at(120_000));
    assert!(two.takes(10).await);
}

async fn a_dropped_ticket_is_settled_too(world: World) {
    let (one, two) = (world.process(10), world.process(10));
    drop(one.take(7, Priority::Order).await.unwrap());
    // On Redis that goes out behind our back; two more round trips on the same connection are later.
    one.used().await;
    one.used().await;
    world.clock.advance_to(at(60_000));
    assert!(two.takes(10).await);
}

async fn the_smallest_of_several_limits_counts(world: World) {
    let (large, small) = (world.process(1200), world.process(600));
    assert!(large.takes(1).await && small.takes(599).await);
    assert_eq!(large.hold(1).await, Some(Hold::Spent { used: 600, allowed: 600, until: at(60_000) }));
    assert_eq!(large.budget.snapshot().await.allowed, 600);
    assert_eq!(large.hold(601).await, Some(Hold::NeverFits { weight: 601, allowed: 600 }));
}

async fn weight_taken_before_the_clock_was_known_stays_taken(world: World) {
    // Our own clock is a day ahead of the exchange's.
    let day = 86_400_000;
    let process = world.newcomer(10, Arc::new(ManualClock::new(at(day + 59_990))));
    assert!(process.takes(8).await);
    process.measures(at(30_000));
    assert_eq!(process.hold(3).await, Some(Hold::Spent { used: 8, allowed: 10, until: at(60_000) }));
    assert!(process.takes(2).await);
    process.clock.sleep_until(at(60_000)).await;
    assert!(process.takes(10).await);
}

async fn weight_stays_taken_when_the_exchange_turns_out_to_be_behind(world: World) {
    let hour = 3_600_000;
    let process = world.starting_at(2 * hour + 1_000).process(10);
    assert!(process.takes(8).await);
    process.measures(at(hour + 50_000));
    let until = at(hour + 60_000);
    assert_eq!(process.hold(3).await, Some(Hold::Spent { used: 8, allowed: 10, until }));
    process.clock.sleep_until(until).await;
    assert!(process.takes(10).await);
}

async fn the_meter_says_who_used_what(world: World) {
    let (one, two) = (world.process(100), world.process(100));
    for (process, weight, priority) in [
        (&one, 1, Priority::Order),
        (&two, 2, Priority::Live),
        (&one, 3, Priority::Repair),
        (&two, 4, Priority::Backfill),
        (&two, 5, Priority::Backfill),
    ] {
        process.makes(weight, priority).await.unwrap();
    }
    one.budget.observe(40, at(0)).await;
    two.budget.pause(at(70_000), false).await;
    for process in [&one, &two] {
        let snapshot = process.budget.snapshot().await;
        let sharing = snapshot.sharing;
        assert_ne!(sharing, Sharing::Broken);
        assert_eq!(
            snapshot,
            BudgetSnapshot {
                used: 40,
                used_by_us: 15,
                used_by_others: 25,
                by_urgency: ByUrgency { order: 1, live: 2, repair: 3, backfill: 9 },
                allowed: 100,
                resets_at: at(60_000),
                paused_until: Some(at(70_000)),
                is_banned: false,
                sharing,
            }
        );
        assert_eq!(process.budget.last_seen(), snapshot);
    }
    world.clock.advance_to(at(60_000));
    let later = one.budget.last_seen();
    assert_eq!((later.used, later.by_urgency.total(), later.resets_at), (0, 0, at(120_000)));
}

async fn of_those_who_wait_for_a_minute_the_most_urgent_go_first(world: World) {
    let (one, two) = (world.process(100), world.process(100));
    assert!(one.takes(100).await);
    let mut waiting = Vec::new();
    for _ in 0..30 {
        // The least urgent have waited longest.
        for priority in [Priority::Backfill, Priority::Repair, Priority::Live] {
            let Err(Hold::Spent { until, .. }) = two.makes(2, priority).await else { panic!("it is spent") };
            waiting.push((until, priority));
        }
    }
    waiting.sort_by_key(|(until, _)| *until);
    let mut served = Vec::new();
    for (until, priority) in waiting {
        world.clock.advance_to(until);
        if one.makes(2, priority).await.is_ok() {
            served.push(priority);
        }
    }
    // 60 of 100 for live candles, the repairs up to 85, and nothing for back-fills in this minute.
    let expected: Vec<Priority> = [vec![Priority::Live; 30], vec![Priority::Repair; 12]].concat();
    assert_eq!(served, expected);
}

async fn a_live_request_is_served_at_once_while_a_herd_of_backfills_waits(world: World) {
    let (one, two) = (world.process(600), world.process(600));
    for minute in 0..5 {
        world.clock.advance_to(at(minute * 60_000));
        // All who waited for the minute wake at once, and the least urgent get there first.
        let mut served = 0;
        for _ in 0..200 {
            for process in [&one, &two] {
                served += u32::from(process.makes(2, Priority::Backfill).await.is_ok());
            }
        }
        assert_eq!(served, 225, "three quarters of 600 in requests of 2");
        for second in 0..60 {
            world.clock.advance_to(at(minute * 60_000 + second * 1000));
            let live = if second % 2 == 0 { &one } else { &two };
            assert_eq!(live.makes(2, Priority::Live).await, Ok(()), "second {second}");
            assert!(live.makes(2, Priority::Backfill).await.is_err());
        }
    }
}
