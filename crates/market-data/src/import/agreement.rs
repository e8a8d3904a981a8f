//! Tells another market from a revision: whether candles of the same time agree, those of one import with each other, and those of an
//! import with the ones that are stored.
//!
//! Exchanges revise a few candles by a few percent. Another symbol is far away in most of them, and another market of the same
//! symbol (futures beside spot) is near in all of them and the same in none.

use rust_decimal::Decimal;
use types::{Candle, Provenance, SeriesKey, TimeRange, Timestamp};

use super::ImportError;
use super::report::Superseded;
use crate::{CandleColumns, CandleStore};

/// How far apart, in percent, two prices of one candle must be to contradict each other. Exchanges revise prices by a few percent at
/// most; another symbol is another order of magnitude, or soon will be.
pub(super) const CONTRADICTION_PERCENT: u32 = 20;
/// With fewer candles on both sides nothing is concluded about the market: a few revised ones prove nothing.
const FEWEST: u64 = 10;
/// How many of a hundred candles differ when it is another market. Two markets may agree for a minute.
const NEARLY_ALL_PERCENT: u64 = 98;

/// Returns whether two prices are further apart than a revision brings them.
fn is_far(price: Decimal, other: Decimal) -> bool {
    // A price is not zero, and a hundred times one fits whatever a store takes.
    let (low, high) = if price < other { (price, other) } else { (other, price) };
    let factor = Decimal::from(100 + CONTRADICTION_PERCENT);
    match (high.checked_mul(Decimal::ONE_HUNDRED), low.checked_mul(factor)) {
        (Some(high), Some(low)) => high > low,
        _ => false,
    }
}

fn is_nearly_all(differing: u64, compared: u64) -> bool {
    compared >= FEWEST && differing * 100 >= compared * NEARLY_ALL_PERCENT
}

/// How far rows of one import that name the same candle agree.
#[derive(Debug, Default)]
pub(super) struct InImport {
    compared: u64,
    /// Those whose opens and closes are far apart.
    far: u64,
    /// Those of which the two rows stand in different files.
    across: u64,
    /// Those of them whose opens differ: snapshots of one candle have one open.
    differing: u64,
    example: Option<Superseded>,
}

impl InImport {
    /// Compares two rows; returns whether they can hardly be of one market.
    pub(super) fn see(&mut self, kept: &Candle, new: &Candle, is_other_file: bool) -> bool {
        let is_far = is_far(kept.open, new.open) && is_far(kept.close, new.close);
        let differs = is_other_file && kept.open != new.open;
        self.compared += 1;
        self.far += u64::from(is_far);
        self.across += u64::from(is_other_file);
        self.differing += u64::from(differs);
        is_far || differs
    }

    /// Keeps the first pair of rows that can hardly be of one market.
    pub(super) fn show(&mut self, example: &Superseded) {
        if self.example.is_none() {
            self.example = Some(example.clone());
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.compared += other.compared;
        self.far += other.far;
        self.across += other.across;
        self.differing += other.differing;
        self.example = self.example.take().or(other.example);
    }

    /// Refuses candles of two markets.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        let are_two_symbols = self.far * 2 > self.compared;
        match &self.example {
            Some(example) if are_two_symbols || is_nearly_all(self.differing, self.across) => {
                Err(ImportError::TwoMarkets { example: Box::new(example.clone()), are_two_symbols })
            }
            _ => Ok(()),
        }
    }
}

/// How far the candles of an import agree with those that are stored.
#[derive(Debug, Default)]
pub(super) struct WithStore {
    compared: u64,
    differing: u64,
    far: u64,
    /// Open time and both closes of the first that differs, and of the first that is far away.
    first: Option<(Timestamp, Decimal, Decimal)>,
    first_far: Option<(Timestamp, Decimal, Decimal)>,
}

impl WithStore {
    /// Compares candles, in order of time, with the stored ones of the same open times. Made-up ones prove nothing about what is real.
    pub(super) async fn see(
        &mut self,
        store: &dyn CandleStore,
        key: &SeriesKey,
        candles: &[Candle],
        provenance: Provenance,
    ) -> Result<(), ImportError> {
        let (Some(first), Some(last)) = (candles.first(), candles.last()) else { return Ok(()) };
        let range = TimeRange { start: first.open_time, end: last.open_time.plus_ms(1) };
        let CandleColumns(stored) = store.exact_columns(key, range).await?;
        let mut row = 0;
        for candle in candles {
            let at = candle.open_time.as_ms();
            while stored.open_time.get(row).is_some_and(|open| *open < at) {
                row += 1;
            }
            if stored.open_time.get(row) != Some(&at) {
                continue;
            }
            if let Some(there) = stored.candle(row)
                && (there.provenance != Provenance::Synthetic || provenance == Provenance::Synthetic)
            {
                self.pair(&there.candle, candle);
            }
        }
        Ok(())
    }

    fn pair(&mut self, there: &Candle, new: &Candle) {
        self.compared += 1;
        let values = |candle: &Candle| [candle.open, candle.high, candle.low, candle.close, candle.volume];
        if values(there) == values(new) {
            return;
        }
        let example = (new.open_time, new.close, there.close);
        self.differing += 1;
        self.first.get_or_insert(example);
        if is_far(there.close, new.close) {
            self.far += 1;
            self.first_far.get_or_insert(example);
        }
    }

    /// Refuses candles of another symbol or market. `stored_before` says how many of the import are in the store already.
    pub(super) fn check(&self, key: &SeriesKey, stored_before: u64) -> Result<(), ImportError> {
        let Self { compared, differing, far, first, first_far } = *self;
        let is_far = compared >= FEWEST && far * 2 > compared;
        match (first_far.filter(|_| is_far), first) {
            (Some((at, found, stored)), _) => Err(ImportError::Contradicts {
                key: key.clone(),
                compared,
                differing: far,
                at,
                found,
                stored,
                stored_before,
            }),
            (None, Some((at, found, stored))) if is_nearly_all(differing, compared) => {
                Err(ImportError::AnotherMarket {
                    key: key.clone(),
                    compared,
                    differing,
                    at,
                    found,
                    stored,
                    stored_before,
                })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::{KeptBecause, RowPlace};
    use super::*;

    fn candle(hour: i64, price: i64) -> Candle {
        let price = Decimal::new(price, 2);
        Candle {
            open_time: Timestamp::from_ms(hour * 3_600_000),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Decimal::ONE,
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        }
    }

    fn key() -> SeriesKey {
        SeriesKey {
            exchange: "binance".parse().expect("an exchange"),
            symbol: "BTCUSDT".parse().expect("a symbol"),
            interval: types::Interval::H1,
        }
    }

    fn with_store(pairs: impl IntoIterator<Item = (i64, i64)>) -> String {
        let mut seen = WithStore::default();
        for (hour, (there, new)) in (0..).zip(pairs) {
            seen.pair(&candle(hour, there), &candle(hour, new));
        }
        seen.check(&key(), 0).map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn another_market_is_near_everywhere_and_the_same_nowhere() {
        let futures = with_store((0..40).map(|row| (4_000_000 + row, 4_002_000 + row)));
        assert!(futures.contains("40 of 40 candles") && futures.contains("another market"), "{futures}");
        let symbol = with_store((0..40).map(|row| (4_000_000 + row, 230_000 + row)));
        assert!(symbol.contains("more than 20 % away"), "{symbol}");
        assert_eq!(with_store((0..40).map(|row| (4_000_000, 4_000_000 + row % 10))), "", "some are the same");
        assert_eq!(with_store((0..9).map(|row| (4_000_000 + row, 4_002_000 + row))), "", "too few to tell");
        assert_eq!(with_store((0..40).map(|row| (row + 1, row + 1))), "");
    }

    fn in_import(pairs: impl IntoIterator<Item = (i64, i64)>, is_other_file: bool) -> Option<bool> {
        let mut seen = InImport::default();
        let place = |candle: &Candle| RowPlace {
            file: "a.csv".to_owned(),
            line: 1,
            close: candle.close,
            volume: candle.volume,
            trades: None,
        };
        for (kept, new) in pairs {
            let (kept, new) = (candle(0, kept), candle(0, new));
            if seen.see(&kept, &new, is_other_file) {
                let (kept, left) = (place(&kept), place(&new));
                seen.show(&Superseded { open_time: new.open_time, kept, left, because: KeptBecause::Later });
            }
        }
        match seen.check() {
            Err(ImportError::TwoMarkets { are_two_symbols, .. }) => Some(are_two_symbols),
            _ => None,
        }
    }

    #[test]
    fn rows_of_one_candle_have_one_open() {
        assert_eq!(in_import([(4_000_000, 230_000)], false), Some(true));
        assert_eq!(in_import((0..40).map(|row| (4_000_000 + row, 230_000 + row)), true), Some(true));
        assert_eq!(in_import((0..40).map(|row| (4_000_000 + row, 4_002_000 + row)), true), Some(false));
        // Snapshots that a client took, and a symbol that doubled within the candle.
        assert_eq!(in_import((0..40).map(|row| (4_000_000 + row, 4_002_000 + row)), false), None);
        assert_eq!(in_import((0..40).map(|row| (4_000_000 + row, 4_000_000 + row)), true), None);
    }
}
