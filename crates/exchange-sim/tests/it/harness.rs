//! A served simulator on a free port, with a clock that tests move, and the smallest HTTP client that sees everything.

use std::net::SocketAddr;
use std::time::Duration;

use exchange_sim::{Clock, Limits, MarketSource, SimConfig, Simulator, StreamTimings, serve};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use types::Timestamp;

/// A simulator that is being served.
pub(crate) struct Served {
    pub(crate) sim: Simulator,
    pub(crate) address: SocketAddr,
    pub(crate) rate_clock: Clock,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<std::io::Result<()>>>,
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    head: String,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a literal date")
}

/// The demo market with its clock at a date.
pub(crate) fn config(now: &str) -> SimConfig {
    SimConfig { clock: Clock::manual(at(now)), ..SimConfig::default() }
}

impl Served {
    pub(crate) async fn at(now: &str) -> Self {
        Self::with(config(now)).await
    }

    pub(crate) async fn with(config: SimConfig) -> Self {
        let rate_clock = Clock::manual(at("2024-05-05"));
        let config = SimConfig { rate_clock: rate_clock.clone(), ..config };
        let sim = Simulator::new(config).expect("a valid configuration");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async {
            stopped.await.ok();
        };
        let task = tokio::spawn(serve(listener, sim.clone(), shutdown));
        Self { sim, address, rate_clock, stop: Some(stop), task: Some(task) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", "").await
    }

    /// Gets rows and returns their open times in hours since the epoch.
    pub(crate) async fn hours(&self, query: &str) -> Vec<i64> {
        let answer = self.get(&format!("/api/v3/klines?symbol=BTCUSDT&interval=1h&{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
            .json()
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row[0].as_i64().expect("a time") / 3_600_000)
            .collect()
    }

    pub(crate) async fn send(&self, method: &str, path: &str, header: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\ncontent-length: {length}\r\n{header}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        let mut bytes = Vec::new();
        // A connection that was cut on request may end in an error; what arrived until then counts.
        stream.read_to_end(&mut bytes).await.ok();
        let text = String::from_utf8(bytes).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a complete head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// Stops serving and checks that it ended well.
    pub(crate) async fn stop(mut self) {
        if let (Some(stop), Some(task)) = (self.stop.take(), self.task.take()) {
            stop.send(()).expect("it still runs");
            task.await.expect("no panic").expect("no I/O error");
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn code(&self) -> i64 {
        self.json()["code"].as_i64().expect("an error code")
    }
}

/// Tight limits, so that few requests break them.
pub(crate) fn tight(now: &str) -> SimConfig {
    let limits = Limits { weight_per_minute: 20, warnings_before_ban: 2, ban_secs: 120 };
    SimConfig { limits, market: MarketSource::generated(1), ..config(now) }
}

/// Pings as often as the five answers a second that are allowed, and no patience.
pub(crate) fn fast_pings(now: &str) -> SimConfig {
    let streams = StreamTimings {
        ping_every: Duration::from_millis(250),
        pong_within: Duration::from_millis(100),
        ..StreamTimings::default()
    };
    SimConfig { streams, ..config(now) }
}
