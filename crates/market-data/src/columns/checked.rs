//! The gate to every store: candles that can be true and whose values fit, or none of them.

use types::{Candle, CandleBatch, Grid, PlainCandles, Provenance, SeriesKey, Timestamp};

use super::{BLOCK, Columns, DecimalColumn, END_OF_TIME_MS};
use crate::{CandleRefusal, StoreError};

/// Checks every candle and lays them out in columns; refuses them all when one cannot be stored.
pub(crate) fn checked(
    key: &SeriesKey,
    candles: &[Candle],
    provenance: Provenance,
) -> Result<Columns, StoreError> {
    let mut columns = Columns::with_capacity(candles.len());
    let mut refused = 0;
    let mut first = None;
    for block in candles.chunks(BLOCK) {
        // The columns come first: they bound the time, without which the grid cannot be computed.
        let is_plain = columns.push_plain(block, provenance);
        for candle in block {
            let fits = if is_plain { Ok(()) } else { columns.push(candle, provenance) };
            if let Err(reason) = fits.and_then(|()| candle.check(key.interval).map_err(CandleRefusal::Fault))
            {
                refused += 1;
                first.get_or_insert((candle.open_time, reason));
            }
        }
    }
    match first {
        None => Ok(columns),
        Some((at, reason)) => Err(StoreError::Refused {
            key: key.clone(),
            at,
            reason: Box::new(reason),
            refused,
            rows: candles.len() as u64,
        }),
    }
}

/// Checks a batch and lays it out in columns, as [`checked`] does with its candles: columns without a fault are taken as they are,
/// the others are looked at candle by candle.
pub(crate) fn checked_batch(
    key: &SeriesKey,
    candles: CandleBatch,
    provenance: Provenance,
) -> Result<Columns, StoreError> {
    match candles.into_plain() {
        Ok(plain) if is_in_time(&plain) && plain.is_true(key.interval) => {
            Ok(Columns::from_plain(plain, provenance))
        }
        Ok(plain) => checked(key, &plain.to_candles(), provenance),
        Err(candles) => checked(key, &candles, provenance),
    }
}

/// Comes first: it bounds the time, without which the grid cannot be computed.
fn is_in_time(plain: &PlainCandles) -> bool {
    let outside = plain.open_time().iter().filter(|at| !(0..END_OF_TIME_MS).contains(*at));
    outside.count() == 0
}

impl Columns {
    /// Refuses sorted rows that do not all open on the grid of their series; a series that has none yet takes the rows' own.
    pub(crate) fn check_grid(&self, key: &SeriesKey, series: Grid) -> Result<(), StoreError> {
        // What divides a day has one grid only, and every row was held against it.
        if Grid::from(key.interval).is_known() {
            return Ok(());
        }
        let opens = || self.open_time.iter().copied().map(Timestamp::from_ms);
        let series = series.learn(opens());
        let mut beside = opens().filter(|&at| !series.is_on_grid(at));
        let Some(at) = beside.next() else { return Ok(()) };
        let reason = CandleRefusal::OtherGrid { found: Grid::through(key.interval, at), series };
        let (refused, rows) = (1 + beside.count() as u64, self.len() as u64);
        Err(StoreError::Refused { key: key.clone(), at, reason: Box::new(reason), refused, rows })
    }

    fn from_plain(plain: PlainCandles, provenance: Provenance) -> Self {
        let parts = plain.into_parts();
        Self {
            source: vec![provenance; parts.open_time.len()],
            open_time: parts.open_time,
            decimals: parts.amounts.map(DecimalColumn::Narrow),
            trades: parts.trades,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use types::Interval;

    use super::*;

    fn candle() -> impl Strategy<Value = Candle> {
        let amount = || {
            prop_oneof![
                9 => (1_i64..3).prop_map(Decimal::from),
                1 => (-1_i64..30, 0_u32..20).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
            ]
        };
        let optional = || prop::option::of(amount());
        let open_time = prop_oneof![9 => (0_i64..9).prop_map(|hour| hour * 3_600_000), 1 => any::<i64>()];
        let trades = prop::option::of(prop_oneof![9 => 0_u64..9, 1 => any::<u64>()]);
        let prices = (amount(), amount(), amount(), amount(), amount());
        (prices, optional(), optional(), optional(), trades, open_time).prop_map(
            |((open, high, low, close, volume), quote_volume, base, quote, trades, at)| {
                let high = if high < low { low } else { high };
                Candle {
                    open_time: Timestamp::from_ms(at),
                    open: open.clamp(low, high),
                    high,
                    low,
                    close: if at % 7 == 0 { close } else { close.clamp(low, high) },
                    volume,
                    quote_volume,
                    trades,
                    taker_buy_base: base.map(|base| if at % 5 == 0 { base } else { base.min(volume) }),
                    taker_buy_quote: quote,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_batch_is_checked_as_its_candles_are(candles in prop::collection::vec(candle(), 0..5)) {
            let key = SeriesKey {
                exchange: "binance".parse().unwrap(),
                symbol: "BTCUSDT".parse().unwrap(),
                interval: Interval::H1,
            };
            let batch = checked_batch(&key, candles.clone().into(), Provenance::Exchange);
            match (checked(&key, &candles, Provenance::Exchange), batch) {
                (Ok(columns), Ok(batch)) => prop_assert_eq!(columns, batch),
                (Err(refused), Err(batch)) => prop_assert_eq!(refused.to_string(), batch.to_string()),
                (candles, batch) => prop_assert!(false, "{:?} and {:?}", candles, batch),
            }
        }
    }
}
