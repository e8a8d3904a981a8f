//! Filling holes with flat candles, and taking them out again: on the lake and in PostgreSQL.

use market_data::{
    CandleStore, FillRules, GapCause, LeftBecause, Note, count_filled, explain, fill, migrate,
};
use rust_decimal::Decimal;
use types::{Candle, Interval, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::support::{FOLDING_OFTEN, all, at, candle, candles, key, lake, lake_with, postgres};

const VERIFIED: FillRules = FillRules { unverified: false, longest: None };

fn hours(start: &str, end: &str) -> TimeRange {
    TimeRange { start: at(start), end: at(end) }
}

/// A day of hours around New Year without four stretches, the first two of which are known to be outages; returns what is stored.
async fn series_with_holes(store: &dyn CandleStore, key: &SeriesKey) -> Vec<Candle> {
    let missing = [
        hours("2023-12-31 15:00", "2023-12-31 17:00"),
        hours("2023-12-31 23:00", "2024-01-01 02:00"),
        hours("2024-01-01 05:00", "2024-01-01 06:00"),
        hours("2024-01-01 08:00", "2024-01-01 10:00"),
    ];
    let mut handed = candles(Interval::H1, at("2023-12-31 12:00"), 24);
    handed.retain(|candle| !missing.iter().any(|range| range.contains(candle.open_time)));
    store.append(key, handed.clone(), Provenance::Exchange).await.unwrap();
    let asked = |range| Note::Empty { range, at: at("2024-02-01") };
    let half = hours("2024-01-01 09:00", "2024-01-01 10:00");
    store.note(key, vec![asked(missing[0]), asked(missing[1]), asked(half)]).await.unwrap();
    handed
}

async fn fills_what_is_known_to_be_empty_and_takes_it_out_again(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let before = series_with_holes(store, &key).await;
    let stored = all(store, &key).await;
    let report = fill(store, &key, VERIFIED).await.unwrap();
    assert_eq!((report.filled, report.holes), (5, 2));
    let left: Vec<_> = report.left.iter().map(|left| (left.hole.gap.start, left.left_because)).collect();
    assert_eq!(
        left,
        [
            (at("2024-01-01 05:00"), LeftBecause::NotVerified),
            (at("2024-01-01 08:00"), LeftBecause::NotVerified),
            (at("2024-01-01 09:00"), LeftBecause::NoPriceBefore),
        ]
    );
    let filled = all(store, &key).await;
    let made: Vec<_> = filled.iter().filter(|row| row.provenance == Provenance::Synthetic).collect();
    let close_before = |at: Timestamp| before.iter().rfind(|candle| candle.open_time < at).unwrap().close;
    for row in &made {
        let price = close_before(row.candle.open_time);
        let Candle { open, high, low, close, volume, trades, .. } = row.candle;
        assert_eq!([open, high, low, close, volume], [price, price, price, price, Decimal::ZERO]);
        assert_eq!(trades, Some(0));
    }
    assert_eq!(made.len(), 5);
    assert_eq!(count_filled(store, &key).await.unwrap(), 5);
    assert_eq!(store.bars(&key, TimeRange::ALL).await.unwrap().provenance.synthetic, 5);
    assert_eq!(fill(store, &key, VERIFIED).await.unwrap().filled, 0);

    assert_eq!(store.remove_filled(&key).await.unwrap(), 5);
    assert_eq!(all(store, &key).await, stored);
    assert_eq!(store.summary(&key).await.unwrap().unwrap().provenance.synthetic, 0);
    assert_eq!((store.remove_filled(&key).await.unwrap(), count_filled(store, &key).await.unwrap()), (0, 0));
    // The causes are known as before.
    let gaps = explain(key.interval, &store.gaps(&key).await.unwrap(), &store.ledger(&key).await.unwrap());
    let outages = gaps.iter().filter(|part| matches!(part.cause, GapCause::Outage { .. }));
    assert_eq!(outages.map(|part| part.gap.missing).sum::<u64>(), 6);
}

#[tokio::test]
async fn on_the_lake() {
    let (_folder, store) = lake();
    fills_what_is_known_to_be_empty_and_takes_it_out_again(store.as_ref()).await;
}

#[tokio::test]
async fn on_a_lake_with_journals() {
    let (_folder, store) = lake_with(FOLDING_OFTEN);
    fills_what_is_known_to_be_empty_and_takes_it_out_again(store.as_ref()).await;
}

#[tokio::test]
async fn in_postgres() {
    let (_guard, store) = postgres().await;
    fills_what_is_known_to_be_empty_and_takes_it_out_again(store.as_ref()).await;
}

#[tokio::test]
async fn everything_is_filled_when_asked_for_but_not_what_is_too_long() {
    let (_folder, store) = lake();
    let key = key("BTCUSDT", Interval::H1);
    series_with_holes(store.as_ref(), &key).await;
    let rules = FillRules { unverified: true, longest: Some(2) };
    let report = fill(store.as_ref(), &key, rules).await.unwrap();
    assert_eq!((report.filled, report.holes), (5, 4));
    assert_eq!(report.left.len(), 1);
    assert_eq!(report.left[0].left_because, LeftBecause::TooLong);
    let gaps = store.gaps(&key).await.unwrap();
    assert_eq!(gaps.iter().map(|gap| gap.missing).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn what_the_exchange_publishes_later_takes_the_place_of_what_was_filled_and_stays() {
    let (_folder, store) = lake();
    let store = store.as_ref();
    let key = key("BTCUSDT", Interval::H1);
    series_with_holes(store, &key).await;
    fill(store, &key, VERIFIED).await.unwrap();
    let late = candle(at("2023-12-31 15:00"), 9);
    store.append(&key, vec![late.clone()], Provenance::Repaired).await.unwrap();
    let made_up = Candle { volume: late.volume + Decimal::ONE, ..late.clone() };
    let report = store.append(&key, vec![made_up], Provenance::Synthetic).await.unwrap();
    assert!(report.is_noop(), "{report:?}");
    assert_eq!((count_filled(store, &key).await.unwrap(), store.remove_filled(&key).await.unwrap()), (4, 4));
    assert!(all(store, &key).await.iter().any(|row| row.candle == late));
}

#[tokio::test]
async fn a_copy_of_the_series_knows_what_was_filled() {
    let ((_from_folder, from), (_to_folder, to)) = (lake(), lake());
    let key = key("BTCUSDT", Interval::H1);
    let before = series_with_holes(from.as_ref(), &key).await.len();
    fill(from.as_ref(), &key, VERIFIED).await.unwrap();
    migrate(from.as_ref(), to.as_ref(), &key).await.unwrap();
    assert_eq!(to.remove_filled(&key).await.unwrap(), 5);
    assert_eq!(all(to.as_ref(), &key).await.len(), before);
}
