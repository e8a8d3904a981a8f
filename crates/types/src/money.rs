//! Price, quantity, money and rate: four types that do not mix by accident.
//!
//! | expression | result | rounding |
//! |---|---|---|
//! | [`Price::notional`] price × quantity | money | to the nearest 10^-16, ties to even |
//! | [`Money::at_rate`] money × rate | money | the same |
//! | [`Price::scaled`] price × (1 ± rate) | price | the same |
//! | [`Quantity::affordable`] what money pays for, fee included | quantity | down to the step |
//! | [`Quantity::floor_to`] | quantity | down to the step |
//! | `checked_add`, `checked_sub` of the same type | same type | none |
//!
//! Inside, each is an `i128` count of a fixed power of ten; at every edge it is a decimal text. Sums are therefore exact, and a
//! ledger built from rounded fills reconciles to the last digit. Every operation that may not fit says so, in release builds too:
//! there is no `+` that could wrap. Money holds up to 1.7 × 10^22, a quantity up to 1.7 × 10^26.

use std::fmt;
use std::ops::Neg;
use std::str::FromStr;

use ethnum::I256;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fixed::{self, FixedError};
use crate::nearest_f64;

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

            /// Returns the sum.
            ///
            /// # Errors
            /// [`FixedError::Overflow`] when it does not fit.
            pub fn checked_add(self, other: $name) -> Result<$name, FixedError> {
                self.0
                    .checked_add(other.0)
                    .filter(|raw| *raw != i128::MIN)
                    .map($name)
                    .ok_or(FixedError::Overflow)
            }

            /// Returns the nearest `f64`: what reading its text gives.
            pub fn nearest_f64(self) -> f64 {
                nearest_f64(self.0, $scale)
            }

            /// Returns an `f64` that is at most one unit of its last place away, for charts, metrics and indicators, quicker than the
            /// nearest; never to come back as money.
            pub fn to_f64(self) -> f64 {
                fixed::to_f64(self.0, $scale)
            }

            /// Appends the exact decimal to a text: for rows of a document.
            pub fn append_decimal(self, text: &mut Vec<u8>) {
                text.extend_from_slice(fixed::write(self.0, $scale, &mut [0; fixed::TEXT]).as_bytes());
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
                    raw = fixed::div_round(raw, 10);
                    scale -= 1;
                }
            }
        }

        /// The exact decimal, without trailing zeros.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(fixed::write(self.0, $scale, &mut [0; fixed::TEXT]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(fixed::write(self.0, $scale, &mut [0; fixed::TEXT]))
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
        fixed::mul_div(self.0, quantity.0, DIVISOR).map(Money)
    }

    /// Returns what buying a quantity takes: price × quantity and the fee on it.
    pub fn cost(self, quantity: Quantity, fee: Rate) -> Result<Money, FixedError> {
        let notional = self.notional(quantity)?;
        notional.checked_add(notional.at_rate(fee)?)
    }

    /// Returns the average price of fills that came to `notional` for `quantity`: the quotient, to as many decimals as the rounding of
    /// the notional leaves certain. So the average of a single fill is its price. `None` without a quantity, or beyond what a price holds.
    pub fn average(notional: Money, quantity: Quantity) -> Option<Price> {
        const FACTOR: i128 = fixed::pow10(PRICE_SCALE + QUANTITY_SCALE - MONEY_SCALE);
        if quantity.0 <= 0 || notional.0 < 0 {
            return None;
        }
        let raw = fixed::mul_div(notional.0, FACTOR, quantity.0).ok()?;
        // The notional is off by up to half a step, the price by that ÷ quantity; four times as much is left for several fills.
        let mut unit: i128 = 1;
        while unit.checked_mul(quantity.0).is_some_and(|reached| reached < 4 * FACTOR) {
            unit *= 10;
        }
        Some(Price(fixed::div_round(raw, unit).checked_mul(unit)?))
    }

    /// Returns price × (1 + rate), or × (1 − rate) when `is_up` is false.
    pub fn scaled(self, rate: Rate, is_up: bool) -> Result<Price, FixedError> {
        const ONE: i128 = fixed::pow10(RATE_SCALE);
        let factor = if is_up { ONE.checked_add(rate.0) } else { ONE.checked_sub(rate.0) };
        let factor = factor.ok_or(FixedError::Overflow)?;
        if factor < 0 {
            return Err(FixedError::Negative);
        }
        fixed::mul_div(self.0, factor, ONE).map(Price)
    }

    /// Returns the nearest multiple of `tick` that is not better for the taker: up for a buy, down for a sell. A tick of zero
    /// leaves the price as it is.
    pub fn round_against_taker(self, tick: Price, is_buy: bool) -> Result<Price, FixedError> {
        if tick.0 == 0 {
            return Ok(self);
        }
        let down = Price(self.0 - self.0.rem_euclid(tick.0));
        if is_buy && down != self { down.checked_add(tick) } else { Ok(down) }
    }
}

impl Quantity {
    /// The smallest quantity there is.
    pub const STEP: Quantity = Quantity(1);

    /// Returns the largest multiple of `step` (of [`Self::STEP`] when that is zero) that `cash` pays for at `price` with the fee on
    /// top, notional and fee being rounded as [`Price::notional`] and [`Money::at_rate`] round them. One step more costs more than
    /// `cash`. Nothing when there is no cash or no price.
    ///
    /// # Errors
    /// [`FixedError::Overflow`] when the cash pays for more than a quantity can hold.
    pub fn affordable(cash: Money, price: Price, fee: Rate, step: Quantity) -> Result<Quantity, FixedError> {
        if cash.0 <= 0 || price.0 <= 0 {
            return Ok(Quantity::ZERO);
        }
        let step = step.0.max(Quantity::STEP.0);
        // Rounding moves the notional by half a unit of money, and the fee by half a unit and the fee on that half: the answer lies
        // between what a little less and a little more cash would pay for if nothing were rounded.
        let margin = 2 + fee.0 / Rate::ONE.0;
        let within =
            |cash: i128| Self::unrounded(cash, price, fee).map(|quantity| quantity / I256::from(step));
        let (least, most) = (within(cash.0.saturating_sub(margin))?, within(cash.0.saturating_add(margin))?);
        let largest = I256::from(i128::MAX / step);
        let fitting = |steps: I256| i128::try_from(steps).map_err(|_| FixedError::Overflow);
        if least > largest {
            return Err(FixedError::Overflow);
        }
        let (mut least, mut most) = (fitting(least)?, fitting(most.min(largest))?);
        while least < most {
            let middle = most - (most - least) / 2;
            if price.cost(Quantity(middle * step), fee).is_ok_and(|cost| cost <= cash) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        Ok(Quantity(least * step))
    }

    /// Returns how many of the smallest quantities cost `cash` units of money if nothing were rounded.
    fn unrounded(cash: i128, price: Price, fee: Rate) -> Result<I256, FixedError> {
        const FACTOR: i128 = fixed::pow10(PRICE_SCALE + QUANTITY_SCALE - MONEY_SCALE);
        let rate = Rate::ONE.checked_add(fee)?;
        let units = I256::from(cash.max(0)) * I256::from(FACTOR) * I256::from(Rate::ONE.0);
        Ok(units / (I256::from(price.0) * I256::from(rate.0)))
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

impl Money {
    /// Returns money × rate: a fee.
    pub fn at_rate(self, rate: Rate) -> Result<Money, FixedError> {
        const ONE: i128 = fixed::pow10(RATE_SCALE);
        fixed::mul_div(self.0, rate.0, ONE).map(Money)
    }

    /// Returns a whole amount.
    #[allow(clippy::cast_lossless, reason = "i128::from is not const; not every clippy asks for it here")]
    pub const fn from_whole(amount: i64) -> Money {
        Money(amount as i128 * fixed::pow10(MONEY_SCALE))
    }

    /// Returns the difference.
    ///
    /// # Errors
    /// [`FixedError::Overflow`] when it does not fit.
    pub fn checked_sub(self, other: Money) -> Result<Money, FixedError> {
        self.checked_add(-other)
    }

    /// Returns the sum of amounts.
    ///
    /// # Errors
    /// [`FixedError::Overflow`] when it does not fit.
    pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, FixedError> {
        amounts.into_iter().try_fold(Money::ZERO, Money::checked_add)
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

/// The same amount with the other sign. It always fits: the smallest `i128`, which has no counterpart, is no amount.
impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money(-self.0)
    }
}

#[cfg(test)]
mod tests;
