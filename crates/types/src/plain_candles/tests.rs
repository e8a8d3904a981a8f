use proptest::prelude::*;

use super::*;
use crate::Interval;

const HOUR: i64 = 3_600_000;

/// Values around every bound: signs, zero, eight decimals and more, eighteen digits and more.
fn amount() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (1_i64..4, 0_u32..9).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        1 => (-2_i64..3, 0_u32..12).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        1 => (any::<i64>(), 0_u32..20).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
    ]
}

fn candle() -> impl Strategy<Value = Candle> {
    let optional = || prop::option::of(amount());
    let prices = (amount(), amount(), amount(), amount(), amount());
    let trades = prop::option::of(prop_oneof![9 => 0_u64..9, 1 => any::<u64>()]);
    let open_time = prop_oneof![8 => (0_i64..9).prop_map(|hour| hour * HOUR), 1 => any::<i64>()];
    let rest = (optional(), optional(), optional(), trades, open_time);
    (prices, rest).prop_map(|((open, high, low, close, volume), (quote, taker, taker_quote, trades, at))| {
        Candle {
            open_time: Timestamp::from_ms(at),
            open,
            high,
            low,
            close,
            volume,
            quote_volume: quote,
            trades,
            taker_buy_base: taker,
            taker_buy_quote: taker_quote,
        }
    })
}

/// Whether a value may travel in columns, said with the decimal type's own means.
fn fits(value: Decimal) -> bool {
    value.scale() <= PlainCandles::SCALE && value.abs() < Decimal::from(10_i64.pow(10))
}

proptest! {
    #[test]
    fn candles_come_back_as_they_were(candles in prop::collection::vec(candle(), 0..4)) {
        let is_plain = candles.iter().all(|candle| {
            let amounts = [candle.open, candle.high, candle.low, candle.close, candle.volume];
            let optional = [candle.quote_volume, candle.taker_buy_base, candle.taker_buy_quote];
            amounts.into_iter().chain(optional.into_iter().flatten()).all(fits)
                && candle.trades.is_none_or(|trades| i64::try_from(trades).is_ok())
        });
        let plain = PlainCandles::of(&candles);
        prop_assert_eq!(plain.is_some(), is_plain);
        if let Some(plain) = plain {
            prop_assert_eq!(plain.len(), candles.len());
            prop_assert_eq!(plain.to_candles(), candles);
        }
    }

    #[test]
    fn columns_are_judged_as_the_candles_are(
        candles in prop::collection::vec(candle(), 0..4), interval in prop::sample::select(Interval::ALL.to_vec()),
    ) {
        // A time at which the calendar ends is none that a grid is computed for.
        prop_assume!(candles.iter().all(|candle| candle.open_time.as_ms().abs() < 1 << 50));
        if let Some(plain) = PlainCandles::of(&candles) {
            let is_true = candles.iter().all(|candle| candle.check(interval).is_ok());
            prop_assert_eq!(plain.is_true(interval), is_true);
            prop_assert_eq!(plain.is_rising(), candles.windows(2).all(|pair| pair[0].open_time < pair[1].open_time));
        }
    }
}

fn row(hour: i64) -> PlainRow {
    let amounts = [3, 4, 2, 3, 9, PlainCandles::MISSING, PlainCandles::MISSING, PlainCandles::MISSING];
    PlainRow { open_time: hour * HOUR, amounts, trades: PlainCandles::MISSING }
}

#[test]
fn long_columns_are_judged_to_the_last_row() {
    for bad in [0, BLOCK - 1, BLOCK, 3 * BLOCK] {
        for (column, value) in [(2, 0), (0, 5), (3, 1), (4, -1), (5, -1), (6, 10), (6, -1), (7, -1)] {
            let mut plain = PlainCandles::default();
            for hour in 0..=3 * BLOCK {
                let mut row = row(i64::try_from(hour).unwrap());
                if hour == bad {
                    row.amounts[column] = value;
                }
                assert!(plain.push(&row));
            }
            assert!(!plain.is_true(Interval::H1), "row {bad}, column {column}");
        }
    }
}

#[test]
fn a_row_that_no_candle_has_is_not_taken() {
    let mut plain = PlainCandles::default();
    for (column, value) in [(0, PlainCandles::MISSING), (4, 1_000_000_000_000_000_000), (5, i64::MAX)] {
        let mut row = row(0);
        row.amounts[column] = value;
        assert!(!plain.push(&row) && plain.is_empty());
    }
    assert!(!plain.push(&PlainRow { trades: -1, ..row(0) }));
}

#[test]
fn sets_grow_by_sets_and_lose_their_last_row() {
    let mut plain = PlainCandles::default();
    plain.pop();
    assert!(plain.push(&row(0)) && plain.push(&row(1)));
    let two = plain.clone();
    plain.extend(&two);
    plain.pop();
    assert_eq!((plain.open_time(), plain.len()), (&[0, HOUR, 0][..], 3));
    assert!(!plain.is_rising() && two.is_rising());
    let parts = two.into_parts();
    assert_eq!((parts.open_time.len(), parts.amounts[7].len(), parts.trades.len()), (2, 2, 2));
}
