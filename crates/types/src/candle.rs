//! A candle as an exchange publishes it, in exact decimals.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Grid, Timestamp};

/// One closed candle. Named by its open time, known at its close time; an unfinished candle is never one of these.
///
/// Prices are in quote currency per unit of base currency, `volume` and `taker_buy_base` in base currency, the quote amounts in
/// quote currency. What a six-column file does not say is `None`, not zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// When it opens (UTC).
    pub open_time: Timestamp,
    /// First price.
    pub open: Decimal,
    /// Highest price.
    pub high: Decimal,
    /// Lowest price.
    pub low: Decimal,
    /// Last price.
    pub close: Decimal,
    /// Traded amount in base currency.
    pub volume: Decimal,
    /// Traded amount in quote currency.
    pub quote_volume: Option<Decimal>,
    /// Number of trades.
    pub trades: Option<u64>,
    /// Amount in base currency that takers bought.
    pub taker_buy_base: Option<Decimal>,
    /// Amount in quote currency that takers bought for.
    pub taker_buy_quote: Option<Decimal>,
}

/// Why a candle cannot be true.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CandleFault {
    /// The open time is not where a bar of this interval may open.
    #[error("open time is off the interval's grid")]
    OffGrid,
    /// The high is below the low.
    #[error("high is below low")]
    HighBelowLow,
    /// Open or close lies outside low..high.
    #[error("open or close lies outside low..high")]
    OutsideRange,
    /// A price of zero or less.
    #[error("a price is zero or negative")]
    NonPositivePrice,
    /// A negative volume.
    #[error("a volume is negative")]
    NegativeVolume,
    /// Takers bought more than was traded.
    #[error("taker volume is larger than the volume")]
    TakerAboveVolume,
}

impl Candle {
    /// Says why this candle cannot be true on the given grid; an interval stands for a series of which no candle is known yet.
    pub fn check(&self, grid: impl Into<Grid>) -> Result<(), CandleFault> {
        if !grid.into().is_on_grid(self.open_time) {
            return Err(CandleFault::OffGrid);
        }
        // Most candles are as an exchange writes them, and then integers tell.
        if self.is_plainly_true() { Ok(()) } else { self.check_values() }
    }

    fn check_values(&self) -> Result<(), CandleFault> {
        if self.low <= Decimal::ZERO || self.open <= Decimal::ZERO || self.close <= Decimal::ZERO {
            return Err(CandleFault::NonPositivePrice);
        }
        if self.high < self.low {
            return Err(CandleFault::HighBelowLow);
        }
        let range = self.low..=self.high;
        if !range.contains(&self.open) || !range.contains(&self.close) {
            return Err(CandleFault::OutsideRange);
        }
        let amounts = [Some(self.volume), self.quote_volume, self.taker_buy_base, self.taker_buy_quote];
        if amounts.into_iter().flatten().any(|amount| amount.is_sign_negative() && !amount.is_zero()) {
            return Err(CandleFault::NegativeVolume);
        }
        if self.taker_buy_base.is_some_and(|taker| taker > self.volume) {
            return Err(CandleFault::TakerAboveVolume);
        }
        Ok(())
    }

    /// Returns whether the values pass by comparing their digits alone; `false` says nothing.
    fn is_plainly_true(&self) -> bool {
        let prices = [self.open, self.high, self.low, self.close];
        let amounts = [self.quote_volume, self.taker_buy_quote];
        let Some([open, high, low, close]) = same_scale(prices) else { return false };
        let Some([taker, volume]) = same_scale([self.taker_buy_base.unwrap_or(self.volume), self.volume])
        else {
            return false;
        };
        low > 0
            && (low..=high).contains(&open)
            && (low..=high).contains(&close)
            && taker <= volume
            && amounts.into_iter().flatten().all(|amount| !amount.is_sign_negative())
    }

    /// Returns whether nothing was traded in it.
    pub fn is_flat(&self) -> bool {
        self.volume.is_zero()
    }
}

/// Returns the digits of values that have the same number of decimals, none negative, and fit 64 bits.
fn same_scale<const N: usize>(values: [Decimal; N]) -> Option<[u64; N]> {
    let mut digits = [0; N];
    for (digits, value) in digits.iter_mut().zip(values) {
        let parts = value.unpack();
        if parts.negative || parts.hi != 0 || value.scale() != values[0].scale() {
            return None;
        }
        *digits = u64::from(parts.mid) << 32 | u64::from(parts.lo);
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Interval;

    fn candle(open: i64, high: i64, low: i64, close: i64) -> Candle {
        Candle {
            open_time: Timestamp::from_ms(3_600_000),
            open: open.into(),
            high: high.into(),
            low: low.into(),
            close: close.into(),
            volume: Decimal::ONE,
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(candle(2, 3, 1, 2).check(Interval::H1), Ok(()));
        assert_eq!(candle(2, 3, 1, 2).check(Interval::D1), Err(CandleFault::OffGrid));
        assert_eq!(candle(2, 1, 3, 2).check(Interval::H1), Err(CandleFault::HighBelowLow));
        assert_eq!(candle(4, 3, 1, 2).check(Interval::H1), Err(CandleFault::OutsideRange));
        assert_eq!(candle(2, 3, 0, 2).check(Interval::H1), Err(CandleFault::NonPositivePrice));
        let negative = Candle { volume: Decimal::NEGATIVE_ONE, ..candle(2, 3, 1, 2) };
        assert_eq!(negative.check(Interval::H1), Err(CandleFault::NegativeVolume));
        let taker = Candle { taker_buy_base: Some(Decimal::TWO), ..candle(2, 3, 1, 2) };
        assert_eq!(taker.check(Interval::H1), Err(CandleFault::TakerAboveVolume));
    }

    proptest! {
        #[test]
        fn what_digits_tell_is_what_values_tell(
            digits in prop::array::uniform8(0_i64..4), scales in prop::array::uniform8(0_u32..2), known in any::<bool>(),
        ) {
            let [open, high, low, close, volume, quote, taker, taker_quote] =
                std::array::from_fn(|index| Decimal::new(digits[index] - i64::from(scales[7 - index]), scales[index]));
            let some = |value| known.then_some(value);
            let candle = Candle {
                open, high, low, close, volume,
                quote_volume: some(quote), taker_buy_base: some(taker), taker_buy_quote: some(taker_quote),
                ..candle(1, 1, 1, 1)
            };
            prop_assert!(!candle.is_plainly_true() || candle.check_values().is_ok(), "{candle:?}");
        }

        #[test]
        fn an_exchange_s_candle_is_judged_by_digits(digits in prop::array::uniform8(1_i64..4)) {
            let [open, high, low, close, volume, quote, taker, taker_quote] =
                digits.map(|digits| Decimal::new(digits, 8));
            let candle = Candle {
                open, high, low, close, volume,
                quote_volume: Some(quote), taker_buy_base: Some(taker), taker_buy_quote: Some(taker_quote),
                ..candle(1, 1, 1, 1)
            };
            prop_assert_eq!(candle.is_plainly_true(), candle.check_values().is_ok());
        }
    }
}
