//! Drawdowns of per-bar equity: how deep, from when to when, and whether they were made good.
//!
//! The initial capital is the first peak, at the open of the first bar. A drawdown runs from the last bar at its peak to the first
//! close at or above that peak; until then it is under water. Depths are negative. One pass, one division per drawdown.

use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::figure::Figure;
use crate::observation::{Observation, days_between};

/// A fall below a peak.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drawdown {
    /// The last close at the peak (the open of the first bar when the peak is the initial capital).
    pub peak: Timestamp,
    /// The close at which equity was lowest.
    pub trough: Timestamp,
    /// The first close at or above the peak; `None` while still under water.
    pub recovery: Option<Timestamp>,
    /// Its end so far: the recovery, or the last close of the run.
    pub until: Timestamp,
    /// Lowest equity / peak − 1, negative.
    pub depth: f64,
}

/// What one pass over the equity finds.
#[derive(Debug, Default)]
pub(crate) struct Drawdowns {
    /// The five deepest, deepest first; of two equally deep ones the earlier.
    pub(crate) deepest: Vec<Drawdown>,
    /// The one that lasted longest, one still under water counted up to the last close.
    pub(crate) longest: Option<Drawdown>,
}

const KEPT: usize = 5;

impl Drawdown {
    /// Returns days from the peak to the recovery, or to the last close while under water.
    pub fn days(&self) -> f64 {
        days_between(self.peak, self.until)
    }
}

impl Drawdowns {
    /// Finds the drawdowns of a checked observation.
    pub(crate) fn find(observation: &Observation<'_>) -> Self {
        let mut found = Self::default();
        let (mut peak, mut peak_time) = (observation.initial_capital, observation.start);
        let mut trough: Option<(Timestamp, f64)> = None;
        let mut last = observation.start;
        for (&close, &equity) in observation.close_times.iter().zip(observation.equity) {
            if equity >= peak {
                if let Some(bottom) = trough.take() {
                    found.keep(Drawdown::between((peak_time, peak), bottom, Some(close), close));
                }
                (peak, peak_time) = (equity, close);
            } else if trough.is_none_or(|(_, lowest)| equity < lowest) {
                trough = Some((close, equity));
            }
            last = close;
        }
        if let Some(bottom) = trough {
            found.keep(Drawdown::between((peak_time, peak), bottom, None, last));
        }
        found
    }

    fn keep(&mut self, drawdown: Drawdown) {
        if self.longest.is_none_or(|longest| drawdown.days() > longest.days()) {
            self.longest = Some(drawdown);
        }
        let place = self.deepest.partition_point(|kept| kept.depth <= drawdown.depth);
        if place < KEPT {
            self.deepest.truncate(KEPT - 1);
            self.deepest.insert(place, drawdown);
        }
    }

    /// Maximum drawdown, zero when equity never fell below a peak.
    pub(crate) fn max_drawdown(&self) -> f64 {
        self.deepest.first().map_or(0.0, |deepest| deepest.depth)
    }

    /// Days from the peak of the deepest drawdown to its recovery.
    pub(crate) fn max_drawdown_duration(&self) -> Figure {
        let deepest = self.deepest.first().ok_or("equity never fell below a peak")?;
        if deepest.recovery.is_none() {
            return Err(format!("not recovered since {}", deepest.peak.to_date()));
        }
        Ok(deepest.days())
    }

    /// Days of the longest drawdown, up to the last close when it is still under water.
    pub(crate) fn longest_drawdown_duration(&self) -> Figure {
        Ok(self.longest.ok_or("equity never fell below a peak")?.days())
    }
}

impl Drawdown {
    fn between(
        (peak, from): (Timestamp, f64),
        (trough, to): (Timestamp, f64),
        recovery: Option<Timestamp>,
        until: Timestamp,
    ) -> Self {
        // A debt of absurd size over a tiny peak would be infinite; it stays a number.
        Self { peak, trough, recovery, until, depth: (to / from - 1.0).max(-f64::MAX) }
    }
}

/// Returns equity / highest equity so far − 1 for every bar (zero or negative), the initial capital being the first peak: a chart's
/// drawdown pane. Where the peak is not positive there is no ratio and the value is zero.
pub fn drawdown_series(initial_capital: f64, equity: &[f64]) -> impl ExactSizeIterator<Item = f64> {
    let mut peak = initial_capital;
    equity.iter().map(move |&equity| {
        peak = peak.max(equity);
        let depth = equity / peak - 1.0;
        if peak > 0.0 && depth.is_finite() { depth } else { 0.0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::{hours, observe};

    fn find(initial_capital: f64, equity: &[f64]) -> Drawdowns {
        let closes = hours(equity.len());
        Drawdowns::find(&observe(Timestamp::EPOCH, initial_capital, &closes, equity))
    }

    fn hour(count: i64) -> Timestamp {
        Timestamp::from_ms(count * 3_600_000)
    }

    #[test]
    fn runs_from_the_last_bar_at_the_peak_to_the_first_at_or_above_it() {
        let found = find(100.0, &[110.0, 110.0, 99.0, 88.0, 104.5, 110.0, 120.0, 114.0]);
        let first = Drawdown {
            peak: hour(2),
            trough: hour(4),
            recovery: Some(hour(6)),
            until: hour(6),
            depth: 88.0 / 110.0 - 1.0,
        };
        let open = Drawdown {
            peak: hour(7),
            trough: hour(8),
            recovery: None,
            until: hour(8),
            depth: 114.0 / 120.0 - 1.0,
        };
        assert_eq!(found.deepest, vec![first, open]);
        assert_eq!(found.longest, Some(first));
        assert_eq!(found.max_drawdown_duration(), Ok(4.0 / 24.0));
    }

    #[test]
    fn the_initial_capital_is_the_first_peak() {
        let found = find(100.0, &[80.0, 90.0]);
        assert_eq!(found.max_drawdown().to_bits(), (80.0_f64 / 100.0 - 1.0).to_bits());
        assert_eq!(found.deepest[0].peak, Timestamp::EPOCH);
        assert!(found.max_drawdown_duration().expect_err("open").contains("not recovered since 1970-01-01"));
        assert_eq!(found.longest_drawdown_duration(), Ok(2.0 / 24.0));
    }

    #[test]
    fn only_the_five_deepest_are_kept_deepest_first() {
        let mut equity = Vec::new();
        for depth in [3.0, 1.0, 6.0, 2.0, 5.0, 4.0, 7.0] {
            equity.extend([100.0 - depth, 100.0]);
        }
        let depths: Vec<_> =
            find(100.0, &equity).deepest.iter().map(|found| (found.depth * 100.0).round()).collect();
        assert_eq!(depths, [-7.0, -6.0, -5.0, -4.0, -3.0]);
    }

    #[test]
    fn rising_equity_has_none() {
        let found = find(100.0, &[100.0, 101.0, 101.0]);
        assert!(found.deepest.is_empty() && found.longest.is_none());
        assert_eq!(found.max_drawdown().to_bits(), 0.0_f64.to_bits());
        assert!(found.max_drawdown_duration().is_err());
    }

    #[test]
    fn the_series_agrees_with_the_deepest_one() {
        let equity = [90.0, 120.0, 60.0, 130.0];
        let series: Vec<f64> = drawdown_series(100.0, &equity).collect();
        assert_eq!(series, vec![90.0 / 100.0 - 1.0, 0.0, 60.0 / 120.0 - 1.0, 0.0]);
        let lowest = series.iter().copied().fold(0.0, f64::min);
        assert_eq!(lowest.to_bits(), find(100.0, &equity).max_drawdown().to_bits());
        assert!(drawdown_series(0.0, &[-1.0, 0.0]).eq([0.0, 0.0]));
    }
}
