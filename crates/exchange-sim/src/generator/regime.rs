//! The daily skeleton: phases of the market with clustered volatility, and each symbol's daily closes.
//!
//! Invariants: the skeleton reaches from [`FIRST_DAY`] to [`LAST_DAY`] whatever the clock says, so day `n` is the same in every
//! process; the shared market moves all symbols, scaled by their beta. Minutes are none of its business.

use types::Symbol;

use crate::generator::listing::Listing;
use crate::generator::maths::{Rng, exp, whole};

/// 2020-01-01 in days since the epoch: the generated history starts here.
pub(crate) const FIRST_DAY: i64 = 18_262;
/// 2050-01-01: the generated history ends before it.
pub(crate) const LAST_DAY: i64 = 29_220;

/// Units of 1e-8 in a price tick of 0.01.
pub(crate) const TICK: i64 = 1_000_000;

const MARKET_STREAM: u64 = 1;
const SYMBOL_STREAM: u64 = 2;

/// A kind of phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Regime {
    Range,
    Bull,
    Bear,
    Crash,
    Rebound,
}

/// How much of the way back to where a range began is made up for in a day.
const RANGE_PULL: f64 = 0.12;

impl Regime {
    /// How many days it lasts at least, and how many more at most.
    const fn days(self) -> (u32, u32) {
        match self {
            Self::Range => (30, 25),
            Self::Bull => (40, 40),
            Self::Bear => (30, 30),
            Self::Crash => (2, 2),
            Self::Rebound => (5, 5),
        }
    }

    /// The mean daily return of the weakest such phase, and how much stronger the strongest one is.
    const fn drift(self) -> (f64, f64) {
        match self {
            Self::Range => (0.0, 0.0),
            Self::Bull => (0.005, 0.0035),
            Self::Bear => (-0.005, -0.0035),
            Self::Crash => (-0.05, -0.03),
            Self::Rebound => (0.012, 0.008),
        }
    }

    /// How much wilder than usual its days are.
    const fn wildness(self) -> f64 {
        match self {
            Self::Range => 0.33,
            Self::Bull => 0.62,
            Self::Bear => 0.78,
            Self::Crash => 2.0,
            Self::Rebound => 1.3,
        }
    }
}

/// The phases of the market, one after the other without end.
///
/// They come in rounds of a rise, a fall and one or two quiet ranges, sometimes with a crash before the fall. The longest round is
/// shorter than nine months, so that every year has all of them from beginning to end.
#[derive(Debug)]
struct Phases {
    /// What is left of this round, last first.
    round: Vec<Regime>,
    regime: Regime,
    days_left: u32,
    drift: f64,
    /// What the market has made since the phase began.
    moved: f64,
}

impl Phases {
    const fn new() -> Self {
        Self { round: Vec::new(), regime: Regime::Range, days_left: 0, drift: 0.0, moved: 0.0 }
    }

    /// Moves on to the next day; returns its mean return and how wild it is.
    fn next_day(&mut self, rng: &mut Rng) -> (f64, f64) {
        if self.days_left == 0 {
            self.begin(rng);
        }
        self.days_left -= 1;
        let drift = if self.regime == Regime::Range { -RANGE_PULL * self.moved } else { self.drift };
        (drift, self.regime.wildness())
    }

    fn begin(&mut self, rng: &mut Rng) {
        if self.round.is_empty() {
            self.round = vec![Regime::Range, Regime::Bear];
            if rng.chance(0.35) {
                self.round.extend([Regime::Rebound, Regime::Crash]);
            }
            if rng.chance(0.5) {
                self.round.push(Regime::Range);
            }
            self.round.push(Regime::Bull);
        }
        self.regime = self.round.pop().unwrap_or(Regime::Range);
        let ((days, more_days), (drift, more_drift)) = (self.regime.days(), self.regime.drift());
        self.days_left = days + rng.below(more_days + 1);
        self.drift = drift + more_drift * rng.unit();
        self.moved = 0.0;
    }
}

/// One day of the market as a whole.
#[derive(Debug, Clone, Copy)]
struct MarketDay {
    /// Return of a symbol with beta 1.
    shock: f64,
    /// Volatility relative to an ordinary day's.
    heat: f64,
}

/// One day of a symbol: where it starts and ends, and how wild it is between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DayPlan {
    /// Close of the day before, 1e-8 quote.
    pub(crate) open: i64,
    /// Close of the day, 1e-8 quote.
    pub(crate) close: i64,
    /// Standard deviation of the day's wandering, as a fraction of the price.
    pub(crate) volatility: f64,
    /// Volatility relative to an ordinary day's; volume follows it.
    pub(crate) heat: f64,
}

/// All days of one symbol.
#[derive(Debug)]
pub(crate) struct Skeleton {
    days: Vec<DayPlan>,
}

impl Skeleton {
    /// Draws a symbol's days.
    pub(crate) fn new(seed: u64, listing: &Listing) -> Self {
        let mut rng = Rng::keyed(seed, &[SYMBOL_STREAM, symbol_key(&listing.symbol)]);
        // The logarithm is counted from the start price, which makes that price the anchor of long swings.
        let (mut log, mut open) = (0.0_f64, price(listing.start_price));
        let mut days = Vec::new();
        for market in market_days(seed) {
            let own = listing.own_volatility * rng.normal() * (0.4 + 0.6 * market.heat);
            let pull = -0.0012 * (log - 0.6);
            log = (log + (listing.beta * market.shock + own + pull).clamp(-0.38, 0.38)).clamp(-2.2, 4.0);
            let close = price(listing.start_price * exp(log));
            let volatility = (0.022 * listing.beta + 0.6 * listing.own_volatility) * market.heat;
            days.push(DayPlan { open, close, volatility: volatility.min(0.12), heat: market.heat });
            open = close;
        }
        Self { days }
    }

    /// Returns the plan of a day since the epoch, or `None` outside of history.
    pub(crate) fn day(&self, day: i64) -> Option<DayPlan> {
        self.days.get(usize::try_from(day - FIRST_DAY).ok()?).copied()
    }
}

/// Returns the number by which a symbol's random draws are told from another's.
pub(crate) fn symbol_key(symbol: &Symbol) -> u64 {
    symbol.as_str().bytes().fold(0, |hash: u64, byte| hash.wrapping_mul(257) ^ u64::from(byte))
}

/// Draws the market's days: phases whose shocks feed a GARCH(1,1) volatility.
fn market_days(seed: u64) -> impl Iterator<Item = MarketDay> {
    let mut rng = Rng::keyed(seed, &[MARKET_STREAM]);
    let (mut phases, mut variance) = (Phases::new(), 1.0_f64);
    (FIRST_DAY..LAST_DAY).map(move |_| {
        let (drift, wildness) = phases.next_day(&mut rng);
        let draw = rng.normal() * if rng.chance(0.04) { 2.2 } else { 1.0 };
        let heat = variance.sqrt() * wildness;
        let shock = drift + 0.026 * heat * draw;
        phases.moved += shock;
        variance = (0.05 + 0.12 * variance * draw * draw + 0.82 * variance).clamp(0.25, 6.0);
        MarketDay { shock, heat }
    })
}

/// Rounds a price to the tick, at least one tick.
fn price(value: f64) -> i64 {
    whole(value * 100.0).max(1) * TICK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::listing::default_listings;

    fn returns(index: usize) -> Vec<f64> {
        let skeleton = Skeleton::new(1, &default_listings()[index]);
        #[expect(clippy::cast_precision_loss, reason = "prices are far below 2^53")]
        skeleton.days.iter().map(|day| day.close as f64 / day.open as f64 - 1.0).collect()
    }

    #[test]
    fn every_day_opens_where_the_last_one_closed() {
        for listing in default_listings() {
            let skeleton = Skeleton::new(1, &listing);
            assert!(skeleton.days.windows(2).all(|pair| pair[0].close == pair[1].open));
            assert!(skeleton.days.iter().all(|day| day.close >= 100 * TICK && day.close % TICK == 0));
        }
    }

    #[test]
    fn volatility_clusters_and_tails_are_fat() {
        let returns = returns(0);
        let count = f64::from(u32::try_from(returns.len()).unwrap());
        let squares: Vec<f64> = returns.iter().map(|value| value * value).collect();
        let mean = squares.iter().sum::<f64>() / count;
        let spread = squares.iter().map(|square| (square - mean).powi(2)).sum::<f64>();
        let lagged = squares.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum::<f64>() / spread;
        assert!(lagged > 0.1, "autocorrelation of squared returns {lagged}");
        let kurtosis = spread / count / mean.powi(2) + 1.0;
        assert!(kurtosis > 4.0, "kurtosis {kurtosis}");
    }

    /// A first backtest covers about a year: whichever it is, there is something to see.
    #[test]
    #[expect(clippy::cast_precision_loss, reason = "prices are far below 2^53")]
    fn every_year_rises_falls_and_rests_for_weeks() {
        const YEAR: usize = 365;
        const REST: usize = 21;
        for seed in [1, 2, 7] {
            let skeleton = Skeleton::new(seed, &default_listings()[0]);
            let closes: Vec<f64> = skeleton.days.iter().map(|day| day.close as f64).collect();
            for (start, year) in closes.windows(YEAR).enumerate().step_by(30) {
                let (mut rise, mut fall) = (0.0_f64, 0.0_f64);
                let (mut low, mut high) = (year[0], year[0]);
                for &close in year {
                    (low, high) = (low.min(close), high.max(close));
                    (rise, fall) = (rise.max(close / low - 1.0), fall.min(close / high - 1.0));
                }
                assert!(rise > 0.2 && fall < -0.15, "seed {seed}, day {start}: {rise} {fall}");
                let calm = year.windows(REST).map(|days| {
                    let (low, high) = days
                        .iter()
                        .fold((f64::MAX, 0.0_f64), |(low, high), &close| (low.min(close), high.max(close)));
                    high / low - 1.0
                });
                let calmest = calm.fold(f64::MAX, f64::min);
                assert!(calmest < 0.08, "seed {seed}, day {start}: {calmest}");
            }
        }
    }

    #[test]
    fn symbols_move_together_but_not_alike() {
        let (btc, eth) = (returns(0), returns(1));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let correlation = dot(&btc, &eth) / (dot(&btc, &btc) * dot(&eth, &eth)).sqrt();
        assert!((0.5..0.97).contains(&correlation), "{correlation}");
    }
}
