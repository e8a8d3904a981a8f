//! Revised history, as clients see it.

use exchange_sim::{Fault, MarketSource, ReplaySeries, SimConfig, SimError, Simulator};
use types::{Candle, Interval, Symbol, TimeRange, Timestamp};

use crate::harness::{Served, at, config};
use crate::socket::{next, open};

fn btc() -> Symbol {
    "BTCUSDT".parse().expect("a literal symbol")
}

fn candle(sim: &Simulator, interval: Interval, open: Timestamp) -> Candle {
    let range = TimeRange { start: open, end: interval.next_open(open) };
    sim.candles(&btc(), interval, range).expect("a listed series").remove(0)
}

#[tokio::test]
async fn every_interval_shows_a_revised_candle_from_then_on() {
    let served = Served::at("2024-03-01 13:30:30").await;
    let open_time = at("2024-03-01 12:59");
    let hour = at("2024-03-01 12:00");
    let before = (candle(&served.sim, Interval::M1, open_time), candle(&served.sim, Interval::H1, hour));
    let row = |body: &serde_json::Value| (body[0][4].clone(), body[0][5].clone());
    let page = "/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=1709294400000&limit=1";
    let shown = row(&served.get(page).await.json());
    let body = r#"{"kind":"revise","symbol":"BTCUSDT","open_time":"2024-03-01T12:59:00Z"}"#;
    assert_eq!(served.send("POST", "/sim/faults", "", body).await.status, 200);
    let after = (candle(&served.sim, Interval::M1, open_time), candle(&served.sim, Interval::H1, hour));
    assert_ne!((after.0.close, after.0.volume), (before.0.close, before.0.volume));
    assert_eq!((after.0.high, after.0.low), (before.0.high, before.0.low));
    assert_eq!(after.1.close, after.0.close, "the last minute of its hour");
    assert_eq!(after.1.volume - before.1.volume, after.0.volume - before.0.volume);
    let revised = row(&served.get(page).await.json());
    assert_ne!(revised, shown);
    assert_eq!(revised.0.as_str().map(str::parse), Some(Ok(after.1.close)));
    let truth = "/sim/truth?symbol=BTCUSDT&interval=1h&start=1709294400000&end=1709298000000";
    assert_eq!(row(&served.get(truth).await.json()), revised);
    assert_eq!(served.sim.stats().candles_revised, 1);
    // The same revisions make the same market.
    let twin = Simulator::new(config("2024-03-01 13:30:30")).unwrap();
    twin.inject(Fault::Revise { symbol: btc(), open_time });
    assert_eq!(candle(&twin, Interval::H1, hour), after.1);
    served.stop().await;
}

#[tokio::test]
async fn an_hour_that_closes_later_is_told_with_its_revised_minutes() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let hour = at("2024-03-01 12:00");
    let untouched = Simulator::new(config("2024-03-01 13:00")).unwrap();
    let mut socket = open(&served, "/ws/btcusdt@kline_1h").await;
    let first = next(&mut socket).await;
    served.sim.inject(Fault::ReviseRecent { nth_symbol: 4, minutes_ago: 20 });
    served.sim.clock().set(at("2024-03-01 13:00"));
    let mut closed = next(&mut socket).await;
    // The unfinished candle may have been shown in between, with its new volume.
    while closed["k"]["x"] == false {
        assert_ne!(closed["k"]["v"], first["k"]["v"]);
        closed = next(&mut socket).await;
    }
    let truth = candle(&served.sim, Interval::H1, hour);
    assert_eq!(closed["k"]["v"].as_str().map(str::parse), Some(Ok(truth.volume)));
    assert!(truth.volume > candle(&untouched, Interval::H1, hour).volume);
    served.stop().await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_revised() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let sim = &served.sim;
    for open_time in ["2024-03-01 12:30", "2024-03-01 12:29:30", "2019-01-01"].map(at) {
        let missing = SimError::NoCandle { symbol: btc(), open_time };
        assert_eq!(sim.revise(&btc(), open_time), Err(missing));
    }
    let unknown: Symbol = "XYZUSDT".parse().unwrap();
    assert_eq!(sim.revise(&unknown, at("2024-03-01")), Err(SimError::UnknownSymbol(unknown)));
    let body = r#"[{"kind":"cut_body"},{"kind":"revise","symbol":"BTCUSDT","open_time":0}]"#;
    let refused = served.send("POST", "/sim/faults", "", body).await;
    assert!(refused.status == 400 && refused.body.contains("fault 1: BTCUSDT"), "{}", refused.body);
    sim.inject(Fault::Revise { symbol: btc(), open_time: Timestamp::EPOCH });
    assert_eq!((sim.stats().candles_revised, sim.stats().faults_refused), (0, 2));
    served.stop().await;
}

#[tokio::test]
async fn a_recent_revision_says_which_candle_it_meant() {
    let market = Simulator::new(config("2024-03-01 12:30:30")).unwrap();
    let injected = market.try_inject(Fault::ReviseRecent { nth_symbol: 5, minutes_ago: 0 }).unwrap();
    let symbol = "ETHUSDT".parse().unwrap();
    assert_eq!(injected, Fault::Revise { symbol, open_time: at("2024-03-01 12:29") });

    let range = TimeRange { start: at("2024-02-29"), end: at("2024-03-01") };
    let candles = market.candles(&btc(), Interval::H1, range).unwrap();
    let series = ReplaySeries { symbol: btc(), assets: None, interval: Interval::H1, candles };
    let replayed =
        SimConfig { market: MarketSource::Replayed(vec![series]), ..config("2024-02-29 12:30:30") };
    let replayed = Simulator::new(replayed).unwrap();
    let injected = replayed.try_inject(Fault::ReviseRecent { nth_symbol: 0, minutes_ago: 60 }).unwrap();
    assert_eq!(injected, Fault::Revise { symbol: btc(), open_time: at("2024-02-29 11:00") });
}
