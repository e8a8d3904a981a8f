//! Kline streams over a real WebSocket.

use exchange_sim::Fault;
use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use types::{Interval, TimeRange};

use crate::harness::{Served, at, fast_pings};
use crate::socket::{ask, end, next, open};

#[tokio::test]
async fn a_candle_is_shown_growing_and_then_closed() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    let first = next(&mut socket).await;
    assert_eq!((first["e"].as_str(), first["s"].as_str()), (Some("kline"), Some("BTCUSDT")));
    assert_eq!((first["k"]["x"].as_bool(), first["k"]["i"].as_str()), (Some(false), Some("1m")));
    served.sim.clock().set(at("2024-03-01 12:31:00"));
    let closed = next(&mut socket).await;
    let range = TimeRange { start: at("2024-03-01 12:30"), end: at("2024-03-01 12:31") };
    let truth = served.sim.candles(&"BTCUSDT".parse().unwrap(), Interval::M1, range).unwrap();
    let kline = &closed["k"];
    assert_eq!((kline["x"].as_bool(), kline["t"].as_i64()), (Some(true), Some(range.start.as_ms())));
    assert_eq!(kline["T"].as_i64(), Some(range.end.as_ms() - 1));
    assert_eq!(kline["c"].as_str().map(str::parse), Some(Ok(truth[0].close)));
    assert_eq!(kline["q"].as_str().map(str::parse), Some(Ok(truth[0].quote_volume.unwrap())));
    let trades = kline["L"].as_i64().unwrap() - kline["f"].as_i64().unwrap() + 1;
    assert_eq!(kline["n"].as_i64(), Some(trades));
    assert_eq!(next(&mut socket).await["k"]["x"], false, "the next candle opens at once");
    served.stop().await;
}

#[tokio::test]
async fn every_closed_candle_is_told_however_far_the_clock_leaps() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/stream?streams=ethusdt@kline_1m").await;
    assert_eq!(next(&mut socket).await["data"]["k"]["x"], false);
    served.sim.clock().advance_ms(10 * 60_000);
    for minute in 30..40 {
        let frame = next(&mut socket).await;
        assert_eq!(frame["stream"], "ethusdt@kline_1m");
        assert_eq!(frame["data"]["k"]["x"], true);
        assert_eq!(frame["data"]["k"]["t"].as_i64(), Some(at(&format!("2024-03-01 12:{minute}")).as_ms()));
    }
    served.stop().await;
}

#[tokio::test]
async fn every_door_that_clients_use_is_open() {
    let served = Served::at("2024-03-01 12:30:30").await;
    for path in ["/ws", "/ws/0", "/ws/1", "/stream"] {
        let mut socket = open(&served, path).await;
        let params = ["solusdt@kline_1h", "solusdt@trade"];
        ask(&mut socket, json!({ "method": "SUBSCRIBE", "params": params, "id": 1 })).await;
        assert_eq!(next(&mut socket).await, json!({ "result": null, "id": 1 }), "{path}");
        let frame = next(&mut socket).await;
        assert_eq!(frame.get("stream").is_some(), path == "/stream", "{path}");
        ask(&mut socket, json!({ "method": "LIST_SUBSCRIPTIONS", "id": "two" })).await;
        assert_eq!(next(&mut socket).await, json!({ "result": params, "id": "two" }));
        ask(&mut socket, json!({ "method": "UNSUBSCRIBE", "params": ["solusdt@kline_1h"], "id": null }))
            .await;
        assert_eq!(next(&mut socket).await, json!({ "result": null, "id": null }));
        ask(&mut socket, json!({ "method": "DANCE", "id": 4 })).await;
        assert_eq!(next(&mut socket).await["code"], 2);
    }
    let mut several = open(&served, "/ws/btcusdt%40kline_1m/ethusdt@kline_1m").await;
    let symbols = [next(&mut several).await["s"].clone(), next(&mut several).await["s"].clone()];
    assert_eq!(symbols, ["BTCUSDT", "ETHUSDT"]);
    served.stop().await;
}

#[tokio::test]
async fn a_skipped_closing_frame_is_missing_and_a_cut_line_is_dead() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    next(&mut socket).await;
    served.sim.inject(Fault::SkipClosingFrame);
    served.sim.clock().advance_ms(60_000);
    let after = next(&mut socket).await;
    assert_eq!(
        (after["k"]["x"].as_bool(), after["k"]["t"].as_i64()),
        (Some(false), Some(at("2024-03-01 12:31").as_ms()))
    );
    served.sim.inject(Fault::DisconnectStreams);
    assert_eq!(end(&mut socket).await, None, "no goodbye");
    let mut fresh = open(&served, "/ws/btcusdt@kline_1m").await;
    assert_eq!(next(&mut fresh).await["k"]["x"], false, "a new connection works");
    assert_eq!(served.sim.stats().faults_fired, 2);
    served.stop().await;
}

#[tokio::test]
async fn pings_keep_a_listener_alive_and_end_a_deaf_one() {
    let served = Served::with(fast_pings("2024-03-01 12:30:30")).await;
    let mut listener = open(&served, "/ws").await;
    let deaf = open(&served, "/ws").await;
    // The deaf one never reads, so it never answers: it has to be gone after its second ping.
    let mut pings = 0;
    while served.sim.stats().streams_open > 1 {
        let frame = listener.next().await.expect("an open stream").expect("a frame");
        assert!(matches!(frame, Message::Ping(_)), "{frame:?}");
        pings += 1;
        assert!(pings < 20, "the deaf one is still there");
    }
    assert!(pings >= 1);
    assert_eq!(served.sim.stats().cut_for_silence, 1);
    drop(deaf);
    drop(listener);
    served.stop().await;
}

#[tokio::test]
async fn a_chatterbox_is_cut() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/ws").await;
    for id in 0..12 {
        // The line may go dead while we are still talking.
        let frame = json!({ "method": "LIST_SUBSCRIPTIONS", "id": id }).to_string();
        if socket.send(Message::text(frame)).await.is_err() {
            break;
        }
    }
    end(&mut socket).await;
    assert!(served.sim.stats().frames_sent <= 6, "five answers at most, plus none");
    served.stop().await;
}

#[tokio::test]
async fn stopping_says_goodbye_to_listeners() {
    let served = Served::at("2024-03-01 12:30:30").await;
    let mut socket = open(&served, "/ws/btcusdt@kline_1m").await;
    next(&mut socket).await;
    let (code, ()) = tokio::join!(end(&mut socket), served.stop());
    assert_eq!(code, Some(1001));
}
