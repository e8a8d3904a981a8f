//! Every closed candle is told once, whatever else goes on.

use market_data::Lake;
use testkit::CandleBuilder;
use tokio::sync::broadcast::channel;
use types::{Provenance, Timestamp};

use super::*;

const MINUTE: i64 = 60_000;
/// How often the store is looked at here.
const OFTEN: Duration = Duration::from_millis(20);

fn key(symbol: &str) -> SeriesKey {
    SeriesKey {
        exchange: "demo".parse().expect("an exchange"),
        symbol: symbol.parse().expect("a symbol"),
        interval: "1m".parse().expect("an interval"),
    }
}

fn candle(minute: i64) -> Candle {
    CandleBuilder::flat(Timestamp::from_ms(minute * MINUTE), 100.into()).build()
}

fn news(symbol: &str, minute: i64, is_closed: bool) -> Published {
    Published { key: key(symbol), candle: candle(minute), is_closed }
}

async fn store(lake: &Lake, minutes: std::ops::Range<i64>) {
    let candles = minutes.map(candle).collect();
    lake.append(&key("BTCUSDT"), candles, Provenance::Exchange).await.expect("an append");
}

async fn next(watching: &mut Watching, lake: &Lake) -> (i64, bool) {
    let told = watching.next(lake).await;
    (told.time / MINUTE, told.closed)
}

#[tokio::test]
async fn the_store_is_looked_at_while_other_series_are_busy() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path()).expect("a lake");
    store(&lake, 0..3).await;
    let (sender, receiver) = channel(64);
    let mut watching = Watching::new(key("BTCUSDT"), receiver, OFTEN);
    let busy = tokio::spawn(async move {
        let mut tick = interval(OFTEN / 10);
        loop {
            tick.tick().await;
            let _ = sender.send(news("ETHUSDT", 5, false));
        }
    });
    assert_eq!(next(&mut watching, &lake).await, (2, true), "what is there");
    store(&lake, 3..5).await;
    assert_eq!(next(&mut watching, &lake).await, (3, true));
    assert_eq!(next(&mut watching, &lake).await, (4, true));
    busy.abort();
}

#[tokio::test]
async fn a_reader_who_lags_misses_no_closed_candle() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path()).expect("a lake");
    store(&lake, 0..1).await;
    let (sender, receiver) = channel(4);
    let mut watching = Watching::new(key("BTCUSDT"), receiver, OFTEN);
    assert_eq!(next(&mut watching, &lake).await, (0, true));
    for minute in 1..=6 {
        store(&lake, minute..minute + 1).await;
        sender.send(news("BTCUSDT", minute, true)).expect("a reader");
        for _ in 0..3 {
            sender.send(news("ETHUSDT", minute, false)).expect("a reader");
        }
    }
    sender.send(news("BTCUSDT", 7, false)).expect("a reader");
    for minute in 1..=6 {
        assert_eq!(next(&mut watching, &lake).await, (minute, true));
    }
    assert_eq!(next(&mut watching, &lake).await, (7, false), "and each only once");
}
