//! What a client may ask of streams, and what becomes of one that asks for more.

use std::time::Duration;

use exchange_sim::{SimConfig, StreamTimings};
use futures::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Served, config};
use crate::socket::{ask, end, next, open, refused};

#[tokio::test]
async fn three_hundred_attempts_in_five_minutes_are_enough() {
    let served = Served::at("2024-03-01 12:30:30").await;
    served.rate_clock.advance_ms(240_000);
    for _ in 0..300 {
        drop(open(&served, "/ws").await);
    }
    assert_eq!(refused(&served, "/ws").await, (429, Some("60".to_owned())));
    served.rate_clock.advance_ms(59_999);
    assert_eq!(refused(&served, "/stream").await.0, 429);
    served.rate_clock.advance_ms(1);
    drop(open(&served, "/ws").await);
    let stats = served.sim.stats();
    assert_eq!((stats.stream_attempts, stats.stream_attempts_refused), (303, 2));
    served.stop().await;
}

#[tokio::test]
async fn one_stream_more_than_1024_ends_the_connection() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let names: Vec<String> = (0..1025).map(|number| format!("s{number}usdt@trade")).collect();
    let mut socket = open(&served, "/ws").await;
    ask(&mut socket, json!({ "method": "SUBSCRIBE", "params": names[..1024], "id": 1 })).await;
    assert_eq!(next(&mut socket).await["result"], json!(null));
    ask(&mut socket, json!({ "method": "SUBSCRIBE", "params": names[1024..], "id": 2 })).await;
    assert_eq!(end(&mut socket).await, Some(1008));
    let mut at_once = open(&served, &format!("/ws/{}", names.join("/"))).await;
    assert_eq!(end(&mut at_once).await, Some(1008));
    assert_eq!(served.sim.stats().cut_for_streams, 2);
    served.stop().await;
}

#[tokio::test]
async fn five_frames_a_second_by_the_exchanges_clock_are_allowed() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/ws").await;
    let list = |id: i64| json!({ "method": "LIST_SUBSCRIPTIONS", "id": id });
    for id in 0..15 {
        if id % 5 == 0 {
            served.rate_clock.advance_ms(1_000);
        }
        ask(&mut socket, list(id)).await;
        assert_eq!(next(&mut socket).await["id"], id);
    }
    assert_eq!(served.sim.stats().cut_for_frames, 0);
    // A real second passes sooner or later; ten frames in a row are too many in any case.
    for id in 0..11 {
        if socket.send(Message::text(list(id).to_string())).await.is_err() {
            break;
        }
    }
    end(&mut socket).await;
    assert_eq!(served.sim.stats().cut_for_frames, 1);
    served.stop().await;
}

#[tokio::test]
async fn nobody_stays_longer_than_a_connection_lives() {
    let streams = StreamTimings { lifetime: Duration::from_millis(100), ..StreamTimings::scaled(720) };
    let served = Served::with(SimConfig { streams, ..config("2024-03-01 12:30:30") }).await;
    let mut socket = open(&served, "/ws").await;
    assert_eq!(end(&mut socket).await, Some(1000));
    assert_eq!(served.sim.stats().cut_for_age, 1);
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_does_not_hold_the_line_for_ever() {
    let streams = StreamTimings { pong_within: Duration::from_millis(100), ..StreamTimings::default() };
    let served = Served::with(SimConfig { streams, ..config("2021-03-01 12:30:30") }).await;
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    next(&mut socket).await;
    // A thousand candles at a time fill what the system holds for a reader.
    while served.sim.stats().streams_open > 0 {
        served.sim.clock().advance_ms(1000 * 60_000);
        tokio::task::yield_now().await;
    }
    assert_eq!(served.sim.stats().cut_for_silence, 1);
    drop(socket);
    served.stop().await;
}

#[tokio::test]
async fn the_busiest_minute_is_remembered() {
    let served = Served::at("2024-03-01").await;
    for path in ["/api/v3/exchangeInfo", "/api/v3/ping"] {
        served.get(path).await;
    }
    served.rate_clock.advance_ms(60_000);
    served.get("/api/v3/ping").await;
    let shown = served.get("/sim/stats").await.json();
    assert_eq!((shown["peak_weight"].as_u64(), shown["used_weight"].as_u64()), (Some(21), Some(1)));
    served.stop().await;
}
