//! Gathers candles year by year, so that each year file is written once, and settles rows that name the same candle twice.
//!
//! Identical rows are duplicates. Rows that differ are snapshots of one candle: within a file the fullest one wins (a candle only
//! grows while it is open, so the fullest is the last), between files the later file wins.

use std::collections::BTreeMap;

use types::{Candle, Timestamp};

/// Rows held in memory before a year is handed to the store: more than a year of minutes has, so that its file is written once.
const ROWS: usize = 600_000;

/// Candles on their way to the store.
#[derive(Debug, Default)]
pub(super) struct Collector {
    years: BTreeMap<i32, Vec<(u32, Candle)>>,
    rows: usize,
    last_year: i32,
}

/// One year, settled.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) candles: Vec<Candle>,
    /// Rows that said what another one said.
    pub(super) duplicates: u64,
    /// Open times of rows that gave way to another one.
    pub(super) superseded: Vec<Timestamp>,
}

impl Collector {
    /// Takes in candles of a file.
    pub(super) fn add(&mut self, file: u32, candles: Vec<Candle>) {
        self.rows += candles.len();
        // Neighbouring rows are nearly always of the same year, so the calendar is asked once per year.
        let (mut year, mut span) = (0, Timestamp::EPOCH..Timestamp::EPOCH);
        for candle in candles {
            if !span.contains(&candle.open_time) {
                year = candle.open_time.year_month().0;
                let open = |year| Timestamp::from_ymd(year, 1, 1).unwrap_or(candle.open_time);
                span = open(year)..open(year + 1);
            }
            self.years.entry(year).or_default().push((file, candle));
        }
        self.last_year = year;
    }

    /// Returns a year that must leave for lack of room: any but the one that is being filled, as long as there is another.
    pub(super) fn take_surplus(&mut self) -> Option<Settled> {
        if self.rows <= ROWS {
            return None;
        }
        let year = self.years.keys().copied().find(|&year| year != self.last_year).unwrap_or(self.last_year);
        self.take(year)
    }

    /// Returns the next year.
    pub(super) fn take_next(&mut self) -> Option<Settled> {
        let year = *self.years.keys().next()?;
        self.take(year)
    }

    fn take(&mut self, year: i32) -> Option<Settled> {
        let rows = self.years.remove(&year)?;
        self.rows -= rows.len();
        Some(settle(rows))
    }
}

fn settle(mut rows: Vec<(u32, Candle)>) -> Settled {
    let mut settled = Settled { candles: Vec::with_capacity(rows.len()), ..Settled::default() };
    if !rows.is_sorted_by_key(|(_, candle)| candle.open_time) {
        rows.sort_by_key(|(_, candle)| candle.open_time);
    }
    let mut kept_file = 0;
    for (file, candle) in rows {
        match settled.candles.last_mut() {
            Some(kept) if kept.open_time == candle.open_time => {
                if agrees(kept, &candle) {
                    complete(kept, &candle);
                    settled.duplicates += 1;
                    kept_file = file;
                } else {
                    settled.superseded.push(candle.open_time);
                    if file != kept_file || fullness(&candle) >= fullness(kept) {
                        *kept = candle;
                        kept_file = file;
                    }
                }
            }
            _ => {
                settled.candles.push(candle);
                kept_file = file;
            }
        }
    }
    settled
}

/// Returns whether two rows say the same, as far as both say something.
fn agrees(kept: &Candle, other: &Candle) -> bool {
    fn same<T: PartialEq>(kept: Option<&T>, other: Option<&T>) -> bool {
        kept.zip(other).is_none_or(|(kept, other)| kept == other)
    }
    [kept.open, kept.high, kept.low, kept.close, kept.volume]
        == [other.open, other.high, other.low, other.close, other.volume]
        && same(kept.quote_volume.as_ref(), other.quote_volume.as_ref())
        && same(kept.trades.as_ref(), other.trades.as_ref())
        && same(kept.taker_buy_base.as_ref(), other.taker_buy_base.as_ref())
        && same(kept.taker_buy_quote.as_ref(), other.taker_buy_quote.as_ref())
}

fn complete(kept: &mut Candle, other: &Candle) {
    kept.quote_volume = kept.quote_volume.or(other.quote_volume);
    kept.trades = kept.trades.or(other.trades);
    kept.taker_buy_base = kept.taker_buy_base.or(other.taker_buy_base);
    kept.taker_buy_quote = kept.taker_buy_quote.or(other.taker_buy_quote);
}

fn fullness(candle: &Candle) -> (rust_decimal::Decimal, Option<u64>) {
    (candle.volume, candle.trades)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn candle(hour: i64, volume: i64) -> Candle {
        Candle {
            open_time: Timestamp::from_ms(hour * 3_600_000),
            open: Decimal::ONE,
            high: Decimal::ONE,
            low: Decimal::ONE,
            close: Decimal::ONE,
            volume: volume.into(),
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    #[test]
    fn the_fullest_snapshot_of_a_file_wins_wherever_it_stands() {
        for volumes in [[1, 2, 9], [9, 1, 2], [2, 9, 1]] {
            let settled = settle(volumes.map(|volume| (0, candle(5, volume))).into());
            assert_eq!(settled.candles, [candle(5, 9)]);
            assert_eq!((settled.duplicates, settled.superseded.len()), (0, 2));
        }
    }

    #[test]
    fn between_files_the_later_one_wins() {
        let settled =
            settle(vec![(0, candle(5, 9)), (1, candle(5, 3)), (1, candle(4, 1)), (1, candle(5, 3))]);
        assert_eq!(settled.candles, [candle(4, 1), candle(5, 3)]);
        assert_eq!((settled.duplicates, settled.superseded.len()), (1, 1));
    }

    #[test]
    fn years_leave_whole_and_oldest_first() {
        let mut collector = Collector::default();
        collector.add(0, vec![candle(24 * 366, 1), candle(0, 1), candle(24 * 366 + 1, 1)]);
        assert!(collector.take_surplus().is_none());
        assert_eq!(collector.take_next().map(|year| year.candles.len()), Some(1));
        assert_eq!(collector.take_next().map(|year| year.candles.len()), Some(2));
        assert_eq!((collector.take_next(), collector.rows), (None, 0));
    }
}
