use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::clock::ManualClock;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

fn budget(allowed: u32, now: i64) -> (Arc<ManualClock>, Budget) {
    let clock = Arc::new(ManualClock::new(at(now)));
    (Arc::clone(&clock), Budget::new(allowed, clock))
}

/// Makes a request of this weight that is answered at once.
fn takes(budget: &Budget, weight: u32) -> bool {
    budget.try_take(weight, Priority::Order).is_ok()
}

fn hold(budget: &Budget, weight: u32) -> Option<Hold> {
    budget.try_take(weight, Priority::Order).err()
}

#[test]
fn a_spent_minute_holds_until_the_next_one_begins() {
    let (clock, budget) = budget(10, 30_000);
    assert!(takes(&budget, 8));
    assert_eq!(hold(&budget, 3), Some(Hold::Spent { used: 8, allowed: 10, until: at(60_000) }));
    assert!(takes(&budget, 2));
    clock.advance_to(at(60_000));
    assert!(takes(&budget, 10));
}

#[test]
fn the_less_urgent_leave_room_for_the_more_urgent() {
    let (_, budget) = budget(100, 0);
    assert!(budget.try_take(70, Priority::Backfill).is_ok());
    let spent = |allowed| Some(Hold::Spent { used: 70, allowed, until: at(60_000) });
    assert_eq!(budget.try_take(6, Priority::Backfill).err(), spent(75));
    assert_eq!(budget.try_take(16, Priority::Repair).err(), spent(85));
    assert_eq!(budget.try_take(26, Priority::Live).err(), spent(95));
    assert!(budget.try_take(30, Priority::Order).is_ok());
}

#[test]
fn a_request_that_a_whole_minute_has_room_for_is_made_whatever_its_urgency() {
    let (clock, budget) = budget(20, 0);
    assert!(budget.try_take(20, Priority::Backfill).is_ok());
    assert!(budget.try_take(20, Priority::Backfill).is_err());
    clock.advance_to(at(60_000));
    assert!(budget.try_take(20, Priority::Backfill).is_ok());
}

#[test]
fn weight_used_by_others_counts() {
    let (_, budget) = budget(10, 0);
    assert!(takes(&budget, 2));
    budget.observe(9, at(0));
    assert!(matches!(hold(&budget, 2), Some(Hold::Spent { used: 9, .. })));
    // A smaller figure is an older one.
    budget.observe(3, at(0));
    assert_eq!(budget.snapshot().used, 9);
}

#[test]
fn an_answer_from_the_minute_before_says_nothing_about_this_one() {
    let (clock, budget) = budget(10, 59_000);
    clock.advance_to(at(60_001));
    budget.observe(10, at(59_000));
    assert_eq!(budget.snapshot().used, 0);
}

#[test]
fn a_pause_holds_everyone_and_the_longest_one_counts() {
    let (clock, budget) = budget(10, 0);
    budget.pause(at(90_000), true);
    budget.pause(at(5_000), false);
    assert_eq!(hold(&budget, 1), Some(Hold::Banned { until: at(90_000) }));
    assert_eq!(budget.snapshot().paused_until, Some(at(90_000)));
    clock.advance_to(at(90_000));
    assert!(takes(&budget, 1));
}

#[test]
fn a_request_that_never_fits_is_told_so_instead_of_waiting_for_ever() {
    let (_, budget) = budget(10, 0);
    assert_eq!(hold(&budget, 20), Some(Hold::NeverFits { weight: 20, allowed: 10 }));
}

#[test]
fn a_request_that_crosses_a_minute_s_end_counts_in_both() {
    let (clock, budget) = budget(10, 59_000);
    let crossing = budget.try_take(7, Priority::Order).unwrap();
    clock.advance_to(at(60_000));
    assert_eq!(hold(&budget, 4), Some(Hold::Spent { used: 7, allowed: 10, until: at(120_000) }));
    drop(crossing);
    // The exchange may have counted it this minute, so its end changes nothing before the next one.
    assert_eq!(budget.snapshot().used, 7);
    clock.advance_to(at(120_000));
    assert!(takes(&budget, 10));
}

proptest! {
    /// Requests that take their time, others using weight beside them, pauses in between: whichever minute the exchange counts
    /// a request in, that minute does not exceed the allowance.
    #[test]
    fn no_calendar_minute_exceeds_the_allowance(
        allowed in 1_u32..60,
        start in -200_000_i64..200_000,
        steps in prop::collection::vec((1_u32..25, 0_i64..20_000, 0_u32..40, 0_u8..20), 1..200),
    ) {
        let (clock, budget) = budget(allowed, start);
        let mut under_way: Vec<Ticket<'_>> = Vec::new();
        // Weight by minute of everything that was under way at any moment of it.
        let mut seen: BTreeMap<i64, u32> = BTreeMap::new();
        let pass = |to: Timestamp, under_way: &[Ticket<'_>], seen: &mut BTreeMap<i64, u32>| {
            let before = minute_of(clock.now());
            clock.advance_to(to);
            let weight: u32 = under_way.iter().map(|ticket| ticket.weight).sum();
            for minute in before + 1..=minute_of(clock.now()) {
                *seen.entry(minute).or_default() += weight;
            }
        };
        for (weight, wait_ms, others, dice) in steps {
            pass(clock.now().plus_ms(wait_ms), &under_way, &mut seen);
            match dice {
                0 => budget.pause(clock.now().plus_ms(i64::from(others) * 1000), false),
                1..4 => budget.observe(others, clock.now()),
                4..12 => under_way.clear(),
                _ => {}
            }
            loop {
                match budget.try_take(weight, Priority::Order) {
                    Ok(ticket) => {
                        *seen.entry(minute_of(clock.now())).or_default() += weight;
                        under_way.push(ticket);
                        break;
                    }
                    Err(Hold::NeverFits { .. }) => {
                        prop_assert!(weight > allowed);
                        break;
                    }
                    Err(Hold::Spent { until, .. } | Hold::RateLimited { until } | Hold::Banned { until }) => {
                        prop_assert!(until > clock.now(), "a hold that ends in the past would spin");
                        pass(until, &under_way, &mut seen);
                        // Requests have a time-out: none is under way for ever.
                        under_way.clear();
                    }
                }
            }
        }
        for (minute, weight) in seen {
            prop_assert!(weight <= allowed, "minute {minute} cost {weight} of {allowed}");
        }
    }
}
