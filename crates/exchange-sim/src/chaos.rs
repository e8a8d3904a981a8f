//! Plans of misbehaviour: which fault comes when, drawn from a seed.
//!
//! Invariants: a plan is a pure function of seed, duration and density; it names no symbol and no date, so the same plan fits
//! every market; faults are dealt from shuffled decks, so
//! every kind comes in every deck. Carrying a plan out is
//! `chaos/run.rs`'s business.

mod run;

use crate::faults::Fault;
use crate::generator::Rng;

const CHAOS_STREAM: u64 = 5;
const HOUR_MS: i64 = 3_600_000;
/// A year of simulated time: no plan is longer.
const LONGEST_MS: i64 = 366 * 24 * HOUR_MS;
/// No plan holds more faults.
const MOST_FAULTS: f64 = 100_000.0;

/// A fault and when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Milliseconds of the market's clock after the start of the plan.
    pub after_ms: i64,
    /// What happens.
    pub fault: Fault,
}

/// What goes wrong in a stretch of simulated time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChaosPlan {
    planned: Vec<Planned>,
}

/// The kinds of faults. Those of frames and rows come twice as often as those that hit everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Delay,
    Duplicate,
    Reorder,
    Skip,
    Disconnect,
    Stall,
    Shutdown,
    Outage,
    Ban,
    Revise,
    RateLimited,
    ServerError,
    CutBody,
    ShortPage,
    Latency,
    DuplicateRows,
    OutOfOrder,
}

/// A deck holds every kind. Decks are shuffled one by one, so a plan of its length has met them all.
const DECK: [Kind; 23] = [
    Kind::Delay,
    Kind::Delay,
    Kind::Duplicate,
    Kind::Duplicate,
    Kind::Reorder,
    Kind::Reorder,
    Kind::Skip,
    Kind::Skip,
    Kind::Disconnect,
    Kind::Disconnect,
    Kind::Stall,
    Kind::Shutdown,
    Kind::Outage,
    Kind::Ban,
    Kind::Revise,
    Kind::Revise,
    Kind::RateLimited,
    Kind::ServerError,
    Kind::CutBody,
    Kind::ShortPage,
    Kind::Latency,
    Kind::DuplicateRows,
    Kind::OutOfOrder,
];

impl ChaosPlan {
    /// Draws a plan for so many milliseconds of simulated time, with so many faults in an hour of it on average.
    ///
    /// Its faults suit a client that waits by the rate clock, so let that run as fast as the market's.
    pub fn new(seed: u64, duration_ms: i64, per_hour: f64) -> Self {
        let duration_ms = duration_ms.clamp(0, LONGEST_MS);
        #[expect(clippy::cast_precision_loss, reason = "a year in milliseconds is far below 2^53")]
        let wanted = (duration_ms as f64 / HOUR_MS as f64 * per_hour).clamp(0.0, MOST_FAULTS).round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped above; `as` turns what is no number into none"
        )]
        let count = wanted as usize;
        let mut rng = Rng::keyed(seed, &[CHAOS_STREAM]);
        let mut times: Vec<i64> = (0..count).map(|_| below(&mut rng, duration_ms)).collect();
        times.sort_unstable();
        let mut deck: Vec<Kind> = Vec::new();
        let planned = times.into_iter().filter_map(|after_ms| {
            if deck.is_empty() {
                deck.extend(DECK);
            }
            let drawn = index(&mut rng, deck.len());
            (drawn < deck.len()).then(|| Planned { after_ms, fault: draw(deck.swap_remove(drawn), &mut rng) })
        });
        Self { planned: planned.collect() }
    }

    /// Returns what is planned, in order.
    pub fn planned(&self) -> &[Planned] {
        &self.planned
    }
}

fn draw(kind: Kind, rng: &mut Rng) -> Fault {
    let mut between = |least: u32, most: u32| least + rng.below(most - least + 1);
    match kind {
        Kind::Delay => Fault::DelayFrames { ms: between(20, 400), count: between(1, 20) },
        Kind::Duplicate => Fault::DuplicateFrames { count: between(1, 10) },
        Kind::Reorder => Fault::ReorderFrames { count: between(1, 5) },
        Kind::Skip => Fault::SkipClosingFrame,
        Kind::Disconnect => Fault::DisconnectStreams,
        Kind::Stall => Fault::StallStreams { ms: between(100, 1500) },
        Kind::Shutdown => Fault::ServerShutdown { after_ms: between(50, 1000) },
        Kind::Outage => Fault::Outage { ms: between(5_000, 120_000) },
        Kind::Ban => Fault::Ban { secs: between(10, 120) },
        Kind::Revise => Fault::ReviseRecent { nth_symbol: between(0, 99), minutes_ago: between(2, 90) },
        Kind::RateLimited => Fault::RateLimited { retry_after_secs: between(1, 30) },
        Kind::ServerError => Fault::ServerError,
        Kind::CutBody => Fault::CutBody,
        Kind::ShortPage => Fault::ShortPage { rows: small(between(1, 20)) },
        Kind::Latency => Fault::Latency { ms: between(10, 300) },
        Kind::DuplicateRows => Fault::DuplicateRows { count: small(between(1, 5)) },
        Kind::OutOfOrder => Fault::OutOfOrder,
    }
}

fn small(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Draws a number below a positive bound of more than 32 bits; 0 for a bound of 0.
fn below(rng: &mut Rng, bound: i64) -> i64 {
    let bound = u128::from(bound.unsigned_abs());
    i64::try_from((u128::from(rng.bits()) * bound) >> 64).unwrap_or(0)
}

fn index(rng: &mut Rng, length: usize) -> usize {
    small(rng.below(u32::try_from(length).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DAY_MS: i64 = 24 * HOUR_MS;

    fn kinds(plan: &ChaosPlan) -> BTreeSet<String> {
        let kind = |planned: &Planned| serde_json::to_value(&planned.fault).unwrap()["kind"].to_string();
        plan.planned().iter().map(kind).collect()
    }

    #[test]
    fn a_plan_depends_on_its_parameters_alone() {
        let plan = ChaosPlan::new(7, DAY_MS, 4.0);
        assert_eq!(plan, ChaosPlan::new(7, DAY_MS, 4.0));
        assert_ne!(plan, ChaosPlan::new(8, DAY_MS, 4.0));
        assert_eq!(plan.planned().len(), 96);
        assert!(plan.planned().is_sorted_by_key(|planned| planned.after_ms));
        assert!(plan.planned().iter().all(|planned| (0..DAY_MS).contains(&planned.after_ms)));
    }

    #[test]
    fn every_kind_comes_within_one_deck() {
        for seed in 0..20 {
            let plan = ChaosPlan::new(seed, 23 * HOUR_MS, 1.0);
            assert_eq!((plan.planned().len(), kinds(&plan).len()), (23, 17), "seed {seed}");
        }
    }

    #[test]
    fn the_plan_of_seed_one_never_changes() {
        let plan = ChaosPlan::new(1, DAY_MS, 0.5);
        let lines: Vec<String> = plan
            .planned()
            .iter()
            .map(|planned| format!("{} {}", planned.after_ms, serde_json::to_string(&planned.fault).unwrap()))
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn nonsense_plans_nothing() {
        for (duration_ms, per_hour) in [(-1, 5.0), (DAY_MS, -3.0), (DAY_MS, f64::NAN), (0, 1e9)] {
            assert!(ChaosPlan::new(1, duration_ms, per_hour).planned().is_empty());
        }
        assert_eq!(ChaosPlan::new(1, i64::MAX, f64::INFINITY).planned().len(), 100_000);
    }
}
