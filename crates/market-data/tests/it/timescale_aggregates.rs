//! The continuous aggregates that readers outside query, held against our own resampling to the last digit.

use std::collections::BTreeMap;

use market_data::{CandleStore, Holes, PostgresCandles, StoredCandle, resample};
use rust_decimal::Decimal;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use types::{Candle, Interval, Provenance, TimeRange, Timestamp};

use crate::support::{LATER, all, at, candles, decimal, key, lake};
use crate::timescale::execute;

const VIEWS: [(&str, Interval); 5] = [
    ("candles_5m", Interval::M5),
    ("candles_1h", Interval::H1),
    ("candles_1d", Interval::D1),
    ("candles_1w", Interval::W1),
    ("candles_1mo", Interval::Mo1),
];

/// A view's candles of BTCUSDT, with the number of minutes in each.
async fn view(url: &str, name: &str) -> Vec<(StoredCandle, u64)> {
    // As text, so that nothing of ours takes part in reading them.
    let sql = format!(
        "SELECT (extract(epoch FROM open_time) * 1000)::bigint, open::text, high::text, low::text, close::text, volume::text,
                quote_volume::text, taker_buy_base::text, taker_buy_quote::text, trades::bigint, minutes, synthetic
         FROM {name} JOIN candle_series ON candle_series.id = series_id WHERE symbol = 'BTCUSDT' ORDER BY open_time"
    );
    let mut connection = PgConnection::connect(url).await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let value = |text: Option<&str>| text.map(|text| Decimal::from_str_exact(text).unwrap());
    rows.iter()
        .map(|row| {
            let known = |column: usize| value(row.get(column)).unwrap();
            let candle = Candle {
                open_time: Timestamp::from_ms(row.get(0)),
                open: known(1),
                high: known(2),
                low: known(3),
                close: known(4),
                volume: known(5),
                quote_volume: value(row.get(6)),
                taker_buy_base: value(row.get(7)),
                taker_buy_quote: value(row.get(8)),
                trades: row.get::<Option<i64>, _>(9).map(i64::unsigned_abs),
            };
            let provenance = if row.get(11) { Provenance::Synthetic } else { Provenance::Resampled };
            (StoredCandle { candle, provenance }, row.get::<i64, _>(10).unsigned_abs())
        })
        .collect()
}

/// What we make of the same minutes.
async fn ours(minutes: &[StoredCandle], to: Interval) -> Vec<(StoredCandle, u64)> {
    let (_folder, store) = lake();
    let series = key("BTCUSDT", Interval::M1);
    let mut counts: BTreeMap<Timestamp, u64> = BTreeMap::new();
    for provenance in Provenance::ALL {
        let part = minutes.iter().filter(|row| row.provenance == provenance);
        store.append(&series, part.map(|row| row.candle.clone()).collect(), provenance).await.unwrap();
    }
    for row in minutes {
        *counts.entry(to.floor(row.candle.open_time)).or_default() += 1;
    }
    resample(store.as_ref(), &series, to, TimeRange::ALL, Holes::Accept, LATER).await.unwrap();
    let made = all(store.as_ref(), &key("BTCUSDT", to)).await.into_iter();
    made.map(|row| (row.clone(), counts[&row.candle.open_time])).collect()
}

async fn compare(url: &str, minutes: &[StoredCandle], when: &str) {
    for (name, interval) in VIEWS {
        let (mut found, expected) = (view(url, name).await, ours(minutes, interval).await);
        assert!(!expected.is_empty(), "{name}: at least one bar");
        // Ours has no bar in whose middle the minutes begin or end.
        let kept = |row: &StoredCandle| {
            expected.iter().any(|(made, _)| made.candle.open_time == row.candle.open_time)
        };
        let all = found.len();
        found.retain(|(row, _)| kept(row));
        assert!(all <= expected.len() + 2, "{name} {when}");
        assert_eq!(found.len(), expected.len(), "{name} {when}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{name} {when}");
        }
    }
}

async fn refresh(url: &str) {
    let calls = VIEWS.map(|(name, _)| format!("CALL refresh_continuous_aggregate('{name}', NULL, NULL)"));
    execute(url, &calls.each_ref().map(String::as_str)).await;
}

#[tokio::test]
async fn aggregates_say_what_resampling_says_before_and_after_they_are_refreshed() {
    let url = testkit::timescale_url().await;
    let series = key("BTCUSDT", Interval::M1);
    // Every seventh minute of seven weeks and a day, from a Wednesday; the turn of a year and a whole January are in it.
    let mut made: Vec<Candle> =
        candles(Interval::M1, at("2023-12-13"), 73_000).into_iter().step_by(7).collect();
    made[40].quote_volume = None;
    made[5000].trades = None;
    made[9000].volume = decimal("12345678901.123456789012345678");
    let (published, made_up) = made.split_at(9900);
    let store = PostgresCandles::open(&url).await.unwrap();
    store.append(&series, published.to_vec(), Provenance::Exchange).await.unwrap();
    store.append(&series, made_up.to_vec(), Provenance::Synthetic).await.unwrap();
    // Neither candles of another interval nor of another symbol are mixed in.
    let hours = candles(Interval::H1, at("2023-12-13"), 300);
    store.append(&key("BTCUSDT", Interval::H1), hours, Provenance::Exchange).await.unwrap();
    let others = candles(Interval::M1, at("2023-12-13"), 300);
    store.append(&key("ETHUSDT", Interval::M1), others, Provenance::Exchange).await.unwrap();
    let minutes = all(&store, &series).await;
    drop(store);
    compare(&url, &minutes, "before any refresh").await;
    refresh(&url).await;
    compare(&url, &minutes, "after a refresh").await;

    let store = PostgresCandles::open(&url).await.unwrap();
    let mut revised = made[100].clone();
    revised.high += Decimal::ONE;
    store.append(&series, vec![revised], Provenance::Repaired).await.unwrap();
    let minutes = all(&store, &series).await;
    assert_eq!(store.series().await.unwrap().len(), 3, "aggregates are no series");
    drop(store);
    refresh(&url).await;
    compare(&url, &minutes, "after a revision and a refresh").await;
}
