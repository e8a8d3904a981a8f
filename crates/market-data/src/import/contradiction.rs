//! Tells a file of another symbol from a revision: before a stretch is stored, its closes are held against those stored already.

use types::{Candle, SeriesKey, TimeRange};

use super::ImportError;
use super::error::CONTRADICTION_PERCENT;
use crate::CandleStore;

/// With fewer candles on both sides nothing is concluded: a few revised ones prove nothing.
const FEWEST: u64 = 10;

/// Refuses candles, in order of time, most of which are far away from those stored under the same open times.
pub(super) async fn check(
    store: &dyn CandleStore,
    key: &SeriesKey,
    candles: &[Candle],
) -> Result<(), ImportError> {
    let (Some(first), Some(last)) = (candles.first(), candles.last()) else { return Ok(()) };
    let range = TimeRange { start: first.open_time, end: last.open_time.plus_ms(1) };
    let there = store.bars(key, range).await?.bars;
    let (mut compared, mut differing, mut example) = (0, 0, None);
    let mut stored = there.iter().peekable();
    for candle in candles {
        while stored.next_if(|bar| bar.open_time < candle.open_time).is_some() {}
        let Some(bar) = stored.next_if(|bar| bar.open_time == candle.open_time) else { continue };
        compared += 1;
        let found = f64::try_from(candle.close).unwrap_or(bar.close);
        if (found / bar.close - 1.0).abs() * 100.0 > CONTRADICTION_PERCENT {
            differing += 1;
            example = example.or(Some((candle.open_time, candle.close, bar.close)));
        }
    }
    match example {
        Some((at, found, stored)) if compared >= FEWEST && differing * 2 > compared => {
            Err(ImportError::Contradicts { key: key.clone(), compared, differing, at, found, stored })
        }
        _ => Ok(()),
    }
}
