//! Same events, same bytes; and books that balance whatever the market and the script do.

use engine::{Intent, Kernel, SimulatedVenue};
use proptest::prelude::*;
use types::InstrumentFilters;

use crate::scripted::{bar_event, kernel, wish};

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

fn run(steps: &[([f64; 4], Option<Intent>)]) -> (Kernel<SimulatedVenue>, String) {
    let wishes = steps.iter().map(|(_, wish)| wish.clone()).collect();
    let rate = |text: &str| text.parse().expect("a rate");
    let cash = "10000".parse().expect("an amount");
    let mut kernel = kernel(wishes, cash, rate("0.001"), rate("0.0005"), InstrumentFilters::default());
    let mut stream = String::new();
    for (number, (prices, _)) in (1..).zip(steps) {
        let audit = kernel.process(&bar_event(number, *prices)).expect("a legal bar");
        stream.push_str(&serde_json::to_string(audit).expect("an audit"));
    }
    (kernel, stream)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn books_balance_and_a_second_run_repeats_every_byte(steps in proptest::collection::vec(step(), 1..60)) {
        let (kernel, stream) = run(&steps);
        let ledger = kernel.ledger();
        prop_assert!(ledger.is_balanced());
        prop_assert!(!ledger.cash().is_negative());
        let position = ledger.position(engine::InstrumentIndex::FIRST).expect("the instrument");
        let profits = kernel.trades().iter().map(|trade| trade.profit).sum::<types::Money>();
        let open = position.exit_notional - position.entry_notional - position.fees;
        let open = if position.is_flat() { types::Money::ZERO } else { open };
        prop_assert_eq!(ledger.cash(), ledger.initial_cash() + profits + open);
        for fill in kernel.fills() {
            prop_assert!(!fill.quantity.is_zero());
        }
        prop_assert_eq!(run(&steps).1, stream);
    }
}
