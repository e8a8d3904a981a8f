//! Frames that are late, doubled, out of order or missing, over a real WebSocket.

use std::time::{Duration, Instant};

use exchange_sim::Fault;
use futures::StreamExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Served, fast_pings};
use crate::socket::{Socket, ask, next, open, seen};

const BOTH: &str = "/stream?streams=btcusdt@kline_1m/ethusdt@kline_1m";

/// Opens a connection at 12:30:30 and reads the first frame of each stream.
async fn listening(served: &Served, path: &str) -> Socket {
    let mut socket = open(served, path).await;
    for _ in 0..path.matches("@kline").count() {
        assert_eq!(seen(&mut socket).await.1, 30);
    }
    socket
}

fn btc(minute: i64, is_closing: bool) -> (String, i64, bool) {
    ("BTCUSDT".to_owned(), minute, is_closing)
}

fn eth(minute: i64, is_closing: bool) -> (String, i64, bool) {
    ("ETHUSDT".to_owned(), minute, is_closing)
}

#[tokio::test]
async fn late_frames_come_after_those_of_other_streams_and_in_their_own_order() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = listening(&served, BOTH).await;
    let start = Instant::now();
    served.sim.inject(Fault::DelayFrames { ms: 150, count: 1 });
    served.sim.clock().advance_ms(60_000);
    let mut order = Vec::new();
    for _ in 0..4 {
        order.push(seen(&mut socket).await);
    }
    assert_eq!(order, [eth(30, true), eth(31, false), btc(30, true), btc(31, false)]);
    assert!(start.elapsed() >= Duration::from_millis(150));
    let stats = served.sim.stats();
    assert_eq!((stats.frames_delayed, stats.frames_dropped, stats.faults_fired), (2, 0, 1));
    served.stop().await;
}

#[tokio::test]
async fn doubled_frames_are_the_same_twice() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = listening(&served, "/ws/btcusdt@kline_1m").await;
    served.sim.inject(Fault::DuplicateFrames { count: 2 });
    served.sim.clock().advance_ms(80_000);
    let frames = [next(&mut socket).await, next(&mut socket).await, next(&mut socket).await];
    assert_eq!((&frames[0], frames[0]["k"]["x"].as_bool()), (&frames[1], Some(true)));
    assert_eq!(frames[2]["k"]["x"], false);
    assert_eq!(next(&mut socket).await, frames[2]);
    served.sim.clock().advance_ms(30_000);
    assert_eq!(seen(&mut socket).await, btc(31, true));
    assert_eq!(seen(&mut socket).await, btc(32, false), "once again");
    assert_eq!(served.sim.stats().frames_duplicated, 2);
    served.stop().await;
}

#[tokio::test]
async fn an_older_candle_closes_after_a_newer_one_opened() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = listening(&served, "/ws/btcusdt@kline_1m").await;
    served.sim.inject(Fault::ReorderFrames { count: 2 });
    served.sim.clock().advance_ms(60_000);
    assert_eq!(seen(&mut socket).await, btc(31, false));
    assert_eq!(seen(&mut socket).await, btc(30, true));
    // A leap closes two at once: the second one passes the first.
    served.sim.clock().advance_ms(120_000);
    assert_eq!(seen(&mut socket).await, btc(32, true));
    assert_eq!(seen(&mut socket).await, btc(31, true));
    assert_eq!(seen(&mut socket).await, btc(33, false));
    assert_eq!(served.sim.stats().frames_reordered, 2);
    served.stop().await;
}

#[tokio::test]
async fn several_closing_frames_can_be_skipped() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = listening(&served, "/ws/btcusdt@kline_1m").await;
    let body = r#"{"kind":"skip_closing_frame","times":2}"#;
    let pending = served.send("POST", "/sim/faults", "", body).await.json();
    assert_eq!(pending["pending"], json!([{"kind": "skip_closing_frame"}, {"kind": "skip_closing_frame"}]));
    served.sim.clock().advance_ms(180_000);
    assert_eq!(seen(&mut socket).await, btc(32, true));
    let stats = served.sim.stats();
    assert_eq!((stats.frames_dropped, stats.faults_fired, stats.faults_pending), (2, 2, 0));
    served.stop().await;
}

#[tokio::test]
async fn faults_that_wait_are_listed_with_what_is_left_and_can_be_forgotten() {
    let served = Served::at("2024-03-01 12:30:30").await;
    served.sim.inject(Fault::DelayFrames { ms: 60_000, count: 3 });
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    // The reply overtakes the kline frame that is held back, and shows that this one has been on its way.
    ask(&mut socket, json!({ "method": "LIST_SUBSCRIPTIONS", "id": 1 })).await;
    assert_eq!(next(&mut socket).await["id"], 1);
    assert_eq!(served.get("/sim/faults").await.json()[0]["count"], 2);
    assert_eq!(served.send("DELETE", "/sim/faults", "", "").await.status, 204);
    assert!(served.sim.pending_faults().is_empty());
    let mut fresh = open(&served, "/ws/btcusdt@kline_1m").await;
    assert_eq!(seen(&mut fresh).await, btc(30, false));
    let nothing = served.send("POST", "/sim/faults", "", r#"{"kind":"reorder_frames","count":0}"#).await;
    assert!(nothing.status == 400 && nothing.body.contains("at least 1"), "{}", nothing.body);
    assert_eq!(served.sim.stats().faults_refused, 1);
    served.stop().await;
}

#[tokio::test]
async fn a_stall_keeps_the_line_open_and_loses_what_closes() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = listening(&served, "/ws/btcusdt@kline_1m").await;
    served.sim.inject(Fault::StallStreams { ms: 300 });
    served.sim.clock().advance_ms(180_000);
    // Answers are no data.
    ask(&mut socket, json!({ "method": "GET_PROPERTY", "params": ["combined"], "id": 7 })).await;
    assert_eq!(next(&mut socket).await, json!({ "result": false, "id": 7 }));
    let mut fresh = open(&served, "/ws/btcusdt@kline_1m").await;
    assert_eq!(seen(&mut fresh).await, btc(33, false), "a new connection is served");
    assert_eq!(seen(&mut socket).await, btc(33, false), "12:30 to 12:32 are never told");
    served.sim.clock().advance_ms(60_000);
    assert_eq!(seen(&mut socket).await, btc(33, true));
    assert_eq!(served.sim.stats().frames_dropped, 3);
    served.stop().await;
}

#[tokio::test]
async fn pings_go_on_while_streams_stall() {
    let served = Served::with(fast_pings("2024-03-01 12:30:30")).await;
    let mut socket = listening(&served, "/ws/btcusdt@kline_1m").await;
    served.sim.inject(Fault::StallStreams { ms: 700 });
    served.sim.clock().advance_ms(60_000);
    let mut pings = 0;
    let after = loop {
        match socket.next().await.expect("an open stream").expect("a frame") {
            Message::Ping(_) => pings += 1,
            Message::Text(text) => break text,
            other => panic!("{other:?}"),
        }
    };
    assert!(pings >= 1 && after.contains("\"x\":false"), "{pings} {after}");
    served.stop().await;
}
