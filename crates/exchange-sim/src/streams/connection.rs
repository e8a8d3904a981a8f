//! One stream connection from its upgrade to its end.
//!
//! It is cut after five incoming frames in a second, more than 1024 streams, a ping nobody answers, or a day; and whenever a
//! signal says so. While it stalls it sends no kline frames, but answers, pings and announcements go on.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures::SinkExt;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, Interval as Ticker, MissedTickBehavior, interval_at, sleep_until};

use crate::signals::Signals;
use crate::simulator::Simulator;
use crate::streams::incoming::Incoming;
use crate::streams::outbox::Outbox;
use crate::streams::protocol::{self, Command};
use crate::streams::subscriptions::Subscriptions;

/// However fast the simulated clock runs, streams are not looked at more often than this for candles that are still open.
/// What closes is sent when it closes.
const SHORTEST_TICK_MS: u64 = 20;
/// A timer further off than this is set again when it fires.
const LONGEST_SLEEP: Duration = Duration::from_hours(1);

/// A client and what it listens to.
#[derive(Debug)]
pub(crate) struct Connection {
    sim: Simulator,
    is_combined: bool,
    subscriptions: Subscriptions,
    outbox: Outbox,
    incoming: Incoming,
    /// The ping that has not been answered: its payload and when it was sent.
    unanswered: Option<(Vec<u8>, Instant)>,
    signals: watch::Receiver<Signals>,
    /// The signals that this connection has obeyed.
    known: Signals,
    stalled_until: Option<Instant>,
    cut_at: Option<Instant>,
}

/// Why a connection ends.
#[derive(Debug)]
pub(super) enum End {
    /// The client or the network ended it, or a fault wants it dead: nothing more is sent.
    Silent,
    /// We end it and say why.
    Close(u16, &'static str),
}

pub(super) type Step = Result<(), End>;

impl Connection {
    pub(crate) fn new(sim: Simulator, is_combined: bool) -> Self {
        let mut signals = sim.signals();
        let known = *signals.borrow_and_update();
        Self {
            is_combined,
            subscriptions: Subscriptions::default(),
            outbox: Outbox::default(),
            incoming: Incoming::new(&sim),
            unanswered: None,
            signals,
            known,
            stalled_until: None,
            cut_at: None,
            sim,
        }
    }

    /// Subscribes to streams by name.
    pub(crate) fn subscribe(&mut self, names: Vec<String>) {
        let now = self.sim.clock().now();
        for name in names {
            self.subscriptions.add(name, &self.sim, now);
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
        let clock = self.sim.clock().clone();
        let update_ms = u64::try_from(timings.update_every.as_millis()).unwrap_or(u64::MAX);
        let tick_ms = (update_ms / u64::from(clock.speed())).max(SHORTEST_TICK_MS);
        let mut updates = ticker(Duration::from_millis(tick_ms));
        let mut pings = ticker(timings.ping_every);
        let lifetime = tokio::time::sleep(timings.lifetime);
        tokio::pin!(lifetime);
        let mut moves = clock.moves();
        self.check_streams()?;
        self.send_due(socket).await?;
        loop {
            let next_closing = self.next_closing();
            tokio::select! {
                biased;
                changed = self.signals.changed() => match changed {
                    Ok(()) => self.heed(socket).await?,
                    Err(_) => return Err(End::Silent),
                },
                () = &mut lifetime => {
                    self.sim.count(|stats| stats.cut_for_age += 1);
                    return Err(End::Close(close_code::NORMAL, "connections live for a day"));
                }
                () = at(self.cut_at) => return Err(End::Close(close_code::AWAY, "the server shuts down")),
                incoming = socket.recv() => match incoming {
                    Some(Ok(message)) => self.receive(socket, message).await?,
                    Some(Err(_)) | None => return Err(End::Silent),
                },
                _ = pings.tick() => self.ping(socket).await?,
                () = at(self.stalled_until) => self.resume(socket).await?,
                () = at(self.outbox.next_release().filter(|_| self.stalled_until.is_none())) => {
                    self.send_late(socket).await?;
                }
                () = moved(&mut moves) => self.send_due(socket).await?,
                () = at(next_closing) => self.send_due(socket).await?,
                _ = updates.tick() => self.send_due(socket).await?,
            }
            if self.unanswered.as_ref().is_some_and(|(_, sent)| sent.elapsed() > timings.pong_within) {
                self.sim.count(|stats| stats.cut_for_silence += 1);
                return Err(End::Close(close_code::POLICY, "a ping was not answered"));
            }
        }
    }

    /// Does what was signalled to all connections.
    async fn heed(&mut self, socket: &mut WebSocket) -> Step {
        let signals = *self.signals.borrow_and_update();
        let news = signals.since(&self.known);
        self.known = signals;
        if news.is_cut {
            return Err(End::Silent);
        }
        if news.has_ended {
            return Err(End::Close(close_code::AWAY, "the simulator stops"));
        }
        self.stalled_until = self.stalled_until.max(news.stalled_until);
        if let Some(cut_at) = news.cut_at {
            // Told twice, the earlier end counts.
            self.cut_at = Some(self.cut_at.map_or(cut_at, |earlier| earlier.min(cut_at)));
            let event = json!({ "e": "serverShutdown", "E": self.sim.clock().now().as_ms() });
            let frame = self.addressed("!serverShutdown", event);
            self.send(socket, &frame).await?;
        }
        Ok(())
    }

    async fn receive(&mut self, socket: &mut WebSocket, message: Message) -> Step {
        if !self.incoming.admits_one_more(&self.sim) {
            self.sim.count(|stats| stats.cut_for_frames += 1);
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
                    self.outbox.forget(&name);
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
        self.check_streams()?;
        self.send(socket, &protocol::reply(&result, &id)).await?;
        if has_news { self.send_due(socket).await } else { Ok(()) }
    }

    fn check_streams(&self) -> Step {
        if self.subscriptions.len() <= self.sim.stream_limits().streams_per_connection {
            return Ok(());
        }
        self.sim.count(|stats| stats.cut_for_streams += 1);
        Err(End::Close(close_code::POLICY, "too many streams"))
    }

    /// Returns when to look next because a candle closes; a clock that is moved by hand tells by itself.
    fn next_closing(&self) -> Option<Instant> {
        let clock = self.sim.clock();
        let closing = self.subscriptions.next_closing().filter(|_| self.stalled_until.is_none())?;
        Some(Instant::now() + clock.real_until(closing)?.min(LONGEST_SLEEP))
    }

    async fn send_due(&mut self, socket: &mut WebSocket) -> Step {
        // A signal that came before the clock moved is obeyed before the move is told.
        if self.signals.has_changed().unwrap_or(false) {
            self.heed(socket).await?;
        }
        if self.stalled_until.is_some() {
            return Ok(());
        }
        let mut leaving = Vec::new();
        let now = Instant::now();
        for frame in self.subscriptions.due(&self.sim) {
            self.outbox.take(frame, &self.sim, now, &mut leaving);
        }
        self.send_all(socket, leaving).await
    }

    async fn send_late(&mut self, socket: &mut WebSocket) -> Step {
        let mut leaving = Vec::new();
        self.outbox.release(Instant::now(), &mut leaving);
        self.send_all(socket, leaving).await
    }

    /// Ends a stall: what closed meanwhile is never told.
    async fn resume(&mut self, socket: &mut WebSocket) -> Step {
        self.stalled_until = None;
        let dropped = self.subscriptions.skip(&self.sim);
        self.sim.count(|stats| stats.frames_dropped += dropped);
        self.send_due(socket).await
    }

    async fn ping(&mut self, socket: &mut WebSocket) -> Step {
        let payload = self.sim.clock().now().as_ms().to_string().into_bytes();
        // An older ping that still waits keeps its deadline.
        let (payload, _) = self.unanswered.get_or_insert_with(|| (payload, Instant::now()));
        let payload = payload.clone();
        self.deliver(socket.send(Message::Ping(payload.into()))).await
    }

    /// Puts data into the envelope of combined streams where the client wants it.
    fn addressed(&self, stream: &str, data: Value) -> Value {
        if self.is_combined { json!({ "stream": stream, "data": data }) } else { data }
    }

    async fn send(&self, socket: &mut WebSocket, frame: &Value) -> Step {
        self.sim.count_frame();
        self.deliver(socket.send(text(frame))).await
    }

    /// Sends frames with one write to the network.
    async fn send_all(&self, socket: &mut WebSocket, frames: Vec<super::outbox::Frame>) -> Step {
        if frames.is_empty() {
            return Ok(());
        }
        for frame in frames {
            self.sim.count_frame();
            let message = text(&self.addressed(&frame.stream, frame.data));
            self.deliver(socket.feed(message)).await?;
        }
        self.deliver(socket.flush()).await
    }

    /// Waits until the network has taken a frame; a client that reads nothing for too long could answer no ping either.
    async fn deliver(&self, sending: impl Future<Output = Result<(), axum::Error>>) -> Step {
        let taken = tokio::time::timeout(self.sim.timings().pong_within, sending).await;
        self.sim.count(|stats| stats.cut_for_silence += u64::from(taken.is_err()));
        taken.map_err(|_| End::Silent)?.map_err(|_| End::Silent)
    }
}

fn text(frame: &Value) -> Message {
    Message::Text(frame.to_string().into())
}

/// Ticks first after one period; ticks that were missed are not made up for.
fn ticker(period: Duration) -> Ticker {
    let mut ticker = interval_at(Instant::now() + period, period);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticker
}

/// Waits for an instant; for ever where there is none.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
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
