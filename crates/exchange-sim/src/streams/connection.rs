//! One stream connection from its upgrade to its end.
//!
//! It is cut after five incoming frames in a second, more than 1024 streams, a ping nobody answers, or a day.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, Interval as Ticker, MissedTickBehavior, interval_at};

use crate::simulator::{Cut, Simulator};
use crate::streams::protocol::{self, Command};
use crate::streams::subscriptions::Subscriptions;

const MOST_FRAMES_PER_SECOND: u32 = 5;
const MOST_STREAMS: usize = 1024;
/// However fast the simulated clock runs, streams are not looked at more often than this.
const SHORTEST_TICK_MS: u64 = 20;

/// A client and what it listens to.
#[derive(Debug)]
pub(crate) struct Connection {
    sim: Simulator,
    is_combined: bool,
    subscriptions: Subscriptions,
    second_started: Instant,
    frames_this_second: u32,
    /// The ping that has not been answered: its payload and when it was sent.
    unanswered: Option<(Vec<u8>, Instant)>,
}

/// Why a connection ends.
#[derive(Debug)]
enum End {
    /// The client or the network ended it, or a fault wants it dead: nothing more is sent.
    Silent,
    /// We end it and say why.
    Close(u16, &'static str),
}

type Step = Result<(), End>;

impl Connection {
    pub(crate) fn new(sim: Simulator, is_combined: bool) -> Self {
        Self {
            sim,
            is_combined,
            subscriptions: Subscriptions::default(),
            second_started: Instant::now(),
            frames_this_second: 0,
            unanswered: None,
        }
    }

    /// Subscribes to streams by name.
    pub(crate) fn subscribe(&mut self, names: Vec<String>) {
        let now = self.sim.clock().now();
        for name in names {
            self.subscriptions.add(name, now);
        }
    }

    /// Serves the connection until it ends.
    pub(crate) async fn run(mut self, mut socket: WebSocket) {
        let open = self.sim.streams_open().clone();
        open.send_modify(|count| *count += 1);
        let end = self.converse(&mut socket).await;
        if let Err(End::Close(code, reason)) = end {
            let frame = CloseFrame { code, reason: reason.into() };
            // The other side may be gone already; there is nobody left to tell.
            drop(socket.send(Message::Close(Some(frame))).await);
        }
        drop(socket);
        open.send_modify(|count| *count -= 1);
    }

    async fn converse(&mut self, socket: &mut WebSocket) -> Step {
        let timings = self.sim.timings();
        let update_ms = u64::try_from(timings.update_every.as_millis()).unwrap_or(u64::MAX);
        let tick_ms = (update_ms / u64::from(self.sim.clock().speed())).max(SHORTEST_TICK_MS);
        let mut updates = ticker(std::time::Duration::from_millis(tick_ms));
        let mut pings = ticker(timings.ping_every);
        let lifetime = tokio::time::sleep(timings.lifetime);
        tokio::pin!(lifetime);
        let mut cuts = self.sim.cuts();
        let mut moves = self.sim.clock().moves();
        self.send_due(socket).await?;
        loop {
            tokio::select! {
                biased;
                changed = cuts.changed() => return Err(match changed.map(|()| *cuts.borrow()) {
                    Ok(Cut::Goodbye) => End::Close(close_code::AWAY, "the simulator stops"),
                    Ok(Cut::Abrupt) | Err(_) => End::Silent,
                }),
                () = &mut lifetime => return Err(End::Close(close_code::NORMAL, "connections live for a day")),
                incoming = socket.recv() => match incoming {
                    Some(Ok(message)) => self.receive(socket, message).await?,
                    Some(Err(_)) | None => return Err(End::Silent),
                },
                _ = pings.tick() => self.ping(socket).await?,
                () = moved(&mut moves) => self.send_due(socket).await?,
                _ = updates.tick() => self.send_due(socket).await?,
            }
            if self.unanswered.as_ref().is_some_and(|(_, sent)| sent.elapsed() > timings.pong_within) {
                return Err(End::Close(close_code::POLICY, "a ping was not answered"));
            }
        }
    }

    async fn receive(&mut self, socket: &mut WebSocket, message: Message) -> Step {
        if self.second_started.elapsed().as_secs() >= 1 {
            self.second_started = Instant::now();
            self.frames_this_second = 0;
        }
        self.frames_this_second += 1;
        if self.frames_this_second > MOST_FRAMES_PER_SECOND {
            return Err(End::Close(close_code::POLICY, "Too many requests"));
        }
        match message {
            Message::Text(text) => self.obey(socket, text.as_str()).await,
            Message::Pong(payload) => {
                self.unanswered.take_if(|(sent, _)| sent.as_slice() == payload.as_ref());
                Ok(())
            }
            // The library answers pings by itself.
            Message::Ping(_) => Ok(()),
            Message::Binary(_) => Err(End::Close(close_code::UNSUPPORTED, "text frames only")),
            Message::Close(_) => Err(End::Silent),
        }
    }

    async fn obey(&mut self, socket: &mut WebSocket, text: &str) -> Step {
        let (command, id) = match protocol::parse(text) {
            Ok(parsed) => parsed,
            Err(complaint) => return self.send(socket, &complaint).await,
        };
        let mut has_news = false;
        let result = match command {
            Command::Subscribe(names) => {
                self.subscribe(names);
                has_news = true;
                Value::Null
            }
            Command::Unsubscribe(names) => {
                for name in names {
                    self.subscriptions.remove(&name);
                }
                Value::Null
            }
            Command::ListSubscriptions => json!(self.subscriptions.names()),
            Command::SetCombined(is_combined) => {
                self.is_combined = is_combined;
                Value::Null
            }
            Command::GetCombined => json!(self.is_combined),
        };
        if self.subscriptions.len() > MOST_STREAMS {
            return Err(End::Close(close_code::POLICY, "more than 1024 streams"));
        }
        self.send(socket, &protocol::reply(&result, &id)).await?;
        if has_news { self.send_due(socket).await } else { Ok(()) }
    }

    async fn send_due(&mut self, socket: &mut WebSocket) -> Step {
        for (stream, data) in self.subscriptions.due(&self.sim) {
            let frame = if self.is_combined { json!({ "stream": stream, "data": data }) } else { data };
            self.send(socket, &frame).await?;
        }
        Ok(())
    }

    async fn ping(&mut self, socket: &mut WebSocket) -> Step {
        let payload = self.sim.clock().now().as_ms().to_string().into_bytes();
        // An older ping that still waits keeps its deadline.
        self.unanswered.get_or_insert_with(|| (payload.clone(), Instant::now()));
        let payload = self.unanswered.as_ref().map_or(payload, |(waiting, _)| waiting.clone());
        socket.send(Message::Ping(payload.into())).await.map_err(|_| End::Silent)
    }

    async fn send(&self, socket: &mut WebSocket, frame: &Value) -> Step {
        self.sim.count_frame();
        socket.send(Message::Text(frame.to_string().into())).await.map_err(|_| End::Silent)
    }
}

/// Ticks first after one period; ticks that were missed are not made up for.
fn ticker(period: std::time::Duration) -> Ticker {
    let mut ticker = interval_at(Instant::now() + period, period);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticker
}

/// Waits for a manual clock to move; never ends for one that runs by itself.
async fn moved(moves: &mut Option<watch::Receiver<()>>) {
    if let Some(moves) = moves
        && moves.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}
