//! Which stored series a run reads: the one it names, or a finer one of the same pair that its bars are made of.
//!
//! Nothing is stored: the coarser bars live as long as the run. A bar is made of all its finer ones or not at all.

use market_data::{CandleStore, LoadedBars, ProvenanceCounts, SeriesSummary, StoreError};
use types::{Bars, BarsError, Interval, SeriesKey, Timestamp};

/// What is stored for a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The stored interval: that of the series itself, or a finer one.
    pub interval: Interval,
    /// Open time of the first stored candle.
    pub first: Timestamp,
    /// Open time of the last stored candle.
    pub last: Timestamp,
}

impl Source {
    fn of(summary: &SeriesSummary) -> Self {
        Self { interval: summary.key.interval, first: summary.first, last: summary.last }
    }
}

/// Returns what a run on a series reads; `None` when neither it nor a finer series of the pair is stored.
pub async fn source(store: &dyn CandleStore, key: &SeriesKey) -> Result<Option<Source>, StoreError> {
    if let Some(summary) = store.summary(key).await? {
        return Ok(Some(Source::of(&summary)));
    }
    let all = store.series().await?;
    let finer = all.iter().filter(|series| {
        let stored = &series.key;
        stored.exchange == key.exchange
            && stored.symbol == key.symbol
            && stored.interval != key.interval
            && stored.interval.divides(key.interval)
    });
    // The coarsest has the least to read; of all of them it is made of the same candles.
    Ok(finer.max_by_key(|series| series.key.interval.approximate_ms()).map(Source::of))
}

/// Makes bars of a coarser interval; those of which a finer one is missing are left out.
pub(crate) fn coarsen(fine: &LoadedBars, to: Interval) -> Result<LoadedBars, BarsError> {
    let step = fine.bars.interval();
    let (mut open_time, mut columns) = (Vec::new(), <[Vec<f64>; 5]>::default());
    let mut index = 0;
    while let Some(first) = fine.bars.get(index) {
        let open = to.floor(first.open_time);
        let close = to.next_open(open);
        let end = index + fine.bars.open_time()[index..].partition_point(|at| *at < close);
        let count = u64::try_from(end - index).unwrap_or(u64::MAX);
        if count == step.bars_between(open, close) {
            let of = |column: &[f64]| column[index..end].to_vec();
            let fold = |column: &[f64], pick: fn(f64, f64) -> f64| of(column).into_iter().reduce(pick);
            let row = [
                Some(first.open),
                fold(fine.bars.high(), f64::max),
                fold(fine.bars.low(), f64::min),
                fine.bars.close().get(end - 1).copied(),
                fold(fine.bars.volume(), |a, b| a + b),
            ];
            open_time.push(open);
            for (column, value) in columns.iter_mut().zip(row) {
                column.extend(value);
            }
        }
        index = end;
    }
    let made = open_time.len() as u64;
    // What touches a generated candle stays marked as generated.
    let provenance = if fine.provenance.synthetic > 0 {
        ProvenanceCounts { synthetic: made, ..ProvenanceCounts::default() }
    } else {
        ProvenanceCounts { resampled: made, ..ProvenanceCounts::default() }
    };
    Ok(LoadedBars { bars: Bars::new(to, open_time, columns)?, provenance })
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::RandomWalk;

    #[test]
    fn a_coarser_bar_is_made_of_all_its_finer_ones_or_not_at_all() {
        // Ten hours from midnight with the sixth missing: the bar of 04:00 has a hole, that of 08:00 is not over.
        let bars = RandomWalk::new(3).interval(Interval::H1).hole(5, 1).bars(10);
        assert_eq!(bars.open_time()[4].as_ms() % Timestamp::DAY_MS, 4 * 3_600_000);
        let provenance = ProvenanceCounts { imported: 10, ..ProvenanceCounts::default() };
        let fine = LoadedBars { bars, provenance };
        let coarse = coarsen(&fine, Interval::H4).expect("bars");
        assert_eq!(coarse.bars.len(), 1);
        let (bar, bars) = (coarse.bars.get(0).expect("a bar"), &fine.bars);
        assert_eq!((bar.open_time, bar.open), (bars.open_time()[0], bars.open()[0]));
        assert_eq!(bar.close.to_bits(), bars.close()[3].to_bits());
        let highest = bars.high()[..4].iter().copied().fold(f64::MIN, f64::max);
        let lowest = bars.low()[..4].iter().copied().fold(f64::MAX, f64::min);
        assert_eq!((bar.high.to_bits(), bar.low.to_bits()), (highest.to_bits(), lowest.to_bits()));
        assert_eq!(coarse.provenance, ProvenanceCounts { resampled: 1, ..ProvenanceCounts::default() });
    }

    #[test]
    fn what_touches_a_generated_candle_stays_generated() {
        let fine = LoadedBars {
            bars: RandomWalk::new(3).interval(Interval::H1).bars(8),
            provenance: ProvenanceCounts { imported: 7, synthetic: 1, ..ProvenanceCounts::default() },
        };
        let coarse = coarsen(&fine, Interval::H4).expect("bars");
        assert_eq!((coarse.bars.len(), coarse.provenance.synthetic), (2, 2));
    }
}
