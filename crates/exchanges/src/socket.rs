//! A WebSocket connection as a feed needs it: text in, text out at a bounded pace, and an end when the line goes quiet.
//!
//! Invariants: a connection on which nothing arrives, not even a ping, for the time given is over; no more messages are sent than
//! the pace allows; pings are answered. It neither reconnects nor knows what a message means.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::protocol::FeedEnd;
use crate::tls::install_crypto_provider;

/// No exchange's frame of candles comes near it.
const MOST_BYTES: usize = 4 << 20;

/// How a connection is kept.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Longest time to get a connection, handshake included.
    pub connect_timeout: Duration,
    /// Shortest time between two messages of ours.
    pub pace: Duration,
    /// A line on which nothing at all arrives for so long is dead.
    pub silence: Duration,
    /// Sent as a message when nothing arrived for half of that time, where the exchange wants to be asked.
    pub nudge: Option<&'static str>,
}

/// An open connection.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    host: String,
    manners: Manners,
    outbox: VecDeque<String>,
    may_send: Instant,
    heard: Instant,
    nudged: bool,
    /// Whether something was written that may not have left yet.
    is_unflushed: bool,
    end: Option<FeedEnd>,
}

impl Socket {
    /// Opens a connection.
    ///
    /// # Errors
    /// In words, why there is none.
    pub async fn connect(url: &str, manners: Manners) -> Result<Self, String> {
        let shown = config::redact_url(url).into_owned();
        let request = url.into_client_request().map_err(|error| {
            format!("stream_url '{shown}' is no WebSocket address ({error}); write it like wss://stream.example.com")
        })?;
        let host = request
            .uri()
            .authority()
            .map_or(shown, |authority| authority.as_str().rsplit('@').next().unwrap_or_default().to_owned());
        install_crypto_provider();
        let limits =
            WebSocketConfig::default().max_message_size(Some(MOST_BYTES)).max_frame_size(Some(MOST_BYTES));
        let connecting = connect_async_with_config(request, Some(limits), true);
        let (stream, _) = timeout(manners.connect_timeout, connecting)
            .await
            .map_err(|_| format!("{host} did not accept a connection in time"))?
            .map_err(|error| format!("no stream from {host} ({})", cause(&error)))?;
        let now = Instant::now();
        Ok(Self {
            stream,
            host,
            manners,
            outbox: VecDeque::new(),
            may_send: now,
            heard: now,
            nudged: false,
            is_unflushed: false,
            end: None,
        })
    }

    /// Sends a message as soon as the pace allows, while [`Socket::next`] is waited for.
    pub fn queue(&mut self, text: String) {
        self.outbox.push_back(text);
    }

    /// Waits for the next text. May be dropped and called again.
    ///
    /// # Errors
    /// [`FeedEnd`] once the connection is over; every later call says so as well.
    pub async fn next(&mut self) -> Result<String, FeedEnd> {
        if let Some(end) = &self.end {
            return Err(end.clone());
        }
        let end = match self.converse().await {
            Ok(text) => return Ok(text),
            Err(end) => end,
        };
        self.end = Some(end.clone());
        Err(end)
    }

    async fn converse(&mut self) -> Result<String, FeedEnd> {
        loop {
            let half = self.heard + self.manners.silence / 2;
            let must_nudge = self.manners.nudge.filter(|_| !self.nudged);
            let (heard, silence) = (self.heard, self.manners.silence);
            let (may_send, is_sending) = (self.may_send, !self.outbox.is_empty());
            tokio::select! {
                biased;
                message = poll_fn(|context| self.poll_message(context)) => {
                    self.heard = Instant::now();
                    self.nudged = false;
                    if let Some(text) = self.read(message)? {
                        return Ok(text);
                    }
                }
                // The next round sends it.
                () = sleep_until(may_send), if is_sending && may_send > Instant::now() => {}
                () = sleep_until(half), if must_nudge.is_some() => {
                    self.nudged = true;
                    self.outbox.extend(must_nudge.map(str::to_owned));
                }
                () = sleep_until(heard + silence) => {
                    let seconds = silence.as_secs();
                    return Err(FeedEnd(format!("{} sent nothing at all for {seconds} s", self.host)));
                }
            }
        }
    }

    /// Sends what is due and takes what is there. Nothing is lost when the waiting is given up: what was begun is the socket's own
    /// state, not that of a future.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Message, Error>>> {
        while !self.outbox.is_empty() && self.may_send <= Instant::now() {
            match self.stream.poll_ready_unpin(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                Poll::Pending => break,
            }
            let Some(text) = self.outbox.pop_front() else { break };
            self.may_send = Instant::now() + self.manners.pace;
            self.is_unflushed = true;
            if let Err(error) = self.stream.start_send_unpin(Message::text(text)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
        if self.is_unflushed {
            match self.stream.poll_flush_unpin(context) {
                Poll::Ready(Ok(())) => self.is_unflushed = false,
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                Poll::Pending => {}
            }
        }
        self.stream.poll_next_unpin(context)
    }

    fn read(&self, message: Option<Result<Message, Error>>) -> Result<Option<String>, FeedEnd> {
        match message {
            Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
            // Pings are answered by the library while it reads.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {
                Ok(None)
            }
            Some(Ok(Message::Close(frame))) => Err(FeedEnd(match frame {
                Some(frame) if !frame.reason.is_empty() => {
                    format!("{} closed the stream: {}", self.host, frame.reason)
                }
                _ => format!("{} closed the stream", self.host),
            })),
            Some(Err(error)) => {
                Err(FeedEnd(format!("the stream from {} broke ({})", self.host, cause(&error))))
            }
            None => Err(FeedEnd(format!("the stream from {} broke", self.host))),
        }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("host", &self.host).field("end", &self.end).finish_non_exhaustive()
    }
}

/// What happened, without the names of layers.
fn cause(error: &Error) -> String {
    match error {
        Error::Http(answer) => format!("HTTP {}", answer.status()),
        Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
