//! OKX's candle lengths: what it calls those that lie on our grid.
//!
//! Six hours and longer come in two grids there, one that begins at midnight in Hong Kong (`1D`) and one at midnight UTC
//! (`1Dutc`); ours is the second. Left out: 8h, which OKX does not have; 3d, whose anchor is written nowhere; 1s, of which
//! OKX keeps a few weeks, and not at the endpoint for recent candles.

use types::Interval;

/// What is offered, finest first.
pub(crate) const INTERVALS: [Interval; 13] = [
    Interval::M1,
    Interval::M3,
    Interval::M5,
    Interval::M15,
    Interval::M30,
    Interval::H1,
    Interval::H2,
    Interval::H4,
    Interval::H6,
    Interval::H12,
    Interval::D1,
    Interval::W1,
    Interval::Mo1,
];

/// Returns what OKX calls a candle length, if it has it.
pub(crate) const fn bar_of(interval: Interval) -> Option<&'static str> {
    Some(match interval {
        Interval::M1 => "1m",
        Interval::M3 => "3m",
        Interval::M5 => "5m",
        Interval::M15 => "15m",
        Interval::M30 => "30m",
        Interval::H1 => "1H",
        Interval::H2 => "2H",
        Interval::H4 => "4H",
        Interval::H6 => "6Hutc",
        Interval::H12 => "12Hutc",
        Interval::D1 => "1Dutc",
        Interval::W1 => "1Wutc",
        Interval::Mo1 => "1Mutc",
        Interval::S1 | Interval::H8 | Interval::D3 => return None,
    })
}

/// Returns the candle length of this name.
pub(crate) fn interval_of(bar: &str) -> Option<Interval> {
    INTERVALS.into_iter().find(|&interval| bar_of(interval) == Some(bar))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_that_is_offered_has_a_name_that_reads_back() {
        for interval in Interval::ALL {
            let bar = bar_of(interval);
            assert_eq!(bar.is_some(), INTERVALS.contains(&interval), "{interval}");
            assert_eq!(bar.and_then(interval_of), bar.map(|_| interval));
        }
        assert!(INTERVALS.is_sorted());
        // The day of Hong Kong is not ours.
        assert_eq!(interval_of("1D"), None);
    }
}
