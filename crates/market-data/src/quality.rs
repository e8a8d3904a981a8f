//! Counts that say how far a series can be trusted: holes, and bars in which nothing was traded.

use serde::{Deserialize, Serialize};
use types::{Interval, Timestamp};

use crate::{Gap, ProvenanceCounts, find_gaps};

/// A stretch of neighbouring bars without a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlatRun {
    /// Open time of its first bar.
    pub start: Timestamp,
    /// Open time of the first bar after it (or the end of its last bar).
    pub end: Timestamp,
    /// How many bars it has.
    pub bars: u64,
}

/// How far a series can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// Number of candles.
    pub rows: u64,
    /// The holes.
    pub gaps: Vec<Gap>,
    /// Bars missing in all holes together.
    pub missing: u64,
    /// Bars without a trade.
    pub flat: u64,
    /// Where they are, in order of time.
    pub flat_runs: Vec<FlatRun>,
    /// How many candles came from where.
    pub provenance: ProvenanceCounts,
}

impl Quality {
    /// Measures a series from its open times and whether each bar is flat.
    pub(crate) fn measure(
        interval: Interval,
        open_times: &[Timestamp],
        is_flat: impl IntoIterator<Item = bool>,
        provenance: ProvenanceCounts,
    ) -> Self {
        let gaps = find_gaps(interval, open_times.iter().copied());
        let mut flat_runs: Vec<FlatRun> = Vec::new();
        for (&at, _) in open_times.iter().zip(is_flat).filter(|row| row.1) {
            let end = interval.next_open(at);
            match flat_runs.last_mut() {
                Some(run) if run.end == at => {
                    run.end = end;
                    run.bars += 1;
                }
                _ => flat_runs.push(FlatRun { start: at, end, bars: 1 }),
            }
        }
        Self {
            rows: open_times.len() as u64,
            missing: gaps.iter().map(|gap| gap.missing).sum(),
            gaps,
            flat: flat_runs.iter().map(|run| run.bars).sum(),
            flat_runs,
            provenance,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_bars_are_gathered_into_runs() {
        let times: Vec<_> = [0, 1, 2, 4, 5].map(|minute| Timestamp::from_ms(minute * 60_000)).into();
        let flat = [true, true, false, true, false];
        let quality = Quality::measure(Interval::M1, &times, flat, ProvenanceCounts::default());
        assert_eq!((quality.rows, quality.flat, quality.missing), (5, 3, 1));
        let runs: Vec<_> = quality.flat_runs.iter().map(|run| (run.start.as_ms(), run.bars)).collect();
        assert_eq!(runs, [(0, 2), (240_000, 1)]);
    }
}
