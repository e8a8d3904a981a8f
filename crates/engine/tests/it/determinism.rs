//! Same events, same bytes; and books that balance whatever the market and the script do.

use engine::{Fill, Intent, Kernel, Side, SimulatedVenue};
use proptest::prelude::*;
use types::{FilterSchedule, InstrumentFilters, Quantity, Timestamp};

use crate::scripted::{bar_event, kernel, open_time, wish};

/// A bar around a level, and what the strategy wishes at its close.
fn step() -> impl Strategy<Value = ([f64; 4], Option<Intent>)> {
    let prices = (50_u32..200, 0_u32..40, 0_u32..40, 0.0_f64..=1.0).prop_map(|(low, body, wick, share)| {
        let (low, high) = (f64::from(low), f64::from(low + body + wick));
        let open = low + (high - low) * share;
        [(open * 100.0).round() / 100.0, high, low, low + f64::from(body)]
    });
    let wish = prop_oneof![
        3 => Just(None),
        1 => Just(wish("enter")),
        1 => Just(wish("exit")),
        1 => (40_u32..200, 60_u32..260).prop_map(|(stop, target)| wish(&format!("enter stop={stop} target={target}"))),
    ];
    (prices, wish)
}

/// Lot steps that come into force with the open of a bar.
fn lot_steps() -> impl Strategy<Value = FilterSchedule> {
    let filters = prop_oneof![Just("0.003"), Just("0.1"), Just("0.5"), Just("1"), Just("7")]
        .prop_map(|step| InstrumentFilters { step_size: step.parse().ok(), ..InstrumentFilters::default() });
    let change = (1_i64..60).prop_map(open_time);
    (filters.clone(), proptest::collection::btree_map(change, filters, 0..6))
        .prop_map(|(initial, changes)| FilterSchedule { initial, changes, seen: Vec::new() })
}

fn run(
    steps: &[([f64; 4], Option<Intent>)],
    rules: &FilterSchedule,
) -> (Kernel<SimulatedVenue>, String, Vec<(Timestamp, Fill)>) {
    let wishes = steps.iter().map(|(_, wish)| wish.clone()).collect();
    let rate = |text: &str| text.parse().expect("a rate");
    let cash = "10000".parse().expect("an amount");
    let mut kernel = kernel(wishes, cash, rate("0.001"), rate("0.0005"), rules.clone());
    let mut stream = String::new();
    let mut fills = Vec::new();
    for (number, (prices, _)) in (1..).zip(steps) {
        let audit = kernel.process(&bar_event(number, *prices)).expect("a legal bar");
        stream.push_str(&serde_json::to_string(audit).expect("an audit"));
        fills.extend(kernel.fills()[fills.len()..].iter().map(|fill| (open_time(number), *fill)));
    }
    (kernel, stream, fills)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn books_balance_and_a_second_run_repeats_every_byte(
        steps in proptest::collection::vec(step(), 1..60),
        rules in prop_oneof![Just(FilterSchedule::default()), lot_steps()],
    ) {
        let (kernel, stream, fills) = run(&steps, &rules);
        let ledger = kernel.ledger();
        prop_assert!(ledger.is_balanced());
        prop_assert!(!ledger.cash().is_negative());
        let position = ledger.position(engine::InstrumentIndex::FIRST).expect("the instrument");
        let profits = kernel.trades().iter().map(|trade| trade.profit);
        let open = [position.exit_notional, -position.entry_notional, -position.fees];
        let open = open.into_iter().filter(|_| !position.is_flat());
        let sum = types::Money::sum([ledger.initial_cash()].into_iter().chain(profits).chain(open));
        prop_assert_eq!(Ok(ledger.cash()), sum);
        let mut held = Quantity::ZERO;
        for (opened, fill) in fills {
            prop_assert!(!fill.quantity.is_zero());
            if let Some(step) = rules.at(opened).step_size {
                let step = Quantity::try_from(step).expect("a quantity");
                prop_assert_eq!(fill.quantity.floor_to(step), fill.quantity, "step {} at {}", step, opened);
            }
            held = match fill.side {
                Side::Buy => held.checked_add(fill.quantity).expect("fits"),
                Side::Sell => held.checked_sub(fill.quantity).expect("what is held"),
            };
        }
        // Nothing that a step kept back is lost, whether a trade is open or not.
        prop_assert_eq!(position.quantity, held);
        prop_assert_eq!(position.held().checked_add(position.remainder()), Ok(held));
        prop_assert_eq!(run(&steps, &rules).1, stream);
    }
}
