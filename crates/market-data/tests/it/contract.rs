//! What every store of candles must do. `contract!(name, make)` runs all of it against one implementation; `make` returns a guard
//! that lives as long as the test, and an empty store.

use std::collections::BTreeMap;

use market_data::{
    CandleStore, Ledger, Note, ProvenanceCounts, RejectedRow, RevisedCandle, Revision, StoreError,
    StoredCandle, Take,
};
use rust_decimal::Decimal;
use types::{Candle, CandleBatch, CandleFault, Interval, Provenance, TimeRange, Timestamp};

mod grids;
mod removal;

use crate::support::{all, at, candle, candles, decimal, key};
use grids::a_series_keeps_the_grid_of_its_first_candles;
use removal::{a_deleted_series_is_gone_and_can_come_back, filled_candles_come_where_none_is_and_go_again};

macro_rules! contract {
    ($name:ident, $make:expr, [$($case:ident),* $(,)?]) => {
        mod $name {
            $(
                #[tokio::test]
                async fn $case() {
                    let (_guard, store) = $make;
                    super::$case(store.as_ref()).await;
                }
            )*
        }
    };
}

/// All of the contract, for one implementation.
macro_rules! whole_contract {
    ($name:ident, $make:expr) => {
        contract!(
            $name,
            $make,
            [
                a_series_never_written_is_empty,
                candles_come_back_exactly_and_in_order,
                a_batch_is_stored_as_its_candles_are,
                appending_again_changes_nothing,
                the_newest_values_win_and_are_counted,
                less_complete_candles_take_nothing_away,
                impossible_candles_are_refused_as_a_whole,
                ranges_are_half_open_and_cross_years,
                first_and_last_are_taken_in_order_of_time,
                extremes_are_kept_to_the_last_digit,
                bars_are_the_nearest_floats,
                summaries_say_what_is_there,
                months_and_minutes_are_different_series,
                gaps_and_flat_bars_are_found,
                a_series_keeps_the_grid_of_its_first_candles,
                a_deleted_series_is_gone_and_can_come_back,
                filled_candles_come_where_none_is_and_go_again,
                writers_of_one_series_wait_for_each_other,
                notes_are_kept_with_the_series,
                revised_candles_are_handed_out_as_they_were,
            ]
        );
    };
}

whole_contract!(lake, crate::support::lake());
whole_contract!(lake_folding_often, crate::support::lake_with(crate::support::FOLDING_OFTEN));
whole_contract!(lake_of_journals, crate::support::lake_with(crate::support::NEVER_FOLDING));
whole_contract!(postgres, crate::support::postgres().await);
whole_contract!(timescale, crate::support::timescale().await);

fn plain(stored: Vec<StoredCandle>) -> Vec<Candle> {
    stored.into_iter().map(|stored| stored.candle).collect()
}

async fn a_series_never_written_is_empty(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    assert_eq!(store.candles(&key, TimeRange::ALL, Take::All).await.unwrap(), []);
    assert!(store.bars(&key, TimeRange::ALL).await.unwrap().bars.is_empty());
    assert_eq!(store.summary(&key).await.unwrap(), None);
    assert_eq!(store.series().await.unwrap(), []);
    assert_eq!(store.gaps(&key).await.unwrap(), []);
    assert_eq!(store.quality(&key).await.unwrap().rows, 0);
    assert_eq!(store.delete(&key).await.unwrap(), 0);
    assert!(store.append(&key, Vec::new(), Provenance::Exchange).await.unwrap().is_noop());
    assert_eq!(store.series().await.unwrap(), []);
}

async fn candles_come_back_exactly_and_in_order(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let mut handed = candles(Interval::H1, at("2023-12-31 12:00"), 48);
    handed.push(Candle {
        quote_volume: None,
        trades: None,
        taker_buy_base: None,
        taker_buy_quote: None,
        ..candle(at("2024-01-05"), 7)
    });
    let mut shuffled = handed.clone();
    shuffled.reverse();
    let report = store.append(&key, shuffled, Provenance::Exchange).await.unwrap();
    assert_eq!((report.added, report.rows()), (49, 49));
    let stored = store.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    assert!(stored.iter().all(|stored| stored.provenance == Provenance::Exchange));
    assert_eq!(plain(stored), handed);
}

async fn a_batch_is_stored_as_its_candles_are(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let rising = candles(Interval::H1, at("2023-12-31 12:00"), 48);
    let mut shuffled = candles(Interval::H1, at("2023-12-31 20:00"), 48);
    shuffled[7].volume += Decimal::ONE;
    shuffled.extend(shuffled.clone());
    shuffled.reverse();
    // More decimals than columns of a batch hold.
    let long = Candle { volume: decimal("3031.6865559999997"), ..candle(at("2024-01-09"), 3) };
    let mut expected = BTreeMap::new();
    for handed in [rising, shuffled, vec![long, candle(at("2024-01-08"), 3)], Vec::new()] {
        let mut batch = CandleBatch::default();
        for candle in &handed {
            batch.extend(vec![candle.clone()].into());
            expected.insert(candle.open_time, candle.clone());
        }
        let report = store.append_batch(&key, batch, Provenance::Exchange).await.unwrap();
        assert_eq!(report.rows(), handed.len() as u64);
        assert_eq!(plain(all(store, &key).await), expected.values().cloned().collect::<Vec<_>>());
    }
    for fault in
        [Candle { low: Decimal::ZERO, ..candle(at("2024-01-10"), 1) }, candle(at("2024-01-10 00:30"), 1)]
    {
        let handed = vec![candle(at("2024-01-11"), 1), fault];
        let refused = store.append_batch(&key, handed.into(), Provenance::Exchange).await.unwrap_err();
        assert!(matches!(refused, StoreError::Refused { refused: 1, rows: 2, .. }), "{refused}");
    }
    assert_eq!(plain(all(store, &key).await), expected.into_values().collect::<Vec<_>>());
}

async fn appending_again_changes_nothing(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let handed = candles(Interval::H1, at("2024-03-01"), 100);
    store.append(&key, handed.clone(), Provenance::Exchange).await.unwrap();
    let before = store.summary(&key).await.unwrap();
    let again = store.append(&key, handed[10..90].to_vec(), Provenance::Imported).await.unwrap();
    assert!(again.is_noop());
    assert_eq!(again.unchanged, 80);
    assert_eq!(store.summary(&key).await.unwrap(), before);
}

async fn the_newest_values_win_and_are_counted(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let old = candles(Interval::H1, at("2024-03-01"), 20);
    store.append(&key, old.clone(), Provenance::Imported).await.unwrap();
    let mut new = old[5..15].to_vec();
    for candle in &mut new[..7] {
        candle.volume += Decimal::ONE;
    }
    let report = store.append(&key, new.clone(), Provenance::Repaired).await.unwrap();
    assert_eq!((report.added, report.unchanged, report.revised), (0, 3, 7));
    let examples: Vec<Timestamp> = new[..5].iter().map(|candle| candle.open_time).collect();
    assert_eq!(report.revised_examples, examples);
    let stored = store.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    assert_eq!(stored[5].candle, new[0]);
    assert_eq!((stored[5].provenance, stored[4].provenance), (Provenance::Repaired, Provenance::Imported));
    let counts = store.bars(&key, TimeRange::ALL).await.unwrap().provenance;
    assert_eq!(counts, ProvenanceCounts { imported: 13, repaired: 7, ..ProvenanceCounts::default() });
}

async fn less_complete_candles_take_nothing_away(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let full = candles(Interval::H1, at("2024-03-01"), 4);
    let bare: Vec<Candle> = full
        .iter()
        .map(|full| Candle {
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
            ..full.clone()
        })
        .collect();
    store.append(&key, bare[..2].to_vec(), Provenance::Imported).await.unwrap();
    let report = store.append(&key, full.clone(), Provenance::Exchange).await.unwrap();
    assert_eq!((report.added, report.enriched), (2, 2));
    let report = store.append(&key, bare, Provenance::Imported).await.unwrap();
    assert!(report.is_noop());
    let stored = store.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    assert!(stored.iter().all(|stored| stored.provenance == Provenance::Exchange));
    assert_eq!(plain(stored), full);
}

async fn impossible_candles_are_refused_as_a_whole(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let mut handed = candles(Interval::H1, at("2024-03-01"), 10);
    handed[3].high = Decimal::ONE;
    handed[7].open_time = handed[7].open_time.plus_ms(1);
    let error = store.append(&key, handed.clone(), Provenance::Exchange).await.unwrap_err();
    let StoreError::Refused { at, reason, refused, rows, .. } = error else { panic!("{error}") };
    assert_eq!((at, refused, rows), (handed[3].open_time, 2, 10));
    assert_eq!(*reason, CandleFault::HighBelowLow.into());
    assert_eq!(store.summary(&key).await.unwrap(), None, "nothing was stored");
    for wrong in [i64::MIN, -1, i64::MAX] {
        let wrong = candle(Timestamp::from_ms(wrong), 0);
        assert!(store.append(&key, vec![wrong], Provenance::Exchange).await.is_err());
    }
    let precise = Candle { volume: decimal("0.0000000000000000001"), ..candle(at.plus_ms(0), 0) };
    let error = store.append(&key, vec![precise], Provenance::Exchange).await.unwrap_err();
    assert!(
        error.to_string().contains("volume 0.0000000000000000001 needs more than 18 decimals"),
        "{error}"
    );
}

async fn ranges_are_half_open_and_cross_years(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::D1);
    let handed = candles(Interval::D1, at("2022-12-01"), 800);
    store.append(&key, handed.clone(), Provenance::Exchange).await.unwrap();
    for (start, end) in [
        ("2022-12-01", "2022-12-02"),
        ("2022-12-31", "2024-01-02"),
        ("2023-01-01", "2024-01-01"),
        ("2010-01-01", "2030-01-01"),
        ("2023-05-01", "2023-05-01"),
        ("2023-05-02", "2023-05-01"),
        ("2023-05-01 00:00:00", "2023-05-01 00:01"),
        ("2010-01-01", "2012-01-01"),
    ] {
        let range = TimeRange { start: at(start), end: at(end) };
        let expected: Vec<Candle> =
            handed.iter().filter(|candle| range.contains(candle.open_time)).cloned().collect();
        assert_eq!(plain(store.candles(&key, range, Take::All).await.unwrap()), expected, "{start} {end}");
        let bars = store.bars(&key, range).await.unwrap();
        let times: Vec<Timestamp> = expected.iter().map(|candle| candle.open_time).collect();
        assert_eq!(bars.bars.open_time(), times);
        assert_eq!(bars.provenance.total(), times.len() as u64);
    }
}

async fn first_and_last_are_taken_in_order_of_time(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::D1);
    let handed = candles(Interval::D1, at("2022-12-20"), 400);
    store.append(&key, handed.clone(), Provenance::Exchange).await.unwrap();
    let range = TimeRange { start: at("2022-12-25"), end: at("2024-01-10") };
    let inside: Vec<Candle> = handed.into_iter().filter(|candle| range.contains(candle.open_time)).collect();
    for rows in [0, 1, 5, 20, 10_000] {
        let kept = rows.min(inside.len());
        let first = plain(store.candles(&key, range, Take::First(rows)).await.unwrap());
        assert_eq!(first, inside[..kept], "first {rows}");
        let last = plain(store.candles(&key, range, Take::Last(rows)).await.unwrap());
        assert_eq!(last, inside[inside.len() - kept..], "last {rows}");
    }
}

async fn extremes_are_kept_to_the_last_digit(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let values = [
        "0.00000001",
        "9999999999.99999999",
        "10000000000",
        "0.000000000000000001",
        "99999999999999999999",
        "12345678901.123456789012345678",
        "3031.6865559999997",
    ];
    let mut handed = candles(Interval::H1, at("2024-03-01"), values.len());
    for (candle, value) in handed.iter_mut().zip(values) {
        let value = decimal(value);
        (candle.open, candle.high, candle.low, candle.close) = (value, value, value, value);
        (candle.volume, candle.taker_buy_base, candle.quote_volume) = (value, Some(value), Some(value));
        (candle.taker_buy_quote, candle.trades) = (None, Some(i64::MAX.unsigned_abs()));
    }
    store.append(&key, handed.clone(), Provenance::Exchange).await.unwrap();
    assert_eq!(plain(store.candles(&key, TimeRange::ALL, Take::All).await.unwrap()), handed);
    assert!(store.append(&key, handed, Provenance::Exchange).await.unwrap().is_noop());
    let bars = store.bars(&key, TimeRange::ALL).await.unwrap().bars;
    let expected: Vec<f64> = values.iter().map(|value| value.parse().unwrap()).collect();
    assert_eq!(bars.close(), expected);
}

async fn bars_are_the_nearest_floats(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let handed = candles(Interval::H1, at("2023-12-31"), 50);
    store.append(&key, handed.clone(), Provenance::Synthetic).await.unwrap();
    let loaded = store.bars(&key, TimeRange::ALL).await.unwrap();
    for (candle, bar) in handed.iter().zip(loaded.bars.iter()) {
        let exact = [candle.open, candle.high, candle.low, candle.close, candle.volume];
        let nearest = exact.map(|value| value.to_string().parse::<f64>().unwrap().to_bits());
        assert_eq!(nearest, [bar.open, bar.high, bar.low, bar.close, bar.volume].map(f64::to_bits));
    }
    assert_eq!((loaded.provenance.synthetic, loaded.provenance.unpublished()), (50, 50));
}

async fn summaries_say_what_is_there(store: &dyn CandleStore) {
    let (eth, btc) = (key("ETHUSDT", Interval::H1), key("BTCUSDT", Interval::D1));
    store.append(&eth, candles(Interval::H1, at("2023-12-31"), 48), Provenance::Exchange).await.unwrap();
    store.append(&eth, candles(Interval::H1, at("2024-02-01"), 2), Provenance::Imported).await.unwrap();
    store.append(&btc, candles(Interval::D1, at("2024-02-01"), 3), Provenance::Synthetic).await.unwrap();
    let all = store.series().await.unwrap();
    assert_eq!(all.iter().map(|summary| &summary.key).collect::<Vec<_>>(), [&btc, &eth]);
    let summary = store.summary(&eth).await.unwrap().unwrap();
    assert_eq!(summary, all[1]);
    assert_eq!((summary.rows, summary.first, summary.last), (50, at("2023-12-31"), at("2024-02-01 01:00")));
    assert_eq!((summary.provenance.exchange, summary.provenance.imported), (48, 2));
    assert!(summary.bytes > 0);
    store.append(&eth, candles(Interval::H1, at("2024-02-01"), 5), Provenance::Imported).await.unwrap();
    assert_eq!(store.summary(&eth).await.unwrap().map(|summary| summary.rows), Some(53));
}

async fn months_and_minutes_are_different_series(store: &dyn CandleStore) {
    for interval in Interval::ALL {
        let key = key("BTCUSDT", interval);
        store.append(&key, candles(interval, at("2024-01-01"), 3), Provenance::Exchange).await.unwrap();
    }
    let series = store.series().await.unwrap();
    assert_eq!(series.iter().map(|summary| summary.key.interval).collect::<Vec<_>>(), Interval::ALL);
    assert!(series.iter().all(|summary| summary.rows == 3));
}

async fn gaps_and_flat_bars_are_found(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let mut handed = candles(Interval::H1, at("2023-12-31 20:00"), 12);
    for flat in [1, 2, 9] {
        (handed[flat].volume, handed[flat].taker_buy_base) = (Decimal::ZERO, None);
    }
    handed.drain(3..7);
    store.append(&key, handed, Provenance::Exchange).await.unwrap();
    let gaps = store.gaps(&key).await.unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!(
        (gaps[0].start, gaps[0].end, gaps[0].missing),
        (at("2023-12-31 23:00"), at("2024-01-01 03:00"), 4)
    );
    let quality = store.quality(&key).await.unwrap();
    assert_eq!((quality.rows, quality.missing, quality.flat, &quality.gaps), (8, 4, 3, &gaps));
    assert_eq!(quality.flat_runs.iter().map(|run| run.bars).collect::<Vec<_>>(), [2, 1]);
}

async fn writers_of_one_series_wait_for_each_other(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::M1);
    let handed = candles(Interval::M1, at("2023-12-31 20:00"), 600);
    // Eight writers, each with every eighth candle, and all of them with the first one.
    let appends = (0..8).map(|writer| {
        let mut part: Vec<Candle> = handed.iter().skip(writer).step_by(8).cloned().collect();
        part.push(handed[0].clone());
        store.append(&key, part, Provenance::Exchange)
    });
    let reports = futures::future::try_join_all(appends).await.unwrap();
    assert_eq!(reports.iter().map(|report| report.added).sum::<u64>(), 600);
    assert_eq!(plain(store.candles(&key, TimeRange::ALL, Take::All).await.unwrap()), handed);
}

async fn notes_are_kept_with_the_series(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    assert_eq!(store.ledger(&key).await.unwrap(), Ledger::default());
    let range = TimeRange { start: at("2024-01-01 02:00"), end: at("2024-01-01 05:00") };
    let empty = Note::Empty { range, at: at("2024-02-01") };
    let (was, now) = (candle(at("2024-01-01"), 1), candle(at("2024-01-01"), 2));
    let revised = Note::Revised(Box::new(RevisedCandle { was, now, at: at("2024-02-01") }));
    let reason = "high is below low".to_owned();
    let rejected = RejectedRow { open_time: at("2024-01-02"), reason, at: at("2024-02-02") };
    // Before there is a candle: what is not there is noted first.
    store.note(&key, vec![empty.clone(), revised]).await.unwrap();
    assert_eq!(store.series().await.unwrap(), []);
    store.append(&key, candles(Interval::H1, at("2024-01-01"), 2), Provenance::Exchange).await.unwrap();
    store.note(&key, vec![Note::Rejected(rejected), empty]).await.unwrap();
    let ledger = store.ledger(&key).await.unwrap();
    assert_eq!((ledger.empty.len(), ledger.rejected_rows, ledger.revised_candles), (1, 1, 1));
    assert!(ledger.is_empty_there(range));
    assert_eq!(ledger.revised[0].was, candle(at("2024-01-01"), 1));
    assert_eq!(store.summary(&key).await.unwrap().unwrap().rows, 2);
    assert_eq!(store.ledger(&crate::support::key("ETHUSDT", Interval::H1)).await.unwrap(), Ledger::default());
    assert_eq!(store.delete(&key).await.unwrap(), 2);
    assert_eq!(store.ledger(&key).await.unwrap(), Ledger::default());
}

async fn revised_candles_are_handed_out_as_they_were(store: &dyn CandleStore) {
    let key = key("BTCUSDT", Interval::H1);
    let old = candles(Interval::H1, at("2024-01-01"), 5);
    let first = store.append(&key, old.clone(), Provenance::Exchange).await.unwrap();
    assert_eq!(first.revisions, []);
    let mut new = old.clone();
    new[3] = candle(old[3].open_time, 77);
    let report = store.append(&key, new.clone(), Provenance::Exchange).await.unwrap();
    assert_eq!(report.revisions, [Revision { was: old[3].clone(), now: new[3].clone() }]);
}
