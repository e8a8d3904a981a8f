//! OKX's candle channels: an acknowledgement for each channel, pushes with a flag, `ping` and `pong` as text.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::{Value, json};
use types::{Interval, TimeRange, Timestamp};

use super::{BARS, PAIR, Server, row};

/// OKX pushes at most once a second; the worlds of these tests are faster than life.
const PUSH_EVERY: Duration = Duration::from_millis(15);

const UPGRADE: &str = r#"{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"a4d3ae55"}"#;

/// The channels of a connection and the bar each of them told last.
type Channels = BTreeMap<String, (Interval, Timestamp)>;

pub(super) async fn open(State(server): State<Server>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| converse(socket, server))
}

/// Ends with the connection, or without a word when streams are cut.
async fn converse(mut socket: WebSocket, server: Server) {
    let mut cuts = server.cuts.subscribe();
    let mut upgrades = server.upgrades.subscribe();
    let mut pushes = tokio::time::interval(PUSH_EVERY);
    let mut channels = Channels::new();
    loop {
        let frames = tokio::select! {
            _ = cuts.changed() => return,
            _ = upgrades.changed() => vec![UPGRADE.to_owned()],
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => answer(&text, &server, &mut channels),
                Some(Ok(_)) => Vec::new(),
                Some(Err(_)) | None => return,
            },
            _ = pushes.tick() => push(&server, &mut channels),
        };
        for frame in frames {
            if socket.send(Message::text(frame)).await.is_err() {
                return;
            }
        }
    }
}

fn answer(text: &str, server: &Server, channels: &mut Channels) -> Vec<String> {
    if text == "ping" {
        return vec!["pong".to_owned()];
    }
    let request: Value = serde_json::from_str(text).unwrap();
    let op = request["op"].as_str().unwrap();
    let args = request["args"].as_array().unwrap();
    let mut frames = Vec::new();
    for arg in args {
        let channel = arg["channel"].as_str().unwrap().to_owned();
        let bar = BARS.into_iter().find(|(name, _)| Some(*name) == channel.strip_prefix("candle"));
        let Some((_, interval)) = bar.filter(|_| arg["instId"] == PAIR) else {
            let msg = format!("Wrong URL or channel:{channel},instId:{} doesn't exist.", arg["instId"]);
            frames.push(json!({ "event": "error", "code": "60018", "msg": msg, "connId": "a4d3ae55" }));
            continue;
        };
        if op == "subscribe" {
            channels.insert(channel, (interval, interval.floor(server.world.clock.now())));
        } else {
            channels.remove(&channel);
        }
        frames.push(json!({ "event": op, "arg": arg, "connId": "a4d3ae55" }));
    }
    frames.iter().map(Value::to_string).collect()
}

/// What closed since the last push, and the candle as it stands.
fn push(server: &Server, channels: &mut Channels) -> Vec<String> {
    let world = &server.world;
    let mut frames = Vec::new();
    for (channel, (interval, told)) in channels {
        let range = TimeRange { start: *told, end: world.clock.now().plus_ms(1) };
        let closed = world.closed(*interval, range);
        let rows = closed.iter().map(|candle| row(candle, true));
        let forming = world.forming(*interval, range);
        for row in rows.chain(forming.iter().map(|candle| row(candle, false))) {
            let arg = json!({ "channel": channel, "instId": PAIR });
            frames.push(json!({ "arg": arg, "data": [row] }).to_string());
        }
        *told = closed.last().map_or(*told, |candle| interval.next_open(candle.open_time));
    }
    frames
}
