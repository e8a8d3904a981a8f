//! Rate limits as a client meets them.

use crate::harness::{Served, tight};

const KLINES: &str = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1";

#[tokio::test]
async fn every_answer_says_how_much_weight_is_used() {
    let served = Served::at("2024-03-01").await;
    for (path, used) in
        [("/api/v3/ping", "1"), (KLINES, "3"), ("/api/v3/exchangeInfo", "23"), ("/api/v3/klines", "25")]
    {
        let answer = served.get(path).await;
        assert_eq!(answer.header("x-mbx-used-weight"), Some(used), "{path}");
        assert_eq!(answer.header("x-mbx-used-weight-1m"), Some(used), "{path}");
    }
    served.rate_clock.advance_ms(60_000);
    assert_eq!(served.get("/api/v3/time").await.header("x-mbx-used-weight-1m"), Some("1"));
    let stats = served.sim.stats();
    assert_eq!((stats.requests, stats.weight, stats.used_weight), (5, 26, 1));
    assert_eq!(stats.by_path["/api/v3/klines"], 2);
    assert_eq!((stats.by_status[&200], stats.by_status[&400]), (4, 1));
    assert_eq!(served.sim.requests().last().map(String::as_str), Some("/api/v3/time"));
    served.stop().await;
}

#[tokio::test]
async fn too_much_weight_is_429_then_418_and_passes() {
    let served = Served::with(tight("2024-03-01")).await;
    served.rate_clock.advance_ms(45_000);
    assert_eq!(served.get("/api/v3/exchangeInfo").await.status, 200);
    let limited = served.get(KLINES).await;
    assert_eq!((limited.status, limited.code(), limited.header("retry-after")), (429, -1003, Some("15")));
    assert_eq!(served.get(KLINES).await.status, 429);
    let banned = served.get(KLINES).await;
    assert_eq!((banned.status, banned.code(), banned.header("retry-after")), (418, -1003, Some("120")));
    assert!(banned.body.contains("banned until"), "{}", banned.body);
    assert_eq!(served.sim.stats().hasty_requests, 2);
    served.rate_clock.advance_ms(119_999);
    assert_eq!(served.get("/api/v3/ping").await.status, 418);
    // That answer said once more to wait, for a second.
    served.rate_clock.advance_ms(1_000);
    assert_eq!(served.get(KLINES).await.status, 200);
    assert_eq!(served.sim.stats().hasty_requests, 3);
    served.stop().await;
}

#[tokio::test]
async fn controls_weigh_nothing() {
    let served = Served::with(tight("2024-03-01")).await;
    for _ in 0..30 {
        assert_eq!(served.get("/sim/stats").await.status, 200);
    }
    assert_eq!(served.get("/sim/stats").await.json()["used_weight"], 0);
    served.stop().await;
}
