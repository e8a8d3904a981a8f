//! When candles that arrive page by page are handed to the store.
//!
//! An append costs as much as its year has rows by then, because the year's file is rewritten. Waiting until those rows double makes
//! all appends of a year together cost a small multiple of its rows, however many pages they came in.

use std::time::Duration;

use types::{CandleBatch, Timestamp};

/// Fewest candles that are stored at once while more are to come.
const FEWEST: usize = 20_000;
/// Most candles in memory: more than a year of minutes has, in columns some fifty megabytes.
const MOST: usize = 600_000;
/// A crash costs no more candles than came in this time, or the fewest that are stored at once.
const AT_RISK: Duration = Duration::from_secs(10);

/// What was stored so far.
#[derive(Debug, Default)]
pub(crate) struct Batching {
    /// How many candles of the year that is being filled.
    year_rows: usize,
}

impl Batching {
    /// Returns whether so many candles, the store having been given nothing for so long, should be stored although more are to come.
    pub(crate) fn is_due(&self, waiting: usize, since: Duration) -> bool {
        waiting >= MOST || (waiting >= FEWEST && (waiting >= self.year_rows || since >= AT_RISK))
    }

    /// Notes that candles, in order of time, were stored.
    pub(crate) fn stored(&mut self, batch: &CandleBatch) {
        let Some(last) = batch.open_times().next_back() else { return };
        let year = Timestamp::from_ymd(last.year_month().0, 1, 1).unwrap_or(last);
        let rows = batch.open_times().rev().take_while(|open| *open >= year).count();
        self.year_rows = if rows == batch.len() { self.year_rows + rows } else { rows };
    }
}

#[cfg(test)]
mod tests {
    use types::{PlainCandles, PlainRow};

    use super::*;

    const MINUTE: i64 = 60_000;
    const PAGE: i64 = 1000;

    fn page(first: i64) -> CandleBatch {
        let mut rows = PlainCandles::default();
        for minute in first..first + PAGE {
            rows.push(&PlainRow { open_time: minute * MINUTE, amounts: [1; 8], trades: 1 });
        }
        rows.into()
    }

    /// Takes pages of minutes from the start of 1970 on; returns how many rows all appends together write, and the largest of them.
    fn written(pages: i64, since: Duration) -> (usize, usize) {
        let (mut batching, mut waiting) = (Batching::default(), CandleBatch::default());
        let (mut in_year, mut written, mut largest) = (0, 0, 0);
        for number in 1..=pages {
            waiting.extend(page((number - 1) * PAGE));
            if batching.is_due(waiting.len(), since) || number == pages {
                let batch = std::mem::take(&mut waiting);
                batching.stored(&batch);
                in_year += batch.len();
                written += in_year;
                largest = largest.max(batch.len());
            }
        }
        (written, largest)
    }

    #[test]
    fn what_is_written_grows_with_the_rows_and_not_with_their_square() {
        for pages in [100, 200, 500] {
            let (written, largest) = written(pages, Duration::ZERO);
            let rows = usize::try_from(pages * PAGE).unwrap();
            assert!(written <= 3 * rows, "{written} rows written of {rows}");
            assert!(largest < MOST);
        }
    }

    #[test]
    fn candles_that_arrive_slowly_are_not_kept_back() {
        let (_, largest) = written(300, AT_RISK);
        assert_eq!(largest, FEWEST);
    }

    #[test]
    fn a_new_year_begins_with_a_small_batch_again() {
        let mut batching = Batching::default();
        batching.stored(&page(0));
        batching.stored(&page(PAGE));
        assert_eq!(batching.year_rows, 2000);
        batching.stored(&page(365 * 1440 - 10));
        assert_eq!(batching.year_rows, 990);
        assert!(!batching.is_due(FEWEST - 1, AT_RISK) && batching.is_due(FEWEST, Duration::ZERO));
    }
}
