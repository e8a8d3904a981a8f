//! Recorded candles served as if they happened now.

use exchange_sim::{MarketSource, ReplaySeries, SimConfig, Simulator};
use types::{Interval, Symbol, TimeRange};

use crate::harness::{Served, at, config};

#[tokio::test]
async fn what_was_recorded_is_what_is_served() {
    let symbol: Symbol = "SOLUSDT".parse().unwrap();
    let generated = Simulator::new(config("2024-04-01")).unwrap();
    let range = TimeRange { start: at("2024-03-01"), end: at("2024-03-02") };
    let candles = generated.candles(&symbol, Interval::H1, range).unwrap();
    let series = ReplaySeries { symbol: symbol.clone(), assets: None, interval: Interval::H1, candles };
    let market = MarketSource::Replayed(vec![series.clone()]);
    let served = Served::with(SimConfig { market, ..config("2024-04-01") }).await;

    assert_eq!(served.sim.candles(&symbol, Interval::H1, TimeRange::ALL).unwrap(), series.candles);
    let rows = served.get("/api/v3/klines?symbol=SOLUSDT&interval=1h&limit=1000").await.json();
    assert_eq!(rows.as_array().map(Vec::len), Some(24));
    served.sim.clock().set(at("2024-03-01 06:30"));
    let rows = served.get("/api/v3/klines?symbol=SOLUSDT&interval=1h").await.json();
    assert_eq!(rows.as_array().map(Vec::len), Some(7), "the future is hidden");
    assert_eq!(served.get("/api/v3/klines?symbol=SOLUSDT&interval=1m").await.code(), -1120);
    assert_eq!(served.get("/api/v3/klines?symbol=BTCUSDT&interval=1h").await.code(), -1121);
    let info = served.get("/api/v3/exchangeInfo").await.json();
    assert_eq!((info["symbols"][0]["baseAsset"].as_str(), info["symbols"][1].is_null()), (Some("SOL"), true));
    served.stop().await;
}
