//! When small appends go into a journal, and how much of one a year bears.
//!
//! Rewriting a year costs in proportion to its rows, a journal costs every reader a little. The defaults were measured with
//! `examples/measure.rs`; `docs/concepts/lake.md` has the figures.

use flate2::Crc;
use types::SeriesKey;

/// Rewriting this many rows takes about as long as the flushes that either way of storing needs. A year of hours has 8,784 at most,
/// so coarser series have no journal; a year of minutes gets one in its second week.
const FROM_ROWS: u64 = 10_000;
/// A day of minutes and some: what the hourly comparison with the exchange hands in. Beyond it the year is read as a whole anyway.
const SMALL_ROWS: usize = 2048;
/// A rewrite shared by 256 to 512 appends is a fraction of what each of them costs, and 512 rows are read in a fraction of a
/// millisecond. More would only keep other programs waiting longer for the newest candles.
const FOLD_ROWS: u64 = 512;

/// When a small append goes into a journal rather than into the year file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalPolicy {
    /// Years with fewer rows in their file are rewritten at every append.
    pub from_rows: u64,
    /// Candles handed in at once, for one year, that may still be a small append.
    pub small_rows: usize,
    /// Rows that a journal may hold; at most half of them less, by series, so that thousands of series that began together are not
    /// rewritten together.
    pub fold_rows: u64,
}

impl Default for JournalPolicy {
    fn default() -> Self {
        Self { from_rows: FROM_ROWS, small_rows: SMALL_ROWS, fold_rows: FOLD_ROWS }
    }
}

impl JournalPolicy {
    /// Every append rewrites its year. Journals that are there are read, and folded by the next append that changes something.
    pub const NONE: Self = Self { from_rows: u64::MAX, small_rows: 0, fold_rows: 0 };

    /// Returns how many rows the journal of a year may hold before it is folded.
    pub(super) fn limit(&self, key: &SeriesKey, generation: u64) -> u64 {
        let half = self.fold_rows / 2;
        let spread = self.fold_rows - half;
        if spread == 0 {
            return 0;
        }
        let mut crc = Crc::new();
        crc.update(key.to_string().as_bytes());
        crc.update(&generation.to_le_bytes());
        half + 1 + u64::from(crc.sum()) % spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_of_many_series_are_full_at_different_times() {
        let policy = JournalPolicy::default();
        let limit = |symbol: u32| {
            let symbol = format!("S{symbol}USDT").parse().expect("a symbol");
            let exchange = "binance".parse().expect("an exchange");
            let key = SeriesKey { exchange, symbol, interval: types::Interval::M1 };
            (policy.limit(&key, 0), policy.limit(&key, 1))
        };
        let limits: Vec<_> = (0..1000).map(limit).collect();
        assert!(limits.iter().all(|limit| (257..=512).contains(&limit.0)));
        for eighth in 0..8 {
            let bounds = 257 + eighth * 32..257 + (eighth + 1) * 32;
            let count = limits.iter().filter(|limit| bounds.contains(&limit.0)).count();
            assert!((60..=190).contains(&count), "{count} of 1000 in {bounds:?}");
        }
        assert!(limits.iter().filter(|limit| limit.0 == limit.1).count() < 50, "each time another");
        let key = SeriesKey {
            exchange: "binance".parse().expect("an exchange"),
            symbol: "BTCUSDT".parse().expect("a symbol"),
            interval: types::Interval::M1,
        };
        for (rows, limit) in [(0, 0), (1, 1), (2, 2)] {
            assert_eq!(JournalPolicy { fold_rows: rows, ..policy }.limit(&key, 7), limit);
        }
    }
}
