//! Properties of the lake: chunking and order of appends do not matter, and what goes in comes out.

use std::collections::{BTreeMap, BTreeSet};

use market_data::{CandleStore, Lake, Take};
use proptest::prelude::*;
use rust_decimal::Decimal;
use types::{Candle, Interval, Provenance, TimeRange, Timestamp};

use crate::support::{at, key};

/// A value that a store keeps exactly: 18 digits with 8 decimals mostly, now and then one that needs more.
fn value() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (1_i64..10_i64.pow(18), 0_u32..=8).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        1 => (1_i64..i64::MAX, 9_u32..=18).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        1 => (0_i64..10).prop_map(|zeros| Decimal::new(1, 18) * Decimal::from(10_i64.pow(zeros.unsigned_abs().try_into().unwrap()))),
    ]
}

prop_compose! {
    fn any_candle()(
        hour in 0_i64..3000,
        mut prices in [value(), value(), value(), value()],
        open_is_lower in any::<bool>(),
        volume in value(),
        quote_volume in proptest::option::of(value()),
        trades in proptest::option::of(0_u64..u64::MAX / 2),
        taker_buy_quote in proptest::option::of(value()),
    ) -> Candle {
        prices.sort_unstable();
        let [low, one, other, high] = prices;
        let (open, close) = if open_is_lower { (one, other) } else { (other, one) };
        // 2023-10-01 and 3000 hours reach into the next year.
        let open_time = at("2023-10-01").plus_ms(hour * 3_600_000);
        Candle {
            open_time, open, high, low, close, volume, quote_volume, trades, taker_buy_base: None, taker_buy_quote,
        }
    }
}

/// Distinct candles with a mark that says which append gets them.
fn series() -> impl Strategy<Value = Vec<(Candle, usize)>> {
    proptest::collection::vec((any_candle(), 0_usize..4), 1..60).prop_map(|rows| {
        let mut seen = BTreeSet::<Timestamp>::new();
        rows.into_iter().filter(|(candle, _)| seen.insert(candle.open_time)).collect()
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn stored(lake: &Lake, interval: Interval) -> Vec<Candle> {
    let stored = lake.candles(&key("BTCUSDT", interval), TimeRange::ALL, Take::All).await.unwrap();
    stored.into_iter().map(|stored| stored.candle).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_in_any_order_gives_the_same_series(rows in series()) {
        let (folder, key) = (tempfile::tempdir().unwrap(), key("BTCUSDT", Interval::H1));
        let lake = Lake::open(folder.path()).unwrap();
        let (read, bars, again) = block_on(async {
            for chunk in 0..4 {
                let part: Vec<Candle> =
                    rows.iter().filter(|row| row.1 == chunk).map(|row| row.0.clone()).collect();
                let count = part.len() as u64;
                let report = lake.append(&key, part, Provenance::Imported).await.unwrap();
                assert_eq!((report.added, report.rows()), (count, count));
            }
            let all = rows.iter().map(|row| row.0.clone()).collect();
            let again = lake.append(&key, all, Provenance::Imported).await.unwrap();
            (stored(&lake, Interval::H1).await, lake.bars(&key, TimeRange::ALL).await.unwrap().bars, again)
        });
        let mut expected: Vec<Candle> = rows.iter().map(|row| row.0.clone()).collect();
        expected.sort_by_key(|candle| candle.open_time);
        prop_assert!(again.is_noop());
        prop_assert_eq!(&read, &expected);
        let closes: Vec<f64> = expected.iter().map(|candle| candle.close.to_string().parse().unwrap()).collect();
        prop_assert_eq!(bars.close(), &closes[..]);
    }

    #[test]
    fn the_last_of_several_versions_is_what_stays(versions in proptest::collection::vec(any_candle(), 1..40)) {
        let (folder, key) = (tempfile::tempdir().unwrap(), key("BTCUSDT", Interval::H1));
        let lake = Lake::open(folder.path()).unwrap();
        // Few open times, so that they meet; no blanks, so that versions differ or are equal.
        let versions: Vec<Candle> = versions
            .into_iter()
            .map(|candle| Candle {
                open_time: Timestamp::from_ms(at("2023-12-31 22:00").as_ms() + candle.open_time.as_ms() % 18_000_000),
                quote_volume: None, trades: None, taker_buy_quote: None,
                ..candle
            })
            .collect();
        let mut expected = BTreeMap::new();
        for version in &versions {
            expected.insert(version.open_time, version.clone());
        }
        let count = versions.len() as u64;
        let (read, report) = block_on(async {
            let report = lake.append(&key, versions, Provenance::Imported).await.unwrap();
            (stored(&lake, Interval::H1).await, report)
        });
        prop_assert_eq!(report.rows(), count);
        prop_assert_eq!(read, expected.into_values().collect::<Vec<_>>());
    }
}
