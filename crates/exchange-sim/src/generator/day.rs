//! One day of a symbol, minute by minute: a bridge from the day's open to its close with bursts, wicks, volume and outages.
//!
//! Invariants: minutes are the only candles ever drawn (everything coarser is a fold of them); the drawing depends on seed,
//! symbol and day alone; quote amounts are volume × a price inside the candle, exactly.

use crate::bar::Bar;
use crate::generator::listing::Listing;
use crate::generator::maths::{Rng, whole};
use crate::generator::outage::{MINUTES_PER_DAY, Outages, Service};
use crate::generator::regime::{DayPlan, TICK};

const DAY_STREAM: u64 = 4;
const MINUTES: usize = 1440;
/// Units of 1e-8 in a quantity step of 0.00001.
const STEP: i64 = 1_000;
/// Activity by UTC hour: quiet after midnight, busiest when New York opens. The mean is 1.
const HOURLY_ACTIVITY: [f64; 24] = [
    1.05, 0.90, 0.80, 0.72, 0.66, 0.64, 0.70, 0.82, 0.95, 0.98, 0.94, 0.96, 1.10, 1.42, 1.60, 1.52, 1.40,
    1.25, 1.12, 1.04, 0.98, 0.90, 0.78, 0.77,
];

/// Draws the 1440 minutes of a day since the epoch; `None` is a missing candle.
pub(crate) fn draw(
    seed: u64,
    symbol_key: u64,
    listing: &Listing,
    day: i64,
    plan: &DayPlan,
) -> Vec<Option<Bar>> {
    let mut rng = Rng::keyed(seed, &[DAY_STREAM, symbol_key, day.unsigned_abs()]);
    let activity = activity(&mut rng);
    let path = path(&mut rng, plan, &activity);
    let outages = Outages::around(seed, day);
    // 1970-01-01 was a Thursday, so 2 and 3 are Saturday and Sunday.
    let weekday = if matches!(day.rem_euclid(7), 2 | 3) { 0.68 } else { 1.0 };
    let ordinary = listing.daily_volume / 1440.0 * weekday * (0.3 + 0.7 * plan.heat);
    let total: f64 = activity.iter().sum();

    let mut before = plan.open;
    let mut last_close = plan.open;
    let mut was_open = true;
    let minutes = (0..MINUTES_PER_DAY).zip(path.into_iter().zip(activity)).map(|(minute, (target, heat))| {
        let opened_at = if was_open { last_close } else { before };
        before = target;
        let service = outages.at(minute);
        was_open = service == Service::Open;
        if service == Service::Down {
            return None;
        }
        if service == Service::Halted || rng.chance(listing.idle_share) {
            return Some(Bar::flat(last_close));
        }
        let deviation = plan.volatility * (heat / total).sqrt();
        // Volume rises faster than volatility when something happens.
        let busy = heat.sqrt() * (0.5 + 0.5 * heat.sqrt());
        let bar = trade(&mut rng, listing, opened_at, target, deviation, ordinary * busy);
        last_close = bar.close;
        Some(bar)
    });
    minutes.collect()
}

/// Draws each minute's share of the day's variance: the daily cycle, slow swings, and bursts that rise at once and fade.
fn activity(rng: &mut Rng) -> Vec<f64> {
    let mut swing = 0.0_f64;
    let mut burst = 0.0_f64;
    let fade = 0.975 + 0.02 * rng.unit();
    (0..MINUTES)
        .map(|minute| {
            swing = 0.985 * swing + 0.07 * rng.normal();
            burst *= fade;
            if rng.chance(0.0011) {
                burst += 2.0 + 9.0 * rng.unit();
            }
            HOURLY_ACTIVITY[minute / 60] * (1.0 + swing).max(0.25) + burst
        })
        .collect()
}

/// Draws the price at the end of every minute, on the tick; the last one is the day's close.
fn path(rng: &mut Rng, plan: &DayPlan, activity: &[f64]) -> Vec<i64> {
    let total: f64 = activity.iter().sum();
    let mut walked = 0.0_f64;
    let walk: Vec<f64> = activity
        .iter()
        .map(|share| {
            walked += rng.normal() * share.sqrt();
            walked
        })
        .collect();
    let (open, close) = (to_float(plan.open), to_float(plan.close));
    let scale = open.min(close) * plan.volatility / total.sqrt();
    let floor = to_float(TICK).max(0.3 * open.min(close));
    let mut elapsed = 0.0_f64;
    let mut prices: Vec<i64> = walk
        .into_iter()
        .zip(activity)
        .map(|(position, share)| {
            elapsed += share;
            let done = elapsed / total;
            // A bridge: what the walk would end at is taken back in step with the variance that has passed.
            let price = open + (close - open) * done + scale * (position - walked * done);
            on_tick(price.max(floor))
        })
        .collect();
    if let Some(last) = prices.last_mut() {
        *last = plan.close;
    }
    prices
}

/// Draws one minute's candle around its two ends.
fn trade(rng: &mut Rng, listing: &Listing, opened_at: i64, close: i64, deviation: f64, ordinary: f64) -> Bar {
    // The first trade of a minute is often a tick away from the last one of the minute before.
    let jitter = match rng.below(8) {
        0 => TICK,
        1 => -TICK,
        _ => 0,
    };
    let open = (opened_at + jitter).max(TICK);
    let (top, bottom) = (open.max(close), open.min(close));
    let reach = deviation * to_float(close);
    let wick = |draw: f64| on_tick(reach * 1.1 * draw * draw);
    let high = top + wick(rng.unit());
    let low = (bottom - wick(rng.unit())).max(TICK);

    let surprise = (to_float(close - open).abs() / reach.max(to_float(TICK))).min(4.0);
    let draw = rng.unit();
    let amount = ordinary * (0.55 + 0.55 * surprise) * (0.25 + 2.2 * draw * draw);
    let steps = whole(amount * 100_000.0).max(1);
    let volume = steps * STEP;

    let typical = (to_float(open) + to_float(high) + to_float(low) + to_float(close)) / 4.0;
    let vwap = on_tick(typical + 0.15 * (rng.unit() - 0.5) * to_float(high - low)).clamp(low, high);
    let quote = exact_quote(volume, vwap);
    let trades =
        whole(amount * to_float(close) / 1e8 / listing.trade_size * (0.7 + 0.6 * rng.unit())).clamp(1, steps);

    let tilt = 0.16 * (to_float(close - open) / reach.max(to_float(TICK))).clamp(-2.0, 2.0);
    let share = (0.5 + tilt + 0.09 * rng.normal()).clamp(0.02, 0.98);
    #[expect(clippy::cast_precision_loss, reason = "a minute's steps are far below 2^53")]
    let taker_base = whole(steps as f64 * share).clamp(0, steps) * STEP;
    let rest = volume - taker_base;
    let taker_vwap =
        on_tick(to_float(vwap) + 0.1 * (rng.unit() - 0.3) * to_float(high - low)).clamp(low, high);
    // Makers' part must have traded inside the candle as well.
    let taker_quote = exact_quote(taker_base, taker_vwap)
        .clamp(quote - exact_quote(rest, high), quote - exact_quote(rest, low));
    Bar { open, high, low, close, volume, quote, trades, taker_base, taker_quote }
}

/// Returns amount × price in 1e-8 quote. Steps are 1e3 and ticks 1e6 units, so the division leaves no remainder.
fn exact_quote(amount: i64, price: i64) -> i128 {
    i128::from(amount) * i128::from(price) / 100_000_000
}

/// Rounds 1e-8 units to the tick.
fn on_tick(units: f64) -> i64 {
    whole(units / 1_000_000.0) * TICK
}

#[expect(
    clippy::cast_precision_loss,
    reason = "prices in 1e-8 stay below 2^53 up to 90 million; beyond, a tick is lost in noise"
)]
fn to_float(units: i64) -> f64 {
    units as f64
}
