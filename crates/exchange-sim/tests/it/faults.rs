//! Faults on request, from within the process and over HTTP.

use exchange_sim::Fault;

use crate::harness::{Served, at};

const KLINES: &str = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=4";

#[tokio::test]
async fn each_klines_request_suffers_the_next_fault() {
    let served = Served::at("2024-03-01 12:30").await;
    served.sim.inject_all([
        Fault::RateLimited { retry_after_secs: 7 },
        Fault::Banned { retry_after_secs: 130 },
        Fault::ServerError,
        Fault::Overloaded,
    ]);
    assert_eq!(served.get("/api/v3/ping").await.status, 200, "only klines suffer");
    let limited = served.get(KLINES).await;
    assert_eq!((limited.status, limited.code(), limited.header("retry-after")), (429, -1003, Some("7")));
    let banned = served.get(KLINES).await;
    assert_eq!((banned.status, banned.header("retry-after")), (418, Some("130")));
    let until = served.rate_clock.now().plus_ms(130_000).as_ms().to_string();
    assert!(banned.body.contains(&until), "{}", banned.body);
    let broken = served.get(KLINES).await;
    assert_eq!((broken.status, broken.code()), (500, -1000));
    let overloaded = served.get(KLINES).await;
    assert_eq!((overloaded.status, overloaded.code()), (503, -1008));
    assert_eq!(served.get(KLINES).await.status, 200);
    let stats = served.sim.stats();
    assert_eq!((stats.faults_fired, stats.faults_pending), (4, 0));
    assert_eq!(stats.hasty_requests, 4, "the requests that ignored Retry-After");
    served.stop().await;
}

#[tokio::test]
async fn pages_can_be_wrong_in_every_way() {
    let served = Served::at("2024-03-01 12:30").await;
    let last = at("2024-03-01 12:00").as_ms() / 3_600_000;
    served.sim.inject_all([
        Fault::ShortPage { rows: 2 },
        Fault::DropUnfinished,
        Fault::DuplicateRows { count: 1 },
        Fault::OutOfOrder,
        Fault::Latency { ms: 1 },
    ]);
    for hours in [
        vec![last - 3, last - 2],
        vec![last - 3, last - 2, last - 1],
        vec![last - 3, last - 3, last - 2, last - 1, last],
        vec![last, last - 1, last - 2, last - 3],
        vec![last - 3, last - 2, last - 1, last],
    ] {
        assert_eq!(served.hours("limit=4").await, hours);
    }
    served.stop().await;
}

#[tokio::test]
async fn a_cut_connection_announces_more_than_it_sends() {
    let served = Served::at("2024-03-01 12:30").await;
    let whole = served.get(KLINES).await.body.len();
    served.sim.inject(Fault::CutBody);
    let cut = served.get(KLINES).await;
    assert_eq!(cut.status, 200);
    assert_eq!(cut.header("content-length"), Some(whole.to_string().as_str()));
    assert_eq!(cut.body.len(), whole / 2);
    served.stop().await;
}

#[tokio::test]
async fn faults_and_the_clock_are_ruled_over_http() {
    let served = Served::at("2024-03-01 12:30").await;
    let body = r#"[{"kind":"server_error","times":2},{"kind":"latency","ms":1}]"#;
    let queued = served.send("POST", "/sim/faults", "", body).await;
    assert_eq!(queued.json()["pending"].as_array().map(Vec::len), Some(3));
    assert_eq!(served.get(KLINES).await.status, 500);
    assert_eq!(served.get("/sim/faults").await.json()[1]["kind"], "latency");
    assert_eq!(served.send("DELETE", "/sim/faults", "", "").await.status, 204);
    assert_eq!(served.get(KLINES).await.status, 200);
    let refused = served.send("POST", "/sim/faults", "", r#"{"kind":"fire"}"#).await;
    assert!(refused.status == 400 && refused.body.contains("fire"), "{}", refused.body);

    let moved = served.send("POST", "/sim/clock", "", r#"{"advance_ms":60000}"#).await;
    assert_eq!(moved.json()["now"], "2024-03-01T12:31:00Z");
    for nonsense in
        [r#"{"leap":1}"#, r#"{"now_ms":-9223372036854775808}"#, r#"{"advance_ms":9223372036854775807}"#]
    {
        assert_eq!(served.send("POST", "/sim/clock", "", nonsense).await.status, 400, "{nonsense}");
    }
    served.stop().await;
}
