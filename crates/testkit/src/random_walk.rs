//! A generated market: candles whose close takes a random walk in whole ticks.
//!
//! Integers only until the last step, so candles (exact decimals) and bars (`f64`) of one walk are the same numbers everywhere.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use types::{Bars, Candle, Interval, Timestamp};

use crate::SplitMix64;

/// A recipe for candles. Build it, change what the test is about, and generate.
#[derive(Debug, Clone)]
pub struct RandomWalk {
    seed: u64,
    interval: Interval,
    start: Timestamp,
    price_cents: i64,
    step_per_mille: i64,
    holes: Vec<(usize, usize)>,
}

impl RandomWalk {
    /// Starts with hourly bars from 2024-01-01 at a price of 100.00, moving up to 1 % per bar.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            interval: Interval::H1,
            start: Timestamp::from_ms(1_704_067_200_000),
            price_cents: 10_000,
            step_per_mille: 10,
            holes: Vec::new(),
        }
    }

    /// Sets the length of a bar.
    #[must_use]
    pub const fn interval(mut self, interval: Interval) -> Self {
        self.interval = interval;
        self
    }

    /// Sets the time before which no bar opens.
    #[must_use]
    pub const fn start(mut self, start: Timestamp) -> Self {
        self.start = start;
        self
    }

    /// Sets the first price, in hundredths.
    #[must_use]
    pub const fn price_cents(mut self, price_cents: i64) -> Self {
        self.price_cents = price_cents;
        self
    }

    /// Sets the largest move per bar, in thousandths of the price.
    #[must_use]
    pub const fn step_per_mille(mut self, step_per_mille: i64) -> Self {
        self.step_per_mille = step_per_mille;
        self
    }

    /// Leaves out `length` bars from the one at `first` on, as an outage does. The walk goes on unseen.
    #[must_use]
    pub fn hole(mut self, first: usize, length: usize) -> Self {
        self.holes.push((first, length));
        self
    }

    /// Returns the candles of `count` steps, the holes left out.
    pub fn candles(&self, count: usize) -> Vec<Candle> {
        let mut random = SplitMix64::new(self.seed);
        let mut open_time = self.interval.ceil(self.start);
        let mut price = self.price_cents.max(1);
        let mut candles = Vec::with_capacity(count);
        for index in 0..count {
            let open = price;
            let step = (open * self.step_per_mille / 1000).max(1);
            price = (open + random.between(-step, step)).max(1);
            let high = open.max(price) + random.between(0, step);
            let low = (open.min(price) - random.between(0, step)).max(1);
            let volume = Decimal::new(random.between(1, 1_000_000), 3);
            let taker_buy_base = volume * Decimal::new(random.between(0, 1000), 3);
            let trades = random.below(5000);
            let mid = Decimal::new(high + low, 2) / Decimal::TWO;
            if !self
                .holes
                .iter()
                .any(|&(first, length)| (first..first.saturating_add(length)).contains(&index))
            {
                candles.push(Candle {
                    open_time,
                    open: Decimal::new(open, 2),
                    high: Decimal::new(high, 2),
                    low: Decimal::new(low, 2),
                    close: Decimal::new(price, 2),
                    volume,
                    quote_volume: Some(volume * mid),
                    trades: Some(trades),
                    taker_buy_base: Some(taker_buy_base),
                    taker_buy_quote: Some(taker_buy_base * mid),
                });
            }
            open_time = self.interval.next_open(open_time);
        }
        candles
    }

    /// Returns the same candles as columns of `f64`.
    ///
    /// # Panics
    /// Never: the walk is ordered and finite.
    pub fn bars(&self, count: usize) -> Bars {
        let candles = self.candles(count);
        let column = |field: fn(&Candle) -> Decimal| {
            candles.iter().map(|candle| field(candle).to_f64().unwrap_or(0.0)).collect::<Vec<f64>>()
        };
        let columns = [
            column(|candle| candle.open),
            column(|candle| candle.high),
            column(|candle| candle.low),
            column(|candle| candle.close),
            column(|candle| candle.volume),
        ];
        let times = candles.iter().map(|candle| candle.open_time).collect();
        Bars::new(self.interval, times, columns)
            .expect("Invariant: a walk is a series of finite bars in order")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candle_is_possible_on_every_grid() {
        for interval in Interval::ALL {
            let candles = RandomWalk::new(3).interval(interval).candles(300);
            assert_eq!(candles.len(), 300);
            assert!(candles.iter().all(|candle| candle.check(interval).is_ok()), "{interval}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_market_and_another_seed_another() {
        let walk = RandomWalk::new(42);
        assert_eq!(walk.candles(50), walk.clone().candles(50));
        assert_ne!(walk.candles(50), RandomWalk::new(43).candles(50));
        assert_eq!(walk.candles(60)[..50], walk.candles(50));
        let closes: Vec<String> = walk.candles(3).iter().map(|candle| candle.close.to_string()).collect();
        assert_eq!(closes, ["99.55", "99.58", "99.90"]);
    }

    #[test]
    fn holes_remove_bars_without_changing_the_others() {
        let whole = RandomWalk::new(1).candles(20);
        let holed = RandomWalk::new(1).hole(5, 3).candles(20);
        assert_eq!(holed.len(), 17);
        assert_eq!(holed[5], whole[8]);
        assert_eq!(RandomWalk::new(1).hole(5, 3).bars(20).len(), 17);
    }

    #[test]
    fn a_price_never_falls_to_zero() {
        let candles = RandomWalk::new(9).price_cents(2).step_per_mille(900).candles(2000);
        assert!(candles.iter().all(|candle| candle.check(Interval::H1).is_ok()));
    }
}
