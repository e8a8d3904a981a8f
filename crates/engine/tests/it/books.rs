//! The account's books at the ends of their range: cash is never below nothing, and what does not fit ends the run in words.

use engine::{EngineError, LedgerError};
use proptest::prelude::*;
use types::{FilterSchedule, Money, Quantity, Rate};

use crate::scripted::{bar_event, kernel, wish};

/// Runs a script over flat bars, one price a bar, and returns the kernel or why it stopped.
fn run(
    script: &[&str],
    prices: &[f64],
    cash: Money,
    [fee, slippage]: [Rate; 2],
) -> Result<engine::Kernel<engine::SimulatedVenue>, EngineError> {
    let wishes = script.iter().map(|text| wish(text)).collect();
    let mut kernel = kernel(wishes, cash, fee, slippage, FilterSchedule::default());
    for (number, &price) in (1..).zip(prices) {
        kernel.process(&bar_event(number, [price; 4]))?;
    }
    Ok(kernel)
}

fn rate(text: &str) -> Rate {
    text.parse().expect("a rate")
}

#[test]
fn all_in_at_a_price_of_a_hundred_millionth_pays_with_what_there_is() {
    let costs = [rate("0.000225"), rate("0.0005")];
    let kernel = run(&["enter"], &[1e-8; 3], "10000".parse().expect("an amount"), costs).expect("a run");
    let (cash, fill) = (kernel.ledger().cash(), kernel.fills()[0]);
    assert!(!cash.is_negative() && cash <= "0.0000000000000001".parse().expect("an amount"), "{cash}");
    let more = fill.quantity.checked_add(Quantity::STEP).expect("fits");
    let all = "10000".parse().expect("an amount");
    assert!(fill.price.cost(more, costs[0]).expect("fits") > all);
}

#[test]
fn sums_that_no_longer_fit_end_the_run() {
    let cash = "1000000000000000".parse().expect("an amount");
    let free = [Rate::ZERO; 2];
    // Eight times as much at each exit: after eight round trips more is bought than the books can add up.
    let script = ["enter", "exit"].repeat(12);
    let prices: Vec<f64> = [8.0, 64.0].repeat(13).into_iter().skip(1).collect();
    let error = run(&script, &prices, cash, free).expect_err("an overflow");
    let is_named = matches!(&error, EngineError::FillTooLarge(_))
        || matches!(&error, EngineError::Ledger(error) if matches!(**error, LedgerError::TooLarge { .. }));
    assert!(is_named, "{error}");
    assert!(error.to_string().contains("start with less capital"), "{error}");
}

#[test]
fn a_price_that_no_fill_can_have_ends_the_run() {
    let cash = "10000".parse().expect("an amount");
    let error = run(&["enter"], &[1.0, 1e30], cash, [Rate::ZERO; 2]).expect_err("an overflow");
    assert!(matches!(error, EngineError::FillTooLarge(_)), "{error}");
    // Cheaper than a quantity can count.
    let error =
        run(&["enter"], &[1e-16; 2], Money::from_whole(i64::MAX), [Rate::ZERO; 2]).expect_err("an overflow");
    assert!(matches!(error, EngineError::FillTooLarge(_)), "{error}");
}

proptest! {
    #[test]
    fn cash_is_never_below_nothing(
        prices in prop::collection::vec((1..1_000_000_u64, -12..=3_i32), 3..40),
        cash in (1..1_000_000_u64, -6..=6_i32),
        fee in 0..=1_000_000_u64,
        slippage in 0..500_000_u64,
    ) {
        // From 10^-12 to 10^9 a piece; fees up to everything.
        let prices: Vec<f64> =
            prices.iter().map(|(digits, exponent)| format!("{digits}e{exponent}").parse().expect("a price")).collect();
        let decimal = |digits: u64, exponent: i32| {
            let (unit, width) = (10_u64.pow(exponent.unsigned_abs()), exponent.unsigned_abs() as usize);
            format!("{}.{:0width$}", digits / unit, digits % unit)
        };
        let cash: Money = match cash {
            (digits, exponent @ ..0) => decimal(digits, exponent).parse().expect("an amount"),
            (digits, exponent) => format!("{digits}{}", "0".repeat(exponent.unsigned_abs() as usize)).parse().expect("an amount"),
        };
        let costs = [rate(&decimal(fee, 6)), rate(&decimal(slippage, 6))];
        let script = ["enter", "exit"].repeat(20);
        let wishes = script.iter().map(|text| wish(text)).collect();
        let mut kernel = kernel(wishes, cash, costs[0], costs[1], FilterSchedule::default());
        for (number, &price) in (1..).zip(&prices) {
            let before = kernel.ledger().cash();
            // Prices that jump by 10^15 from bar to bar leave the range soon: then in words.
            if let Err(error) = kernel.process(&bar_event(number, [price; 4])) {
                prop_assert!(error.to_string().contains("start with less capital"), "{error}");
                break;
            }
            prop_assert!(!kernel.ledger().cash().is_negative());
            prop_assert!(kernel.ledger().is_balanced());
            if let Some(fill) = kernel.fills().last().filter(|fill| fill.side.is_buy() && before != kernel.ledger().cash()) {
                let more = fill.quantity.checked_add(Quantity::STEP).expect("fits");
                prop_assert!(fill.price.cost(more, costs[0]).is_ok_and(|cost| cost > before));
            }
        }
    }
}
