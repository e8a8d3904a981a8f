//! The whole matrix as one reviewed table, and a property over any sequence of reports.

use std::fmt::Write as _;

use proptest::prelude::*;
use types::Timestamp;

use super::super::Side;
use super::*;

fn fill(number: u64) -> Fill {
    Fill {
        order: OrderId::new(0),
        number,
        at: Timestamp::EPOCH,
        side: Side::Buy,
        price: "2".parse().expect("a price"),
        quantity: "1".parse().expect("a quantity"),
        notional: "2".parse().expect("an amount"),
        fee: Money::ZERO,
    }
}

fn events() -> Vec<(&'static str, OrderEvent)> {
    vec![
        ("submitted", OrderEvent::Submitted),
        ("accepted", OrderEvent::Accepted),
        ("rejected", OrderEvent::Rejected { reason: RejectReason::BelowStep }),
        ("part fill 1", OrderEvent::Filled { fill: fill(1), is_last: false }),
        ("part fill 2", OrderEvent::Filled { fill: fill(2), is_last: false }),
        ("last fill 2", OrderEvent::Filled { fill: fill(2), is_last: true }),
        ("cancel requested", OrderEvent::CancelRequested),
        ("cancel rejected", OrderEvent::CancelRejected),
        ("cancelled", OrderEvent::Cancelled),
    ]
}

fn name(state: OrderState) -> String {
    let filled = state.filled().fills;
    match state {
        OrderState::Initialised => "initialised".into(),
        OrderState::Submitted => "submitted".into(),
        OrderState::Accepted => "accepted".into(),
        OrderState::PartiallyFilled(_) => format!("partially filled ({filled})"),
        OrderState::PendingCancel(_) => format!("pending cancel ({filled})"),
        OrderState::Filled(_) => format!("filled ({filled})"),
        OrderState::Cancelled(_) => format!("cancelled ({filled})"),
        OrderState::Rejected(_) => "rejected".into(),
    }
}

#[test]
fn every_state_meets_every_event() {
    let once = Filled::default().and(&fill(1)).expect("fits");
    let states = [
        OrderState::Initialised,
        OrderState::Submitted,
        OrderState::Accepted,
        OrderState::PartiallyFilled(once),
        OrderState::PendingCancel(Filled::default()),
        OrderState::PendingCancel(once),
        OrderState::Filled(once),
        OrderState::Cancelled(Filled::default()),
        OrderState::Cancelled(once),
        OrderState::Rejected(RejectReason::BelowStep),
    ];
    let mut table = String::new();
    for state in states {
        for (label, event) in events() {
            let next = match state.apply(&event) {
                Some(next) if next == state => "·".to_owned(),
                Some(next) => name(next),
                None => "refused".to_owned(),
            };
            writeln!(table, "{:<22} + {label:<16} -> {next}", name(state)).expect("a string");
        }
    }
    insta::assert_snapshot!(table);
}

proptest! {
    #[test]
    fn any_sequence_keeps_what_was_filled(steps in proptest::collection::vec(0_usize..9, 0..24)) {
        let events = events();
        let mut state = OrderState::Initialised;
        for step in steps {
            let before = state.filled();
            state = state.apply(&events[step].1).unwrap_or(state);
            // Executions are never forgotten, and a repeated report never counts twice.
            prop_assert!(state.filled().quantity >= before.quantity);
            prop_assert!(state.filled().fills <= 2);
        }
    }
}
