//! Rows that were served in columns: the same page without a struct per row.
//!
//! Invariant: a page is made of columns only where [`CandlePage::from_served`] would make the very same one of them as rows; what
//! it would have to think about is handed to it.

use types::{PlainCandles, Timestamp};

use super::candles::{CandlePage, CandleRequest, ServedCandle};

/// Rows as an exchange served them, not yet checked, in columns of the same length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServedColumns {
    /// Their values.
    pub rows: PlainCandles,
    /// The last millisecond that belongs to each, as the exchange says.
    pub close_times: Vec<Timestamp>,
}

impl ServedColumns {
    /// Returns a struct for each row.
    pub fn into_rows(self) -> Vec<ServedCandle> {
        let rows = self.rows.to_candles().into_iter().zip(self.close_times);
        rows.map(|(candle, close_time)| ServedCandle { candle, close_time }).collect()
    }

    /// Returns how many of the rows are closed, when they are in order, inside the stretch asked for and true, and none but the
    /// last is unfinished.
    fn closed_rows(&self, request: &CandleRequest, closed_before: Timestamp) -> Option<usize> {
        let times = self.rows.open_time();
        let (&first, &last) = (times.first()?, times.last()?);
        let is_asked = first >= request.start.as_ms() && last < request.end.as_ms();
        if !is_asked || !request.grid.is_known() || !self.rows.is_rising() || !self.rows.is_true(request.grid)
        {
            return None;
        }
        let is_closed = |row: usize| {
            let next_open = request.grid.interval().next_open(Timestamp::from_ms(times[row]));
            self.close_times[row] < closed_before && next_open <= closed_before
        };
        // The rows rise, so the grid needs to be looked at for the last two only.
        let (last, before) = (times.len() - 1, times.len().saturating_sub(2));
        let were_closed = self.close_times[..last].iter().all(|&time| time < closed_before);
        if !were_closed || (last > 0 && !is_closed(before)) {
            return None;
        }
        Some(if is_closed(last) { times.len() } else { last })
    }
}

impl CandlePage {
    /// Checks what was served in columns; the same as [`CandlePage::from_served`], and quick where nothing is wrong with it.
    pub fn from_columns(
        served: ServedColumns,
        request: &CandleRequest,
        limit: usize,
        closed_before: Timestamp,
    ) -> Self {
        let Some(closed) = served.closed_rows(request, closed_before) else {
            return Self::from_served(served.into_rows(), request, limit, closed_before);
        };
        let mut page = Self::empty(limit);
        let mut rows = served.rows;
        page.served = rows.len();
        let last = rows.open_time().last().copied().map(Timestamp::from_ms);
        page.next = last.map(|last| last.plus_ms(1));
        if closed < rows.len() {
            page.unfinished = last;
            rows.pop();
        }
        page.candles = rows.into();
        page
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::{Interval, PlainRow};

    use super::*;

    const HOUR: i64 = 3_600_000;

    fn request() -> CandleRequest {
        let (start, end) = (Timestamp::from_ms(2 * HOUR), Timestamp::from_ms(9 * HOUR));
        CandleRequest { symbol: "BTCUSDT".parse().unwrap(), grid: Interval::H1.into(), start, end }
    }

    fn served(rows: &[(i64, i64, i64)]) -> ServedColumns {
        let mut served = ServedColumns::default();
        for &(open_time, close, close_time) in rows {
            let amounts = [10, 20, 1, close, 1, 1, 1, PlainCandles::MISSING];
            assert!(served.rows.push(&PlainRow { open_time, amounts, trades: 1 }));
            served.close_times.push(Timestamp::from_ms(close_time));
        }
        served
    }

    /// The page of some rows, made either way.
    fn page(rows: &[(i64, i64, i64)], closed_before: i64) -> CandlePage {
        let (served, closed_before) = (served(rows), Timestamp::from_ms(closed_before));
        let page = CandlePage::from_columns(served.clone(), &request(), 1000, closed_before);
        assert_eq!(page, CandlePage::from_served(served.into_rows(), &request(), 1000, closed_before));
        page
    }

    #[test]
    fn a_page_without_fault_keeps_its_columns_up_to_the_unfinished_candle() {
        let rows = [2, 3, 4].map(|hour| (hour * HOUR, 10, (hour + 1) * HOUR - 1));
        let columns = served(&rows);
        assert_eq!(columns.closed_rows(&request(), Timestamp::from_ms(5 * HOUR)), Some(3));
        assert_eq!(columns.closed_rows(&request(), Timestamp::from_ms(5 * HOUR - 1)), Some(2));
        assert_eq!(columns.closed_rows(&request(), Timestamp::from_ms(4 * HOUR - 1)), None);
        assert_eq!(page(&rows, 5 * HOUR).candles.len(), 3);
        let early = page(&rows, 5 * HOUR - 1);
        assert_eq!((early.candles.len(), early.unfinished), (2, Some(Timestamp::from_ms(4 * HOUR))));
        assert_eq!(page(&[], 5 * HOUR), CandlePage::empty(1000));
    }

    proptest! {
        #[test]
        fn both_ways_make_the_same_page(
            rows in prop::collection::vec((0_i64..11, 0_i64..12, 0_i64..12, 0_i64..9), 0..6), closed_before in 0_i64..12, ordered in any::<bool>(),
        ) {
            let mut rows: Vec<_> = rows.into_iter().map(|(hour, fault, end, late)| {
                let open_time = hour * HOUR + i64::from(fault == 0);
                let close = match fault { 1 => 30, 2 => 0, _ => 10 };
                let close_time = if late == 0 { end * HOUR - 1 } else { (hour + 1) * HOUR - 1 };
                (open_time, close, close_time)
            }).collect();
            if ordered {
                rows.sort_unstable();
                rows.dedup_by_key(|row| row.0);
            }
            page(&rows, closed_before * HOUR);
        }
    }
}
