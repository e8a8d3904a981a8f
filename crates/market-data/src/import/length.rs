//! How long a candle lasts, as its open and close times say it: an interval, or a length that is none.

use std::fmt;

use serde::{Serialize, Serializer};
use types::{Interval, Timestamp};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = Timestamp::DAY_MS;
/// Nothing that is called a candle lasts longer: 400 days.
const LONGEST: i64 = 400 * DAY;
/// What lies between the close that a file states and the first moment after the candle: a millisecond in Binance's archives, nothing
/// where closes are exclusive, a second, a minute or a day where times are cut to those.
const RESOLUTIONS: [i64; 5] = [1, 0, SECOND, MINUTE, DAY];
/// Those of them by which an unknown length is named; the coarser ones would take two minutes for three.
const NAMING: usize = 3;

/// How long the candles of a file last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CandleLength {
    /// One of the intervals.
    Interval(Interval),
    /// So many milliseconds, which is none of them.
    Ms(i64),
    /// So many calendar months, more than one.
    Months(u32),
}

impl CandleLength {
    /// Returns the length of so many milliseconds.
    pub(super) fn of_ms(ms: i64) -> Self {
        let interval = Interval::ALL.into_iter().find(|interval| interval.fixed_ms() == Some(ms));
        interval.map_or(Self::Ms(ms), Self::Interval)
    }

    /// Returns how long a candle lasts, or `None` when its close says nothing sensible.
    pub(super) fn between(open: i64, close: i64) -> Option<Self> {
        if close <= open {
            return None;
        }
        let named = RESOLUTIONS[..NAMING].iter().filter_map(|resolution| after(close, *resolution));
        let spans = || named.clone().filter(|end| (open + 1..open + LONGEST).contains(end));
        spans()
            .find_map(|end| Interval::ALL.into_iter().find(|interval| lasts(*interval, open, end)))
            .map(Self::Interval)
            .or_else(|| spans().map(|end| end - open).find(|ms| ms % MINUTE == 0).map(Self::Ms))
    }
}

/// Returns whether a candle that opens and closes then may be one of this interval, whatever the resolution of its close.
pub(super) fn may_last(interval: Interval, open: i64, close: i64) -> bool {
    let ends = RESOLUTIONS.iter().filter_map(|resolution| after(close, *resolution));
    ends.into_iter().any(|end| lasts(interval, open, end))
}

/// Returns the first moment after a close of this resolution; a close with finer digits does not have it.
fn after(close: i64, resolution: i64) -> Option<i64> {
    (resolution <= 1 || close % resolution == 0).then(|| close.saturating_add(resolution))
}

fn lasts(interval: Interval, open: i64, end: i64) -> bool {
    if let Some(ms) = interval.fixed_ms() {
        return end.saturating_sub(open) == ms;
    }
    let at = Timestamp::from_ms(open);
    interval.is_on_grid(at) && interval.next_open(at).as_ms() == end
}

impl fmt::Display for CandleLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Interval(interval) => f.write_str(interval.as_str()),
            Self::Months(months) => write!(f, "{months}M"),
            Self::Ms(ms) if ms % DAY == 0 => write!(f, "{}d", ms / DAY),
            Self::Ms(ms) if ms % (60 * MINUTE) == 0 => write!(f, "{}h", ms / (60 * MINUTE)),
            Self::Ms(ms) if ms % MINUTE == 0 => write!(f, "{}m", ms / MINUTE),
            Self::Ms(ms) => write!(f, "{}s", ms / SECOND),
        }
    }
}

impl Serialize for CandleLength {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: i64 = 1_704_067_200_000;

    #[test]
    fn closes_of_every_style_say_the_same() {
        for (close, length) in [
            (OPEN + 59_999, "1m"),
            (OPEN + 60_000, "1m"),
            (OPEN + 59_000, "1m"),
            (OPEN + 3_600_000, "1h"),
            (OPEN + 3 * 3_600_000 - 1, "3h"),
            (OPEN + 3 * 3_600_000, "3h"),
            (OPEN + 31 * DAY - 1, "1M"),
            (OPEN + 31 * DAY, "1M"),
            (OPEN + 2 * DAY - SECOND, "2d"),
            (OPEN + 10 * MINUTE - 1, "10m"),
        ] {
            let found = CandleLength::between(OPEN, close).map(|length| length.to_string());
            assert_eq!(found.as_deref(), Some(length), "{}", close - OPEN);
        }
        for close in [OPEN, OPEN - 1, OPEN + 61_234, 0, OPEN + 900 * DAY, i64::MAX, i64::MIN] {
            assert_eq!(CandleLength::between(OPEN, close), None, "{close}");
        }
    }

    #[test]
    fn a_close_cut_to_minutes_or_days_fits_its_own_interval_only() {
        assert!(may_last(Interval::M5, OPEN, OPEN + 4 * MINUTE));
        assert!(may_last(Interval::W1, OPEN, OPEN + 6 * DAY));
        assert!(may_last(Interval::Mo1, OPEN, OPEN + 30 * DAY));
        assert!(!may_last(Interval::M1, OPEN, OPEN + 4 * MINUTE));
        assert!(!may_last(Interval::D1, OPEN, OPEN + 31 * DAY - 1));
        assert!(!may_last(Interval::H1, OPEN, i64::MAX));
    }
}
