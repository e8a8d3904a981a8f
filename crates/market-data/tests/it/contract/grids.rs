//! Three-day bars and weeks: the first candles of a series say where the others open.

use market_data::{CandleStore, StoreError};
use types::{Candle, Grid, Interval, Provenance, Timestamp};

use crate::support::{all, at, candle, key};

/// Three-day candles from a day on.
fn three_days(first: &str, count: i64) -> Vec<Candle> {
    (0..count).map(|row| candle(at(first).plus_ms(row * 3 * Timestamp::DAY_MS), row)).collect()
}

pub(super) async fn a_series_keeps_the_grid_of_its_first_candles(store: &dyn CandleStore) {
    let series = key("BTCUSDT", Interval::D3);
    assert!(!store.grid(&series).await.unwrap().is_known());
    // Two grids in one append: nothing is stored, and both are named.
    let mut mixed = three_days("2017-08-17", 5);
    mixed.push(candle(at("2017-09-02"), 9));
    let refused = store.append(&series, mixed, Provenance::Imported).await.unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, StoreError::Refused { refused: 1, rows: 6, .. }), "{text}");
    assert!(text.contains("2017-09-02") && text.contains("every 3 days from 1970-01-03 on"), "{text}");
    assert!(text.contains("those of the series every 3 days from 1970-01-02 on"), "{text}");
    assert_eq!(all(store, &series).await, []);
    // A grid of its own is as good as any, over the turn of a year too.
    let rows = three_days("2017-08-17", 60);
    assert_eq!(store.append(&series, rows[30..].to_vec(), Provenance::Exchange).await.unwrap().added, 30);
    assert_eq!(store.append(&series, rows, Provenance::Exchange).await.unwrap().added, 30);
    assert_eq!(store.grid(&series).await.unwrap(), Grid::through(Interval::D3, at("2017-08-17")));
    assert_eq!(store.gaps(&series).await.unwrap(), []);
    let beside = store.append(&series, three_days("2018-08-19", 3), Provenance::Exchange).await;
    assert!(matches!(beside, Err(StoreError::Refused { refused: 3, .. })), "{beside:?}");
    // Another series has another one; deleted, a series learns it again.
    let later = key("SOLUSDT", Interval::D3);
    store.append(&later, three_days("2020-08-11", 3), Provenance::Exchange).await.unwrap();
    store.delete(&series).await.unwrap();
    store.append(&series, three_days("2018-08-19", 3), Provenance::Exchange).await.unwrap();
    let weeks = key("BTCUSDT", Interval::W1);
    store
        .append(&weeks, vec![candle(at("2024-02-01"), 1), candle(at("2024-02-08"), 2)], Provenance::Exchange)
        .await
        .unwrap();
    assert_eq!(store.grid(&weeks).await.unwrap().to_string(), "every Thursday");
}
