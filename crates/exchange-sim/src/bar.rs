//! The simulator's own candle: integers in units of 1e-8, so that folding finer bars into coarser ones is exact.
//!
//! Invariants: `low <= open, close <= high`; amounts are never negative; `taker <= volume` in base and quote.
//! It knows neither its open time nor its interval; that is the row's business.

use rust_decimal::Decimal;
use types::{Candle, Timestamp};

/// Units in one: eight decimals, as Binance writes every price and amount.
pub(crate) const SCALE: u32 = 8;

/// Prices, base and quote amounts in 1e-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) open: i64,
    pub(crate) high: i64,
    pub(crate) low: i64,
    pub(crate) close: i64,
    pub(crate) volume: i64,
    pub(crate) quote: i128,
    pub(crate) trades: i64,
    pub(crate) taker_base: i64,
    pub(crate) taker_quote: i128,
}

/// Why a candle cannot be replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarError {
    /// More than eight decimals, or an amount beyond the wire format's range.
    #[error("a price or amount does not fit Binance's eight decimals")]
    Range,
    /// The candle contradicts itself.
    #[error(transparent)]
    Fault(#[from] types::CandleFault),
}

impl Bar {
    /// Returns a bar without trades at one price.
    pub(crate) const fn flat(price: i64) -> Self {
        Self {
            open: price,
            high: price,
            low: price,
            close: price,
            volume: 0,
            quote: 0,
            trades: 0,
            taker_base: 0,
            taker_quote: 0,
        }
    }

    /// Returns whether the quote amounts are known: something was traded for nothing only where the column is absent.
    pub(crate) const fn has_quote(&self) -> bool {
        self.quote > 0 || self.volume == 0
    }

    /// Returns whether the number of trades is known.
    pub(crate) const fn has_trades(&self) -> bool {
        self.trades > 0 || self.volume == 0
    }

    /// Returns this bar followed by the next finer one.
    #[must_use]
    pub(crate) fn then(self, next: &Self) -> Self {
        Self {
            open: self.open,
            high: self.high.max(next.high),
            low: self.low.min(next.low),
            close: next.close,
            volume: self.volume + next.volume,
            quote: self.quote + next.quote,
            trades: self.trades + next.trades,
            taker_base: self.taker_base + next.taker_base,
            taker_quote: self.taker_quote + next.taker_quote,
        }
    }

    /// Folds consecutive bars into one; `None` where all are missing.
    pub(crate) fn fold(bars: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        bars.into_iter().flatten().reduce(|total, next| total.then(&next))
    }

    /// Returns what is known of this bar once `elapsed` of `whole` milliseconds have passed.
    ///
    /// Inside the bar the price walks open → nearer extreme → other extreme → close in three equal legs, and volume
    /// arrives evenly. Nothing later than `elapsed` shows: the high is the highest price so far.
    #[must_use]
    pub(crate) fn partial(&self, elapsed: i64, whole: i64) -> Self {
        if elapsed >= whole || whole <= 0 {
            return *self;
        }
        let (done, all) = (i128::from(elapsed.max(0)), i128::from(whole));
        let share = |amount: i128| amount * done / all;
        let narrow = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
        // Like prices, amounts keep the step that the whole bar shows.
        let step = coarseness(&[self.volume, self.taker_base]);
        let stepped = |amount: i64| {
            let arrived = narrow(share(amount.into()));
            arrived - arrived % step
        };
        let volume = stepped(self.volume);
        let trades = narrow(share(self.trades.into()));
        if volume == 0 || (trades == 0 && self.trades > 0) {
            return Self::flat(self.open);
        }
        let is_low_first = self.open - self.low <= self.high - self.open;
        let (first, second) = if is_low_first { (self.low, self.high) } else { (self.high, self.low) };
        let corners = [self.open, first, second, self.close];
        let tick = coarseness(&corners);
        let (mut high, mut low, mut price) = (self.open, self.open, self.open);
        for (leg, pair) in (0_i128..).zip(corners.windows(2)) {
            let into_leg = (done * 3 - all * leg).min(all);
            if into_leg <= 0 {
                break;
            }
            price = pair[0] + narrow(i128::from(pair[1] - pair[0]) * into_leg / all);
            price -= price % tick;
            price = price.clamp(self.low, self.high);
            high = high.max(price);
            low = low.min(price);
        }
        let bound = |value: i128, amount: i64| {
            let unit = 10_i128.pow(SCALE);
            let (least, most) = (i128::from(low) * i128::from(amount), i128::from(high) * i128::from(amount));
            // Rounded inwards, so that quote / volume always lies within low..high.
            value.clamp((least + unit - 1) / unit, (most / unit).max((least + unit - 1) / unit))
        };
        let quote = bound(share(self.quote), volume);
        let taker_base = stepped(self.taker_base);
        let taker_quote = bound(share(self.taker_quote), taker_base).min(quote);
        Self { open: self.open, high, low, close: price, volume, quote, trades, taker_base, taker_quote }
    }

    /// Reads a candle that is to be replayed. Columns that a six-column file lacks become zero.
    pub(crate) fn from_candle(candle: &Candle) -> Result<Self, BarError> {
        let wide = |value: Decimal| {
            let mut exact = value;
            exact.rescale(SCALE);
            if exact == value { Ok(exact.mantissa()) } else { Err(BarError::Range) }
        };
        let narrow = |value: Decimal| i64::try_from(wide(value)?).map_err(|_| BarError::Range);
        let zero = Decimal::ZERO;
        Ok(Self {
            open: narrow(candle.open)?,
            high: narrow(candle.high)?,
            low: narrow(candle.low)?,
            close: narrow(candle.close)?,
            volume: narrow(candle.volume)?,
            quote: wide(candle.quote_volume.unwrap_or(zero))?,
            trades: i64::try_from(candle.trades.unwrap_or(0)).map_err(|_| BarError::Range)?,
            taker_base: narrow(candle.taker_buy_base.unwrap_or(zero))?,
            taker_quote: wide(candle.taker_buy_quote.unwrap_or(zero))?,
        })
    }

    /// Returns the candle in the house's own terms.
    pub(crate) fn to_candle(self, open_time: Timestamp) -> Candle {
        let decimal = |units: i128| Decimal::from_i128_with_scale(units, SCALE);
        Candle {
            open_time,
            open: decimal(self.open.into()),
            high: decimal(self.high.into()),
            low: decimal(self.low.into()),
            close: decimal(self.close.into()),
            volume: decimal(self.volume.into()),
            quote_volume: Some(decimal(self.quote)),
            trades: u64::try_from(self.trades).ok(),
            taker_buy_base: Some(decimal(self.taker_base.into())),
            taker_buy_quote: Some(decimal(self.taker_quote)),
        }
    }
}

/// Writes 1e-8 units the way Binance does: always eight decimals.
pub(crate) fn text(units: impl Into<i128>) -> String {
    let units: i128 = units.into();
    let unit = 10_i128.pow(SCALE);
    format!("{}.{:08}", units / unit, units % unit)
}

/// Returns the largest power of ten that divides all values, at most one whole unit: the tick or step they were made with.
pub(crate) fn coarseness(values: &[i64]) -> i64 {
    let mut step = 100_000_000;
    while step > 1 && values.iter().any(|value| value % step != 0) {
        step /= 10;
    }
    step
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bar() -> Bar {
        Bar {
            open: 100_000_000,
            high: 140_000_000,
            low: 90_000_000,
            close: 120_000_000,
            volume: 6_000_000,
            quote: 7_000_000,
            trades: 60,
            taker_base: 3_000_000,
            taker_quote: 3_500_000,
        }
    }

    #[test]
    fn amounts_are_written_with_eight_decimals() {
        assert_eq!(text(1_i64), "0.00000001");
        assert_eq!(text(720_001_000_000_i64), "7200.01000000");
    }

    #[test]
    fn a_bar_that_just_opened_shows_only_its_open() {
        assert_eq!(bar().partial(0, 60_000), Bar::flat(100_000_000));
        assert_eq!(bar().partial(60_000, 60_000), bar());
    }

    #[test]
    fn finer_precision_than_eight_decimals_is_refused() {
        let mut candle = bar().to_candle(Timestamp::EPOCH);
        candle.volume = Decimal::new(1, 9);
        assert_eq!(Bar::from_candle(&candle), Err(BarError::Range));
    }

    #[test]
    fn a_candle_survives_the_round_trip() {
        assert_eq!(Bar::from_candle(&bar().to_candle(Timestamp::EPOCH)), Ok(bar()));
    }

    proptest! {
        #[test]
        fn an_unfinished_bar_never_knows_its_future(elapsed in 0_i64..60_000) {
            let (now, later) = (bar().partial(elapsed, 60_000), bar().partial(elapsed + 1, 60_000));
            for known in [now, later] {
                prop_assert!(known.to_candle(Timestamp::EPOCH).check(types::Interval::M1).is_ok());
            }
            prop_assert!(now.high <= later.high && now.low >= later.low && now.volume <= later.volume);
            prop_assert!(later.high <= bar().high && later.low >= bar().low && later.quote <= bar().quote);
        }
    }
}
