//! Outages of the generated exchange: trading stops (flat candles), then candles are absent altogether.
//!
//! Invariants: an outage hits all symbols alike; its flat part lies wholly inside the day it starts on and never includes that
//! day's first minute, so a day's minutes depend on no other day's candles.

use crate::generator::maths::Rng;
use crate::generator::regime::FIRST_DAY;

pub(crate) const MINUTES_PER_DAY: i64 = 1440;

const OUTAGE_STREAM: u64 = 3;
/// No outage lasts longer, so a day has to look back this far only.
const LONGEST_DAYS: i64 = 2;

/// What became of a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// Trades happened as usual.
    Open,
    /// The candle exists, but nobody could trade.
    Halted,
    /// There is no candle.
    Down,
}

/// One outage, in minutes since the start of the day it began on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outage {
    halted_from: i64,
    down_from: i64,
    back_at: i64,
}

/// The outages that touch one day.
#[derive(Debug, Clone)]
pub(crate) struct Outages(Vec<Outage>);

impl Outages {
    /// Returns the outages that may touch a day since the epoch.
    pub(crate) fn around(seed: u64, day: i64) -> Self {
        let outages = (day - LONGEST_DAYS..=day).filter_map(|start_day| {
            let shift = (start_day - day) * MINUTES_PER_DAY;
            let Outage { halted_from, down_from, back_at } = starting_on(seed, start_day)?;
            Some(Outage {
                halted_from: halted_from + shift,
                down_from: down_from + shift,
                back_at: back_at + shift,
            })
        });
        Self(outages.collect())
    }

    /// Returns what became of a minute of the day.
    pub(crate) fn at(&self, minute: i64) -> Service {
        let down = self.0.iter().any(|outage| (outage.down_from..outage.back_at).contains(&minute));
        let halted = self.0.iter().any(|outage| (outage.halted_from..outage.down_from).contains(&minute));
        match (down, halted) {
            (true, _) => Service::Down,
            (false, true) => Service::Halted,
            (false, false) => Service::Open,
        }
    }
}

/// Draws the outage that starts on a day, if one does: about four a year, mostly hours, rarely more than a day.
fn starting_on(seed: u64, day: i64) -> Option<Outage> {
    // History must begin with a candle, and a demo should not begin with a hole.
    if day <= FIRST_DAY {
        return None;
    }
    let mut rng = Rng::keyed(seed, &[OUTAGE_STREAM, day.unsigned_abs()]);
    if !rng.chance(1.0 / 90.0) {
        return None;
    }
    let minutes = |count: u32| i64::from(count);
    let halted_from = 1 + minutes(rng.below(1300));
    let flat = if rng.chance(0.6) { minutes(rng.below(110)) } else { 0 };
    let down_from = halted_from + flat;
    let kind = rng.unit();
    let down = if kind < 0.15 {
        0
    } else if kind < 0.9 {
        20 + minutes(rng.below(340))
    } else {
        360 + minutes(rng.below(1620))
    };
    Some(Outage { halted_from, down_from, back_at: down_from + down })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::regime::LAST_DAY;

    #[test]
    fn outages_come_a_few_times_a_year_and_stay_in_their_bounds() {
        let outages: Vec<Outage> = (FIRST_DAY..LAST_DAY).filter_map(|day| starting_on(1, day)).collect();
        assert!((60..200).contains(&outages.len()), "{} in thirty years", outages.len());
        for outage in outages {
            assert!(outage.halted_from >= 1 && outage.down_from <= MINUTES_PER_DAY);
            assert!(outage.back_at < (LONGEST_DAYS + 1) * MINUTES_PER_DAY);
        }
    }

    #[test]
    fn an_outage_is_seen_the_same_from_the_day_before_and_after_midnight() {
        for day in FIRST_DAY..LAST_DAY {
            let Some(outage) = starting_on(1, day).filter(|outage| outage.back_at > MINUTES_PER_DAY) else {
                continue;
            };
            let next_day = Outages::around(1, day + 1);
            assert_eq!(next_day.at(0), Service::Down);
            assert_eq!(next_day.at(outage.back_at - MINUTES_PER_DAY - 1), Service::Down);
            return;
        }
        panic!("no outage of this seed crosses midnight");
    }
}
