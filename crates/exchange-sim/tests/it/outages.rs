//! What hits everybody at once: announced shutdowns, outages, bans.

use std::time::{Duration, Instant};

use exchange_sim::Fault;
use serde_json::json;

use crate::harness::{Served, at};
use crate::socket::{end, next, open, refused, seen};

const KLINES: &str = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1";

#[tokio::test]
async fn a_shutdown_is_announced_to_those_who_are_connected() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut raw = open(&served, "/ws/btcusdt@kline_1m").await;
    let mut combined = open(&served, "/stream").await;
    seen(&mut raw).await;
    let start = Instant::now();
    served.sim.inject(Fault::ServerShutdown { after_ms: 150 });
    let event = json!({ "e": "serverShutdown", "E": at("2024-03-01 12:30:30").as_ms() });
    assert_eq!(next(&mut raw).await, event);
    assert_eq!(next(&mut combined).await, json!({ "stream": "!serverShutdown", "data": event }));
    let mut fresh = open(&served, "/ws/btcusdt@kline_1m").await;
    served.sim.clock().advance_ms(60_000);
    assert!(seen(&mut raw).await.2, "data goes on until the end");
    assert_eq!((end(&mut raw).await, end(&mut combined).await), (Some(1001), Some(1001)));
    assert!(start.elapsed() >= Duration::from_millis(150));
    for is_closing in [false, true, false] {
        assert_eq!(seen(&mut fresh).await.2, is_closing, "the new connection lives on");
    }
    served.stop().await;
}

#[tokio::test]
async fn an_outage_ends_streams_and_refuses_everything_until_it_is_over() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    seen(&mut socket).await;
    served.sim.inject(Fault::Outage { ms: 60_000 });
    assert_eq!(end(&mut socket).await, None, "no goodbye");
    for path in ["/api/v3/ping", KLINES] {
        let answer = served.get(path).await;
        assert_eq!((answer.status, answer.header("x-mbx-used-weight")), (503, None), "{path}");
        assert!(answer.body.starts_with("<html>"), "{}", answer.body);
    }
    assert_eq!(refused(&served, "/stream").await, (503, None));
    served.rate_clock.advance_ms(59_999);
    assert_eq!(served.get(KLINES).await.status, 503);
    served.rate_clock.advance_ms(1);
    assert_eq!(served.get(KLINES).await.status, 200);
    let mut fresh = open(&served, "/ws/btcusdt@kline_1m").await;
    seen(&mut fresh).await;
    let stats = served.sim.stats();
    assert_eq!((stats.requests, stats.requests_during_outage, stats.by_status[&503]), (4, 3, 3));
    assert_eq!((stats.weight, stats.stream_attempts, stats.stream_attempts_during_outage), (2, 3, 1));
    served.stop().await;
}

#[tokio::test]
async fn a_ban_lasts_as_long_as_it_says_and_counts_who_does_not_wait() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let queued = served.send("POST", "/sim/faults", "", r#"{"kind":"ban","secs":90}"#).await;
    assert_eq!(queued.json()["pending"], json!([]), "it happens at once");
    let banned = served.get("/api/v3/ping").await;
    assert_eq!((banned.status, banned.code(), banned.header("retry-after")), (418, -1003, Some("90")));
    let until = at("2024-05-05 00:01:30").as_ms().to_string();
    assert!(banned.body.contains(&until), "{}", banned.body);
    let stats = served.sim.stats();
    assert_eq!((stats.requests_during_ban, stats.hasty_requests), (1, 0), "it could not know");
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    assert!(!seen(&mut socket).await.2, "streams are another matter");
    served.rate_clock.advance_ms(89_000);
    assert_eq!(served.get(KLINES).await.header("retry-after"), Some("1"));
    // A shorter ban does not shorten it.
    served.sim.inject(Fault::Ban { secs: 0 });
    assert_eq!(served.get(KLINES).await.status, 418);
    served.rate_clock.advance_ms(1_000);
    assert_eq!(served.get(KLINES).await.status, 200);
    let stats = served.sim.stats();
    assert_eq!((stats.requests_during_ban, stats.hasty_requests), (3, 2));
    served.stop().await;
}
