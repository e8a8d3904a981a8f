//! What every store must do when candles go.

use market_data::CandleStore;
use rust_decimal::Decimal;
use types::{Candle, Interval, Provenance};

use super::plain;
use crate::support::{all, at, candle, candles, key};

pub(super) async fn a_deleted_series_is_gone_and_can_come_back(store: &dyn CandleStore) {
    let (btc, eth) = (key("BTCUSDT", Interval::H1), key("ETHUSDT", Interval::H1));
    let handed = candles(Interval::H1, at("2023-12-31"), 48);
    for key in [&btc, &eth] {
        store.append(key, handed.clone(), Provenance::Exchange).await.unwrap();
    }
    assert_eq!(store.delete(&btc).await.unwrap(), 48);
    assert_eq!(store.summary(&btc).await.unwrap(), None);
    assert_eq!(store.series().await.unwrap().len(), 1);
    assert_eq!(store.append(&btc, handed, Provenance::Exchange).await.unwrap().added, 48);
    assert_eq!(store.series().await.unwrap().len(), 2);
}

pub(super) async fn filled_candles_come_where_none_is_and_go_again(store: &dyn CandleStore) {
    let (key, other) = (key("BTCUSDT", Interval::H1), key("ETHUSDT", Interval::H1));
    let flat = |candle: Candle| {
        let (price, nothing) = (candle.close, Decimal::ZERO);
        let amounts =
            Candle { quote_volume: Some(nothing), taker_buy_base: None, taker_buy_quote: None, ..candle };
        Candle { open: price, high: price, low: price, volume: nothing, trades: Some(0), ..amounts }
    };
    let whole: Vec<Candle> = candles(Interval::H1, at("2023-12-31 20:00"), 8).into_iter().map(flat).collect();
    let is_kept = |candle: &Candle| candle.open_time.as_ms() / 3_600_000 % 2 == 0;
    let (kept, missing): (Vec<_>, Vec<_>) = whole.clone().into_iter().partition(is_kept);
    // What was made up by the market itself, without a trade, is no filling.
    store.append(&key, kept.clone(), Provenance::Synthetic).await.unwrap();
    let changed =
        whole.iter().map(|candle| flat(Candle { close: candle.close + Decimal::ONE, ..candle.clone() }));
    let changed: Vec<Candle> = changed.collect();
    assert_eq!(store.fill_in(&key, changed.clone()).await.unwrap(), 4);
    assert_eq!(store.fill_in(&key, changed).await.unwrap(), 0);
    let stored = all(store, &key).await;
    assert!(stored.iter().all(|row| row.provenance == Provenance::Synthetic));
    assert_eq!(plain(stored).into_iter().filter(is_kept).collect::<Vec<_>>(), kept);
    assert_eq!(store.ledger(&key).await.unwrap().filled.len(), 4);
    assert_eq!(store.summary(&key).await.unwrap().unwrap().provenance.synthetic, 8);
    // One is published after all.
    let late = candle(missing[1].open_time, 1);
    store.append(&key, vec![late.clone()], Provenance::Repaired).await.unwrap();
    assert_eq!(store.remove_filled(&key).await.unwrap(), 3);
    assert_eq!(store.remove_filled(&key).await.unwrap(), 0);
    let mut left = kept.clone();
    left.push(late);
    left.sort_by_key(|candle| candle.open_time);
    assert_eq!(plain(all(store, &key).await), left);
    let summary = store.summary(&key).await.unwrap().unwrap();
    assert_eq!((summary.rows, summary.provenance.synthetic, summary.provenance.repaired), (5, 4, 1));
    assert_eq!((summary.first, summary.last), (kept[0].open_time, kept[3].open_time));
    assert_eq!(store.ledger(&key).await.unwrap().filled, []);
    // What was removed can come back, and a series may lose all it has.
    assert_eq!(store.append(&key, missing, Provenance::Exchange).await.unwrap().added, 3);
    assert_eq!(store.fill_in(&other, whole.clone()).await.unwrap(), 8);
    assert_eq!(store.remove_filled(&other).await.unwrap(), 8);
    assert_eq!((all(store, &other).await, store.summary(&other).await.unwrap()), (Vec::new(), None));
    assert_eq!(store.append(&other, whole.clone(), Provenance::Exchange).await.unwrap().added, 8);
    assert_eq!(plain(all(store, &other).await), whole);
    let never = crate::support::key("SOLUSDT", Interval::H1);
    assert_eq!(store.remove_filled(&never).await.unwrap(), 0);
    assert_eq!(
        (store.fill_in(&never, Vec::new()).await.unwrap(), store.series().await.unwrap().len()),
        (0, 2)
    );
}
