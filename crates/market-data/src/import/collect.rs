//! Gathers candles year by year, so that each year file is written once, and settles rows that name the same candle twice.
//!
//! Identical rows are duplicates. Rows that differ are snapshots of one candle: the fuller one wins, whichever file it is in, since a
//! candle only grows while it is open.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use types::{Candle, Timestamp};

use super::agreement::InImport;
use super::report::{KeptBecause, RowPlace, Superseded};
use crate::AppendReport;

/// Rows held in memory before a year is handed to the store: more than a year of minutes has, so that its file is written once.
const ROWS: usize = 600_000;

/// A candle and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) candle: Candle,
    /// Its line, from 1.
    pub(super) line: u32,
}

/// Candles on their way to the store.
#[derive(Debug, Default)]
pub(super) struct Collector {
    years: BTreeMap<i32, Vec<(u32, Entry)>>,
    /// The texts that candles came from, in order.
    texts: Vec<Arc<str>>,
    rows: usize,
    last_year: i32,
}

/// One year, settled.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub(super) candles: Vec<Candle>,
    /// Rows that said what another one said.
    pub(super) duplicates: u64,
    /// Rows that gave way to another one.
    pub(super) superseded: u64,
    /// The first of them.
    pub(super) examples: Vec<Superseded>,
    /// How far rows of the same candle agree.
    pub(super) agreement: InImport,
}

impl Collector {
    /// Takes in candles of a text.
    pub(super) fn add(&mut self, text: &Arc<str>, entries: Vec<Entry>) {
        if self.texts.last().is_none_or(|last| !Arc::ptr_eq(last, text)) {
            self.texts.push(Arc::clone(text));
        }
        let number = u32::try_from(self.texts.len() - 1).unwrap_or(u32::MAX);
        self.rows += entries.len();
        // Neighbouring rows are nearly always of the same year, so the calendar is asked once per year.
        let (mut year, mut span) = (0, Timestamp::EPOCH..Timestamp::EPOCH);
        for entry in entries {
            let at = entry.candle.open_time;
            if !span.contains(&at) {
                year = at.year_month().0;
                let open = |year| Timestamp::from_ymd(year, 1, 1).unwrap_or(at);
                span = open(year)..open(year + 1);
            }
            self.years.entry(year).or_default().push((number, entry));
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
        Some(self.settle(rows))
    }

    fn settle(&self, mut rows: Vec<(u32, Entry)>) -> Settled {
        let mut settled = Settled { candles: Vec::with_capacity(rows.len()), ..Settled::default() };
        if !rows.is_sorted_by_key(|(_, entry)| entry.candle.open_time) {
            rows.sort_by_key(|(_, entry)| entry.candle.open_time);
        }
        let mut kept_at = (0, 0);
        for (text, Entry { candle, line }) in rows {
            let at = (text, line);
            match settled.candles.last_mut() {
                Some(kept) if kept.open_time == candle.open_time => {
                    let clashes = settled.agreement.see(kept, &candle, text != kept_at.0);
                    if agrees(kept, &candle) {
                        complete(kept, &candle);
                        settled.duplicates += 1;
                        continue;
                    }
                    settled.superseded += 1;
                    let (wins, because) = contest(kept, &candle);
                    let is_shown = settled.examples.len() < AppendReport::EXAMPLES;
                    if clashes || is_shown {
                        let (old, new) = (self.place(kept_at, kept), self.place(at, &candle));
                        let (kept, left) = if wins { (new, old) } else { (old, new) };
                        let example = Superseded { open_time: candle.open_time, kept, left, because };
                        if clashes {
                            settled.agreement.show(&example);
                        }
                        if is_shown {
                            settled.examples.push(example);
                        }
                    }
                    if wins {
                        *kept = candle;
                        kept_at = at;
                    }
                }
                _ => {
                    settled.candles.push(candle);
                    kept_at = at;
                }
            }
        }
        settled
    }

    fn place(&self, (text, line): (u32, u32), candle: &Candle) -> RowPlace {
        let file = self.texts.get(text as usize).map_or_else(String::new, ToString::to_string);
        RowPlace {
            file,
            line: line.into(),
            close: candle.close,
            volume: candle.volume,
            trades: candle.trades,
        }
    }
}

/// Says whether the new row takes the place of the one that was kept so far, and what makes the winner the fuller one.
fn contest(kept: &Candle, new: &Candle) -> (bool, KeptBecause) {
    let by_trades = || (new.trades.cmp(&kept.trades), KeptBecause::MoreTrades);
    let (order, because) = match new.volume.cmp(&kept.volume) {
        Ordering::Equal => by_trades(),
        order => (order, KeptBecause::MoreVolume),
    };
    match order {
        Ordering::Greater => (true, because),
        Ordering::Less => (false, because),
        Ordering::Equal => (true, KeptBecause::Later),
    }
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

    fn settled(rows: impl IntoIterator<Item = (&'static str, Candle)>) -> Settled {
        let mut collector = Collector::default();
        let mut texts = BTreeMap::<&str, Arc<str>>::new();
        for (line, (text, candle)) in (1..).zip(rows) {
            let text = texts.entry(text).or_insert_with(|| text.into());
            collector.add(text, vec![Entry { candle, line }]);
        }
        collector.take_next().unwrap_or_default()
    }

    #[test]
    fn the_fullest_snapshot_wins_wherever_it_stands() {
        for volumes in [[1, 2, 9], [9, 1, 2], [2, 9, 1]] {
            for files in [["a", "a", "a"], ["a", "b", "c"]] {
                let settled = settled(files.into_iter().zip(volumes.map(|volume| candle(5, volume))));
                assert_eq!(settled.candles, [candle(5, 9)]);
                assert_eq!((settled.duplicates, settled.superseded), (0, 2));
            }
        }
    }

    #[test]
    fn what_won_is_said_and_why() {
        let rows = [("a", candle(5, 9)), ("b", candle(5, 3)), ("b", candle(4, 1)), ("b", candle(5, 3))];
        let settled = settled(rows);
        assert_eq!(settled.candles, [candle(4, 1), candle(5, 9)]);
        assert_eq!((settled.duplicates, settled.superseded), (0, 2));
        let first = &settled.examples[0];
        assert_eq!((first.kept.file.as_str(), first.kept.line), ("a", 1));
        assert_eq!((first.left.file.as_str(), first.left.line), ("b", 2));
        assert_eq!(first.because, KeptBecause::MoreVolume);
        let trades = |trades| Candle { trades: Some(trades), ..candle(5, 1) };
        for (one, other, kept, because) in [
            (trades(4), trades(7), 7, KeptBecause::MoreTrades),
            (trades(7), trades(4), 7, KeptBecause::MoreTrades),
        ] {
            let settled = super::tests::settled([("a", one), ("a", other)]);
            assert_eq!((settled.candles[0].trades, settled.examples[0].because), (Some(kept), because));
        }
        let later = Candle { close: Decimal::TWO, ..candle(5, 1) };
        let settled = super::tests::settled([("a", candle(5, 1)), ("a", later.clone())]);
        assert_eq!((&settled.candles[0], settled.examples[0].because), (&later, KeptBecause::Later));
    }

    #[test]
    fn years_leave_whole_and_oldest_first() {
        let mut collector = Collector::default();
        let entry = |candle| Entry { candle, line: 1 };
        let rows = [candle(24 * 366, 1), candle(0, 1), candle(24 * 366 + 1, 1)];
        collector.add(&"a".into(), rows.map(entry).into());
        assert!(collector.take_surplus().is_none());
        assert_eq!(collector.take_next().map(|year| year.candles.len()), Some(1));
        assert_eq!(collector.take_next().map(|year| year.candles.len()), Some(2));
        assert!(collector.take_next().is_none() && collector.rows == 0);
    }
}
