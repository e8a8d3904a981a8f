//! The smallest stream client that sees everything.

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::harness::Served;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn open(served: &Served, path: &str) -> Socket {
    connect_async(format!("ws://{}{path}", served.address)).await.expect("an upgrade").0
}

/// Tries to connect and returns the HTTP status and Retry-After of the refusal.
pub(crate) async fn refused(served: &Served, path: &str) -> (u16, Option<String>) {
    match connect_async(format!("ws://{}{path}", served.address)).await {
        Err(Error::Http(response)) => {
            let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
            (response.status().as_u16(), wait.map(str::to_owned))
        }
        other => panic!("{other:?}"),
    }
}

/// Returns the next text frame; pings are answered on the way.
pub(crate) async fn next(socket: &mut Socket) -> Value {
    loop {
        match socket.next().await.expect("an open stream").expect("a frame") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Returns what tells frames apart: symbol, open time in minutes of the hour, and whether it closes.
pub(crate) async fn seen(socket: &mut Socket) -> (String, i64, bool) {
    let frame = next(socket).await;
    let data = frame.get("data").unwrap_or(&frame);
    let kline = &data["k"];
    let minute = kline["t"].as_i64().expect("a kline frame") / 60_000 % 60;
    (data["s"].as_str().expect("a symbol").to_owned(), minute, kline["x"].as_bool().expect("x"))
}

pub(crate) async fn ask(socket: &mut Socket, frame: Value) {
    socket.send(Message::text(frame.to_string())).await.expect("the frame is sent");
}

/// Reads until the connection ends and returns the close frame's code, or `None` when it went dead without one.
pub(crate) async fn end(socket: &mut Socket) -> Option<u16> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return None,
        }
    }
}
