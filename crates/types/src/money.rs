//! Price, quantity, money and rate: four types that do not mix by accident.
//!
//! | expression | result | rounding |
//! |---|---|---|
//! | [`Price::notional`] price × quantity | money | to the nearest 10^-16, ties to even |
//! | [`Money::at_rate`] money × rate | money | the same |
//! | [`Price::scaled`] price × (1 ± rate) | price | the same |
//! | [`Quantity::affordable`] money ÷ price | quantity | down to 10^-12 |
//! | [`Quantity::floor_to`] | quantity | down to the step |
//! | same type + − | same type | none |
//!
//! Inside, each is an `i128` count of a fixed power of ten; at every edge it is a decimal text. Sums are therefore exact, and a
//! ledger built from rounded fills reconciles to the last digit.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fixed::{self, FixedError, Rounding};

const PRICE_SCALE: u32 = 16;
const QUANTITY_SCALE: u32 = 12;
const MONEY_SCALE: u32 = 16;
const RATE_SCALE: u32 = 12;

/// Quote currency per unit of base currency, in steps of 10^-16.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(i128);

/// An amount of base currency, never negative, in steps of 10^-12. The side says the direction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i128);

/// An amount of quote currency, of either sign, in steps of 10^-16.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

/// A share of one: 0.001 is 0.1 %. In steps of 10^-12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i128);

macro_rules! fixed_point {
    ($name:ident, $scale:ident) => {
        impl $name {
            /// Nothing.
            pub const ZERO: $name = $name(0);

            /// Returns whether it is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Returns the nearest `f64`, for charts, metrics and indicators; never to come back as money.
            pub fn to_f64(self) -> f64 {
                fixed::to_f64(self.0, $scale)
            }

            /// Returns it as a decimal, rounded to 28 significant digits where it has more.
            pub fn to_decimal(self) -> Decimal {
                let mut raw = self.0;
                let mut scale = $scale;
                loop {
                    if let Ok(decimal) = Decimal::try_from_i128_with_scale(raw, scale) {
                        return decimal.normalize();
                    }
                    if scale == 0 {
                        return if raw < 0 { Decimal::MIN } else { Decimal::MAX };
                    }
                    raw = fixed::div_round(raw, 10, Rounding::HalfEven);
                    scale -= 1;
                }
            }
        }

        /// The exact decimal, without trailing zeros.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(fixed::write(self.0, $scale, &mut [0; 44]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(fixed::write(self.0, $scale, &mut [0; 44]))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = FixedError;

            fn try_from(decimal: Decimal) -> Result<Self, Self::Error> {
                decimal.normalize().to_string().parse()
            }
        }
    };
}

fixed_point!(Price, PRICE_SCALE);
fixed_point!(Quantity, QUANTITY_SCALE);
fixed_point!(Money, MONEY_SCALE);
fixed_point!(Rate, RATE_SCALE);

macro_rules! non_negative_text {
    ($name:ident, $scale:ident) => {
        impl FromStr for $name {
            type Err = FixedError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match fixed::parse(text, $scale)? {
                    raw if raw < 0 => Err(FixedError::Negative),
                    raw => Ok(Self(raw)),
                }
            }
        }
    };
}

non_negative_text!(Price, PRICE_SCALE);
non_negative_text!(Quantity, QUANTITY_SCALE);
non_negative_text!(Rate, RATE_SCALE);

impl FromStr for Money {
    type Err = FixedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        fixed::parse(text, MONEY_SCALE).map(Self)
    }
}

impl Price {
    /// Returns the price that a market data column's `f64` stands for: the decimal the exchange published.
    pub fn from_column(value: f64) -> Result<Self, FixedError> {
        match fixed::from_f64(value, PRICE_SCALE)? {
            raw if raw < 0 => Err(FixedError::Negative),
            raw => Ok(Self(raw)),
        }
    }

    /// Returns price × quantity.
    pub fn notional(self, quantity: Quantity) -> Result<Money, FixedError> {
        const DIVISOR: i128 = fixed::pow10(PRICE_SCALE + QUANTITY_SCALE - MONEY_SCALE);
        fixed::mul_div(self.0, quantity.0, DIVISOR, Rounding::HalfEven).map(Money)
    }

    /// Returns the average price of fills that came to `notional` for `quantity`: the quotient, to as many decimals as the rounding of
    /// the notional leaves certain. So the average of a single fill is its price. `None` without a quantity, or beyond what a price holds.
    pub fn average(notional: Money, quantity: Quantity) -> Option<Price> {
        const FACTOR: i128 = fixed::pow10(PRICE_SCALE + QUANTITY_SCALE - MONEY_SCALE);
        if quantity.0 <= 0 || notional.0 < 0 {
            return None;
        }
        let raw = fixed::mul_div(notional.0, FACTOR, quantity.0, Rounding::HalfEven).ok()?;
        // The notional is off by up to half a step, the price by that ÷ quantity; four times as much is left for several fills.
        let mut unit: i128 = 1;
        while unit.checked_mul(quantity.0).is_some_and(|reached| reached < 4 * FACTOR) {
            unit *= 10;
        }
        Some(Price(fixed::div_round(raw, unit, Rounding::HalfEven).checked_mul(unit)?))
    }

    /// Returns price × (1 + rate), or × (1 − rate) when `is_up` is false.
    pub fn scaled(self, rate: Rate, is_up: bool) -> Result<Price, FixedError> {
        const ONE: i128 = fixed::pow10(RATE_SCALE);
        let factor = if is_up { ONE + rate.0 } else { ONE - rate.0 };
        if factor < 0 {
            return Err(FixedError::Negative);
        }
        fixed::mul_div(self.0, factor, ONE, Rounding::HalfEven).map(Price)
    }

    /// Returns the nearest multiple of `tick` that is not better for the taker: up for a buy, down for a sell. A tick of zero
    /// leaves the price as it is.
    #[must_use]
    pub fn round_against_taker(self, tick: Price, is_buy: bool) -> Price {
        if tick.0 == 0 {
            return self;
        }
        let down = self.0 - self.0.rem_euclid(tick.0);
        if is_buy && down != self.0 { Price(down + tick.0) } else { Price(down) }
    }
}

impl Quantity {
    /// The smallest quantity there is.
    pub const STEP: Quantity = Quantity(1);

    /// Returns the largest quantity that `cash` buys at `unit_cost`, rounded down; nothing when there is no cash or no price.
    pub fn affordable(cash: Money, unit_cost: Price) -> Result<Quantity, FixedError> {
        const FACTOR: i128 = fixed::pow10(PRICE_SCALE + QUANTITY_SCALE - MONEY_SCALE);
        if cash.0 <= 0 || unit_cost.0 == 0 {
            return Ok(Quantity::ZERO);
        }
        fixed::mul_div(cash.0, FACTOR, unit_cost.0, Rounding::Floor).map(Quantity)
    }

    /// Returns the largest multiple of `step` that is not above it, or itself when the step is zero.
    #[must_use]
    pub fn floor_to(self, step: Quantity) -> Quantity {
        if step.0 == 0 { self } else { Quantity(self.0 - self.0.rem_euclid(step.0)) }
    }

    /// Returns `self − other`, or `None` when it would be negative.
    pub fn checked_sub(self, other: Quantity) -> Option<Quantity> {
        (self.0 >= other.0).then(|| Quantity(self.0 - other.0))
    }
}

impl Add for Quantity {
    type Output = Quantity;

    fn add(self, other: Quantity) -> Quantity {
        Quantity(self.0 + other.0)
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Quantity) {
        self.0 += other.0;
    }
}

impl Money {
    /// Returns money × rate: a fee.
    pub fn at_rate(self, rate: Rate) -> Result<Money, FixedError> {
        const ONE: i128 = fixed::pow10(RATE_SCALE);
        fixed::mul_div(self.0, rate.0, ONE, Rounding::HalfEven).map(Money)
    }

    /// Returns whether it is below nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Returns this share of it, as money ÷ money; `None` when `whole` is nothing.
    pub fn ratio_to(self, whole: Money) -> Option<f64> {
        (whole.0 != 0).then(|| self.to_f64() / whole.to_f64())
    }
}

impl Rate {
    /// All of it: 100 %.
    pub const ONE: Rate = Rate(fixed::pow10(RATE_SCALE));
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        self.0 -= other.0;
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(price("100.051").round_against_taker(tick, true), price("100.06"));
        assert_eq!(price("100.059").round_against_taker(tick, false), price("100.05"));
        assert_eq!(price("100.05").round_against_taker(tick, true), price("100.05"));
        assert_eq!(price("100.051").round_against_taker(Price::ZERO, true), price("100.051"));
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
        let quantity = Quantity::affordable(money("100"), price("3")).expect("fits");
        assert!(price("3").notional(quantity).expect("fits") <= money("100"));
        assert_eq!(quantity.to_string(), "33.333333333333");
        assert_eq!(quantity.floor_to("0.01".parse().expect("a step")).to_string(), "33.33");
        assert_eq!(Quantity::affordable(money("-1"), price("3")), Ok(Quantity::ZERO));
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
        fn buying_all_in_with_a_fee_fits_the_cash(cash in 1_u64..10_000_000_000, cents in 1_u64..10_000_000_000, fee in 0_u64..10_000) {
            let cash = money(&format!("{}.{:02}", cash / 100, cash % 100));
            let price = price(&fixed::format(i128::from(cents), 4));
            let fee = rate(&fixed::format(i128::from(fee), 6));
            let quantity = Quantity::affordable(cash, price.scaled(fee, true).expect("fits")).expect("fits");
            let notional = price.notional(quantity).expect("fits");
            let cost = notional + notional.at_rate(fee).expect("fits");
            // The unit cost is itself rounded, so one unit in the last place of money per unit bought is the bound.
            proptest::prop_assert!(cost.0 <= cash.0 + quantity.0 / fixed::pow10(QUANTITY_SCALE) + 2);
        }
    }
}
