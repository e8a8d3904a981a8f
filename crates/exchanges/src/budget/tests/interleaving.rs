//! Whatever happens in whatever order: no minute of the exchange exceeds the allowance.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use types::Timestamp;

use super::super::minute::minute_of;
use super::super::{Hold, Ticket};
use super::world::{Process, World};
use crate::clock::Clock as _;
use crate::protocol::Priority;

/// What one step does: its weight, how long it waits first, what others use, what happens, and whose turn it is.
type Step = (u32, i64, u32, u8, usize);

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((1_u32..25, 0_i64..20_000, 0_u32..40, 0_u8..20, 0_usize..3), 1..most)
}

/// Requests that are under way, and the weight that each minute saw under way at any moment of it.
#[derive(Default)]
struct Ledger {
    under_way: Vec<(u32, Ticket)>,
    seen: BTreeMap<i64, u32>,
}

impl Ledger {
    fn pass(&mut self, world: &World, to: Timestamp) {
        let before = minute_of(world.clock.now());
        world.clock.advance_to(to);
        let weight: u32 = self.under_way.iter().map(|(weight, _)| weight).sum();
        for minute in before + 1..=minute_of(world.clock.now()) {
            *self.seen.entry(minute).or_default() += weight;
        }
    }

    fn started(&mut self, world: &World, weight: u32, ticket: Ticket) {
        *self.seen.entry(minute_of(world.clock.now())).or_default() += weight;
        self.under_way.push((weight, ticket));
    }

    async fn finish(&mut self) {
        for (_, ticket) in self.under_way.drain(..) {
            ticket.settle().await;
        }
    }
}

/// Requests that take their time, others using weight beside them, pauses in between: whichever minute the exchange counts a
/// request in, that minute does not exceed the allowance.
async fn interleave(
    world: &World,
    processes: &[Process],
    allowed: u32,
    steps: Vec<Step>,
) -> Result<(), TestCaseError> {
    let mut ledger = Ledger::default();
    for (weight, wait_ms, others, dice, turn) in steps {
        let process = &processes[turn % processes.len()];
        ledger.pass(world, world.clock.now().plus_ms(wait_ms));
        let now = world.clock.now();
        match dice {
            0 => process.budget.pause(now.plus_ms(i64::from(others) * 1000), false).await,
            1..4 => process.budget.observe(others, now).await,
            4..12 => ledger.finish().await,
            _ => {}
        }
        loop {
            match process.take(weight, Priority::Order).await {
                Ok(ticket) => {
                    ledger.started(world, weight, ticket);
                    break;
                }
                Err(Hold::NeverFits { .. }) => {
                    prop_assert!(weight > allowed);
                    break;
                }
                Err(Hold::NotShared { .. }) => prop_assert!(false, "the sharing works"),
                Err(Hold::Spent { until, .. } | Hold::RateLimited { until } | Hold::Banned { until }) => {
                    prop_assert!(until > world.clock.now(), "a hold that ends in the past would spin");
                    ledger.pass(world, until);
                    // Requests have a time-out: none is under way for ever.
                    ledger.finish().await;
                }
            }
        }
    }
    for (minute, weight) in ledger.seen {
        prop_assert!(weight <= allowed, "minute {minute} cost {weight} of {allowed}");
    }
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #[test]
    fn no_calendar_minute_exceeds_the_allowance(
        allowed in 1_u32..60, start in -200_000_i64..200_000, steps in steps(200),
    ) {
        let world = World::in_memory().starting_at(start);
        let processes = [world.process(allowed), world.process(allowed)];
        runtime().block_on(interleave(&world, &processes, allowed, steps))?;
    }
}

#[test]
fn processes_on_one_redis_never_exceed_the_allowance_together() {
    let runtime = runtime();
    let place = World::on_redis();
    let strategy = (1_u32..60, -200_000_i64..200_000, steps(60));
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&strategy, |(allowed, start, steps)| {
            let world = place.elsewhere(start);
            runtime.block_on(async {
                let processes = [0, 1, 2].map(|_| world.process(allowed));
                interleave(&world, &processes, allowed, steps).await
            })
        })
        .unwrap();
}
