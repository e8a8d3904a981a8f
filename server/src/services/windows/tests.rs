//! Made once, made anew when the series changed, shared, and none the worse without Redis.

use std::cell::Cell;

use app::markets::model::{LinePane, LineView, ProvenanceRun, RefusedIndicator};
use market_data::ProvenanceCounts;
use types::{Provenance, Timestamp};

use super::*;

fn query() -> CandleQuery {
    let key = app::backtests::model::parse_key("demo BTCUSDT 1h").expect("a series");
    CandleQuery { key, before_ms: None, limit: 2, indicators: vec!["sma(2)".to_owned()], known_only: true }
}

fn state(rows: u64) -> SeriesSummary {
    SeriesSummary {
        key: query().key,
        rows,
        first: Timestamp::EPOCH,
        last: Timestamp::from_ms(3_600_000),
        provenance: ProvenanceCounts::default(),
        bytes: 1000,
    }
}

fn window(close: f64) -> CandleWindow {
    CandleWindow {
        time: vec![0, 3_600_000],
        open: vec![0.1, 1.0 / 3.0],
        high: vec![2.0, 2.0],
        low: vec![0.1, 5e-324],
        close: vec![0.3, close],
        volume: vec![1e300, 0.0],
        provenance: vec![ProvenanceRun { provenance: Provenance::Synthetic, count: 2 }],
        lines: vec![LineView {
            indicator: "sma(2)".to_owned(),
            name: "sma".to_owned(),
            pane: LinePane::Overlay,
            values: vec![None, Some(0.1 + 0.2)],
        }],
        refused: vec![RefusedIndicator { indicator: "smaa(2)".to_owned(), message: "None.".to_owned() }],
        price_decimals: 8,
        volume_decimals: 0,
        has_earlier: false,
    }
}

#[tokio::test]
async fn a_window_is_made_once_until_its_series_changes() {
    let windows = HotWindows::new("memory");
    let count = Cell::new(0);
    let make = |close| {
        let count = &count;
        async move {
            count.set(count.get() + 1);
            Ok(window(close))
        }
    };
    assert_eq!(*windows.get_or_make(&query(), &state(2), make(1.0)).await.expect("a window"), window(1.0));
    assert_eq!(*windows.get_or_make(&query(), &state(2), make(2.0)).await.expect("a window"), window(1.0));
    assert_eq!(*windows.get_or_make(&query(), &state(3), make(3.0)).await.expect("a window"), window(3.0));
    let other = CandleQuery { limit: 1, ..query() };
    assert_eq!(*windows.get_or_make(&other, &state(3), make(4.0)).await.expect("a window"), window(4.0));
    assert_eq!(count.get(), 3);
}

#[tokio::test]
async fn what_could_not_be_made_is_tried_again() {
    let windows = HotWindows::new("memory");
    let refusal =
        windows.get_or_make(&query(), &state(2), async { Err(AppError::not_found("series")) }).await;
    assert_eq!(refusal.expect_err("an error"), AppError::not_found("series"));
    assert!(windows.get_or_make(&query(), &state(2), async { Ok(window(1.0)) }).await.is_ok());
}

#[tokio::test]
async fn another_process_finds_the_same_bits_in_redis() {
    let redis = testkit::RedisServer::start();
    let (one, other) = (HotWindows::new(redis.url()), HotWindows::new(redis.url()));
    one.get_or_make(&query(), &state(2), async { Ok(window(0.7)) }).await.expect("a window");
    // It is put there beside the answer, so it is asked for until it is there.
    let shelf = other.far.clone().expect("a Redis");
    let name = name(&query(), &state(2));
    let mut again = tokio::time::interval(Duration::from_millis(10));
    while shelf.find(&name).await.is_none() {
        again.tick().await;
    }
    let never = async { panic!("it is there already") };
    assert_eq!(*other.get_or_make(&query(), &state(2), never).await.expect("a window"), window(0.7));
}

#[tokio::test]
async fn a_redis_that_is_away_is_left_alone() {
    let redis = testkit::RedisServer::absent();
    let windows = HotWindows::new(redis.url());
    for rows in 2..5 {
        assert!(windows.get_or_make(&query(), &state(rows), async { Ok(window(1.0)) }).await.is_ok());
    }
    let shelf = windows.far.expect("an address");
    assert!(shelf.find("anything").await.is_none());
}
