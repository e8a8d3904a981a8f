//! What strategies wish, bar by bar, through the kernel that they run in.

use engine::{Context, InstrumentIndex, Intent, Intents, Strategy};
use types::{Bar, Money, Quantity, Timestamp};

use crate::{BuyAndHold, RsiMeanReversion, SmaCrossover};

/// Feeds closes and returns the bars, from 0, at which the strategy wished to enter (`+`) or exit (`-`); wishes are granted at once.
fn wishes(strategy: &mut dyn Strategy, closes: &[f64]) -> Vec<(usize, char)> {
    let mut held = Quantity::ZERO;
    let mut found = Vec::new();
    for (bar, &close) in closes.iter().enumerate() {
        let context = Context {
            instrument: InstrumentIndex::FIRST,
            now: Timestamp::EPOCH,
            held,
            cash: Money::ZERO,
            has_working_order: false,
        };
        let bar_of =
            Bar { open_time: Timestamp::EPOCH, open: close, high: close, low: close, close, volume: 1.0 };
        let mut intents = Intents::default();
        strategy.on_bar(&context, &bar_of, &mut intents);
        for intent in intents.as_slice() {
            let is_entry = matches!(intent, Intent::Enter { .. });
            held = if is_entry { Quantity::STEP } else { Quantity::ZERO };
            found.push((bar, if is_entry { '+' } else { '-' }));
        }
    }
    found
}

#[test]
fn buy_and_hold_buys_once() {
    assert_eq!(wishes(&mut BuyAndHold::default(), &[1.0, 2.0, 3.0]), [(0, '+')]);
}

#[test]
fn a_crossover_is_a_change_of_sign_between_two_defined_bars() {
    let mut strategy = SmaCrossover::new(1, 2).expect("periods");
    // Differences from the second bar on: -1, +2, +1, -3.
    assert_eq!(wishes(&mut strategy, &[5.0, 3.0, 7.0, 9.0, 3.0]), [(2, '+'), (4, '-')]);
}

#[test]
fn the_first_bar_on_which_both_are_defined_is_no_crossover() {
    let mut strategy = SmaCrossover::new(1, 2).expect("periods");
    assert_eq!(wishes(&mut strategy, &[1.0, 5.0, 9.0]), []);
}

#[test]
fn a_touch_is_on_neither_side() {
    let found = |closes: &[f64]| wishes(&mut SmaCrossover::new(1, 2).expect("periods"), closes);
    // Differences −1, 0, +1: one crossover, where the sign is another than before the touch.
    assert_eq!(found(&[5.0, 3.0, 3.0, 5.0]), [(3, '+')]);
    // −1, 0, 0, −1, +1: the touch is none.
    assert_eq!(found(&[5.0, 3.0, 3.0, 3.0, 1.0, 3.0]), [(5, '+')]);
    // −1, +1, 0, +1, 0, −1: bought once, held through the touches, sold once.
    assert_eq!(found(&[5.0, 3.0, 5.0, 5.0, 7.0, 7.0, 5.0]), [(2, '+'), (6, '-')]);
    // 0, +1 and +1, 0, +1: no sign was another one.
    assert_eq!(found(&[3.0, 3.0, 5.0]), []);
    assert_eq!(found(&[3.0, 5.0, 5.0, 7.0]), []);
}

#[test]
fn averages_that_touch_in_decimals_touch() {
    // Fast − slow from the sixth bar on is below, above, 0 and above. In plain f64 the touch is below: a sale and a purchase that never
    // were.
    let closes = [167.0, 166.8, 167.1, 166.8, 167.1, 166.7, 167.2, 167.1, 167.4];
    let mut strategy = SmaCrossover::new(3, 6).expect("periods");
    assert_eq!(wishes(&mut strategy, &closes), [(6, '+')]);
}

#[test]
fn rsi_buys_below_oversold_and_sells_above_overbought() {
    let mut strategy = RsiMeanReversion::new(2, 30.0, 70.0).expect("a period");
    assert_eq!(wishes(&mut strategy, &[10.0, 9.0, 8.0, 7.0, 12.0, 15.0]), [(2, '+'), (4, '-')]);
}
