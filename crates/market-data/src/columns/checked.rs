//! The gate to every store: candles that can be true and whose values fit, or none of them.

use types::{Candle, Provenance, SeriesKey};

use super::Columns;
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
    for candle in candles {
        // The column check comes first: it bounds the time, without which the grid cannot be computed.
        let result = columns
            .push(candle, provenance)
            .and_then(|()| candle.check(key.interval).map_err(CandleRefusal::Fault));
        if let Err(reason) = result {
            refused += 1;
            first.get_or_insert((candle.open_time, reason));
        }
    }
    match first {
        None => Ok(columns),
        Some((at, reason)) => {
            Err(StoreError::Refused { key: key.clone(), at, reason, refused, rows: candles.len() as u64 })
        }
    }
}
