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

#[test]
fn a_spent_minute_holds_until_the_next_one_begins() {
    let (clock, budget) = budget(10, 30_000);
    assert_eq!(budget.try_take(8), Ok(()));
    assert_eq!(budget.try_take(3), Err(Hold::Spent { used: 8, allowed: 10, until: at(60_000) }));
    assert_eq!(budget.try_take(2), Ok(()));
    clock.advance_to(at(60_000));
    assert_eq!(budget.try_take(10), Ok(()));
}

#[test]
fn weight_used_by_others_counts() {
    let (_, budget) = budget(10, 0);
    assert_eq!(budget.try_take(2), Ok(()));
    budget.observe(9, at(0));
    assert!(matches!(budget.try_take(2), Err(Hold::Spent { used: 9, .. })));
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
    assert_eq!(budget.try_take(1), Err(Hold::Banned { until: at(90_000) }));
    assert_eq!(budget.snapshot().paused_until, Some(at(90_000)));
    clock.advance_to(at(90_000));
    assert_eq!(budget.try_take(1), Ok(()));
}

#[test]
fn a_request_that_never_fits_is_told_so_instead_of_waiting_for_ever() {
    let (_, budget) = budget(10, 0);
    assert_eq!(budget.try_take(20), Err(Hold::NeverFits { weight: 20, allowed: 10 }));
}

proptest! {
    /// Takers that wait as they are told, others using weight beside them, pauses in between: no minute exceeds the allowance.
    #[test]
    fn no_calendar_minute_exceeds_the_allowance(
        allowed in 1_u32..60,
        start in -200_000_i64..200_000,
        steps in prop::collection::vec((1_u32..25, 0_i64..20_000, 0_u32..40, 0_u8..20), 1..200),
    ) {
        let (clock, budget) = budget(allowed, start);
        let mut taken: BTreeMap<i64, u32> = BTreeMap::new();
        for (weight, wait_ms, others, dice) in steps {
            clock.advance_to(clock.now().plus_ms(wait_ms));
            let now = clock.now();
            match dice {
                0 => budget.pause(now.plus_ms(i64::from(others) * 1000), false),
                1..4 => budget.observe(others, now),
                _ => {}
            }
            loop {
                match budget.try_take(weight) {
                    Ok(()) => {
                        *taken.entry(minute_of(clock.now())).or_default() += weight;
                        break;
                    }
                    Err(Hold::NeverFits { .. }) => {
                        prop_assert!(weight > allowed);
                        break;
                    }
                    Err(Hold::Spent { until, .. } | Hold::RateLimited { until } | Hold::Banned { until }) => {
                        prop_assert!(until > clock.now(), "a hold that ends in the past would spin");
                        clock.advance_to(until);
                    }
                }
            }
        }
        for (minute, weight) in taken {
            prop_assert!(weight <= allowed, "minute {minute} cost {weight} of {allowed}");
        }
    }
}
