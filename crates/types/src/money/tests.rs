use super::*;

fn price(text: &str) -> Price {
    text.parse().expect("a literal price")
}

fn quantity(text: &str) -> Quantity {
    text.parse().expect("a literal quantity")
}

fn money(text: &str) -> Money {
    text.parse().expect("a literal amount")
}

fn rate(text: &str) -> Rate {
    text.parse().expect("a literal rate")
}

#[test]
fn price_times_quantity_is_money() {
    assert_eq!(price("40000.5").notional(quantity("0.25")), Ok(money("10000.125")));
    assert_eq!(money("10000.125").at_rate(rate("0.001")), Ok(money("10.000125")));
}

#[test]
fn slippage_moves_the_price_against_the_taker() {
    assert_eq!(price("100").scaled(rate("0.0005"), true), Ok(price("100.05")));
    assert_eq!(price("100").scaled(rate("0.0005"), false), Ok(price("99.95")));
    assert_eq!(price("100").scaled(rate("1.5"), false), Err(FixedError::Negative));
}

#[test]
fn ticks_are_rounded_against_the_taker() {
    let tick = price("0.01");
    assert_eq!(price("100.051").round_against_taker(tick, true), Ok(price("100.06")));
    assert_eq!(price("100.059").round_against_taker(tick, false), Ok(price("100.05")));
    assert_eq!(price("100.05").round_against_taker(tick, true), Ok(price("100.05")));
    assert_eq!(price("100.051").round_against_taker(Price::ZERO, true), Ok(price("100.051")));
    assert_eq!(Price(i128::MAX).round_against_taker(tick, true), Err(FixedError::Overflow));
}

#[test]
fn the_average_of_one_fill_is_its_price() {
    for (at, amount) in [
        ("98", "102.040816326531"),
        ("98", "0.0001"),
        ("60153.511725", "0.166258"),
        ("0.00000012006", "41627102.5"),
        ("0.00001234617", "0.7"),
        ("100.05", "0.000001"),
    ] {
        let notional = price(at).notional(quantity(amount)).expect("an amount");
        assert_eq!(Price::average(notional, quantity(amount)), Some(price(at)), "{at} x {amount}");
    }
    assert_eq!(Price::average(money("10"), quantity("3")), Some(price("3.333333333333333")));
    assert_eq!(Price::average(money("10"), Quantity::ZERO), None);
    assert_eq!(Price::average(money("-1"), quantity("1")), None);
}

#[test]
fn affordable_never_costs_more_than_the_cash() {
    let free = Rate::ZERO;
    let affordable = |cash: &str, unit: &str, step: &str| {
        Quantity::affordable(money(cash), price(unit), free, quantity(step)).map(|found| found.to_string())
    };
    assert_eq!(affordable("100", "3", "0").as_deref(), Ok("33.333333333333"));
    assert_eq!(affordable("100", "3", "0.01").as_deref(), Ok("33.33"));
    assert_eq!(affordable("-1", "3", "0").as_deref(), Ok("0"));
    assert_eq!(affordable("1", "0", "0").as_deref(), Ok("0"));
    assert_eq!(affordable("1", "3", "1").as_deref(), Ok("0"));
    assert_eq!(affordable("17000000000000000000000", "0.0000000000000001", "0"), Err(FixedError::Overflow));
}

#[test]
fn all_in_at_a_hundred_millionth_leaves_no_debt() {
    // The unit cost, price × 1.000225 with slippage, does not fit 16 decimals: dividing by it bought too much.
    let (cash, unit, fee) = (money("10000"), price("0.000000010005"), rate("0.000225"));
    let quantity = Quantity::affordable(cash, unit, fee, Quantity::ZERO).expect("fits");
    assert!(unit.cost(quantity, fee).expect("fits") <= cash);
    let more = quantity.checked_add(Quantity::STEP).expect("fits");
    assert!(unit.cost(more, fee).expect("fits") > cash);
}

#[test]
fn sums_that_do_not_fit_are_refused() {
    let most = Money(i128::MAX);
    assert_eq!(most.checked_add(Money(1)), Err(FixedError::Overflow));
    assert_eq!((-most).checked_sub(Money(1)), Err(FixedError::Overflow));
    assert_eq!((-most).checked_sub(most), Err(FixedError::Overflow));
    assert_eq!(most.checked_sub(most), Ok(Money::ZERO));
    assert_eq!(Money::sum([most, Money(1), Money(-2)]), Err(FixedError::Overflow));
    assert_eq!(Money::sum([most, Money(-2), Money(1)]), Ok(Money(i128::MAX - 1)));
    assert_eq!(Quantity(i128::MAX).checked_add(Quantity::STEP), Err(FixedError::Overflow));
    assert_eq!(price("1").scaled(Rate(i128::MAX), true), Err(FixedError::Overflow));
    assert_eq!(Money::from_whole(-3).to_string(), "-3");
}

#[test]
fn texts_are_exact_and_signs_are_kept() {
    assert_eq!(money("-0.5").to_string(), "-0.5");
    assert_eq!("-1".parse::<Price>(), Err(FixedError::Negative));
    assert_eq!(serde_json::to_string(&price("1.10")).ok().as_deref(), Some("\"1.1\""));
    assert_eq!(money("123.45").to_decimal().to_string(), "123.45");
}

proptest::proptest! {
    #[test]
    fn what_is_affordable_fits_the_cash_and_one_step_more_does_not(
        cash in (1_i128..10_000_000_000, 0_u32..=16),
        price in (1_i128..10_000_000_000, 0_u32..=12),
        fee in (0_i128..=10_000, 0_u32..=8),
        step in proptest::option::of((1_i128..100, 0_u32..=12)),
    ) {
        // From 10^-16 to 10^10 of money, from 10^-12 to 10^10 a piece, fees from nothing to all of it.
        let cash = Money(cash.0 * fixed::pow10(MONEY_SCALE - cash.1));
        let price = Price(price.0 * fixed::pow10(PRICE_SCALE - price.1));
        let fee = Rate(fee.0 * fixed::pow10(8 - fee.1)).min(Rate::ONE);
        let step = Quantity(step.map_or(0, |(digits, decimals)| digits * fixed::pow10(QUANTITY_SCALE - decimals)));
        let quantity = Quantity::affordable(cash, price, fee, step).expect("fits");
        proptest::prop_assert_eq!(quantity.floor_to(step), quantity);
        proptest::prop_assert!(price.cost(quantity, fee).expect("fits") <= cash);
        let more = quantity.checked_add(step.max(Quantity::STEP)).expect("fits");
        proptest::prop_assert!(price.cost(more, fee).expect("fits") > cash);
    }

    #[test]
    fn no_amount_makes_it_panic(cash: i128, price: i128, fee: i128, step: i128) {
        let positive = |raw: i128| raw.checked_abs().unwrap_or(i128::MAX);
        let (cash, price) = (Money(positive(cash)), Price(positive(price)));
        let (fee, step) = (Rate(positive(fee)), Quantity(positive(step)));
        let _ = Quantity::affordable(cash, price, fee, step).map(|quantity| price.cost(quantity, fee));
        let _ = price.scaled(fee, true).and_then(|price| price.round_against_taker(Price(step.0), true));
    }
}
