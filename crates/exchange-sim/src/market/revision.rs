//! How a candle changes when the exchange revises its history: more volume and another close, within the same high and low.
//!
//! Invariants: a revised candle can still be true; the change depends on the candle alone, so that a market stays a pure
//! function of its origin and the list of revisions; open, high and low never change, so candles that contain the revised one
//! keep theirs.

use crate::bar::{Bar, coarseness};

/// Units in one, for amount × price.
const UNIT: i128 = 100_000_000;
/// What a candle without trades is given: 0.001 of the base currency.
const FIRST_AMOUNT: i64 = 100_000;

/// A candle before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revision {
    before: Bar,
    pub(crate) after: Bar,
}

impl Revision {
    /// Revises a candle.
    pub(crate) fn of(before: Bar) -> Self {
        let close = moved_close(&before);
        let added = if before.volume == 0 {
            FIRST_AMOUNT
        } else {
            let step = coarseness(&[before.volume, before.taker_base]);
            let share = before.volume / 16;
            (share - share % step).max(step)
        };
        let after = Bar {
            close,
            volume: before.volume.saturating_add(added),
            // Columns that a six-column file lacks stay absent.
            quote: before.quote
                + if before.has_quote() { i128::from(added) * i128::from(close) / UNIT } else { 0 },
            trades: before.trades + i64::from(before.has_trades()),
            ..before
        };
        Self { before, after }
    }

    /// Returns a coarser candle that contains the revised one; `is_last` when nothing in it comes after that one.
    pub(crate) fn carried_into(&self, coarse: Bar, is_last: bool) -> Bar {
        let Self { before, after } = self;
        Bar {
            close: if is_last { after.close.clamp(coarse.low, coarse.high) } else { coarse.close },
            volume: coarse.volume.saturating_add(after.volume - before.volume),
            quote: coarse.quote + if coarse.has_quote() { after.quote - before.quote } else { 0 },
            trades: coarse.trades + if coarse.has_trades() { after.trades - before.trades } else { 0 },
            ..coarse
        }
    }
}

/// Moves the close half of the way to the extreme that is farther off, on the candle's tick.
fn moved_close(bar: &Bar) -> i64 {
    let tick = coarseness(&[bar.open, bar.high, bar.low, bar.close]);
    let (up, down) = (bar.high - bar.close, bar.close - bar.low);
    let half = up.max(down) / 2;
    let way = (half - half % tick).max(tick);
    match (up.max(down), up >= down) {
        (0, _) => bar.close,
        (_, true) => bar.close + way,
        (_, false) => bar.close - way,
    }
}

#[cfg(test)]
mod tests {
    use types::{Interval, Timestamp};

    use super::*;

    const BAR: Bar = Bar {
        open: 100_000_000,
        high: 140_000_000,
        low: 90_000_000,
        close: 120_000_000,
        volume: 6_000_000,
        quote: 7_000_000,
        trades: 60,
        taker_base: 3_000_000,
        taker_quote: 3_500_000,
    };

    #[test]
    fn every_revision_changes_volume_and_close_within_the_range() {
        let mut bar = BAR;
        for _ in 0..50 {
            let revised = Revision::of(bar).after;
            assert_ne!(revised.close, bar.close);
            assert!(revised.volume > bar.volume && revised.quote > bar.quote && revised.trades > bar.trades);
            assert_eq!((revised.open, revised.high, revised.low), (bar.open, bar.high, bar.low));
            assert_eq!(revised.to_candle(Timestamp::EPOCH).check(Interval::M1), Ok(()));
            bar = revised;
        }
        assert_eq!(Revision::of(BAR), Revision::of(BAR), "the same candle, the same revision");
    }

    #[test]
    fn a_candle_without_trades_gets_one() {
        let revised = Revision::of(Bar::flat(200_000_000)).after;
        assert_eq!((revised.close, revised.volume, revised.trades), (200_000_000, 100_000, 1));
        assert_eq!(revised.quote, 200_000);
    }

    #[test]
    fn absent_columns_stay_absent() {
        let six_columns = Bar { quote: 0, trades: 0, taker_base: 0, taker_quote: 0, ..BAR };
        let revised = Revision::of(six_columns).after;
        assert_eq!((revised.quote, revised.trades), (0, 0));
        assert!(revised.volume > six_columns.volume);
    }

    #[test]
    fn a_coarser_candle_follows() {
        let next = Bar { open: 120_000_000, close: 110_000_000, ..BAR };
        let revision = Revision::of(BAR);
        assert_eq!(revision.carried_into(BAR.then(&next), false), revision.after.then(&next));
        let revision = Revision::of(next);
        assert_eq!(revision.carried_into(BAR.then(&next), true), BAR.then(&revision.after));
    }
}
