//! The gate to every store: candles that can be true and whose values fit, or none of them.

use types::{Candle, Provenance, SeriesKey};

use super::{BLOCK, Columns};
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
        Some((at, reason)) => {
            Err(StoreError::Refused { key: key.clone(), at, reason, refused, rows: candles.len() as u64 })
        }
    }
}
