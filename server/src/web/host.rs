//! Takes connections in and serves them, within limits; ends them in order.
//!
//! HTTP/1.1 and HTTP/2 on the same port. Deadlines: for a request's head, between requests and for a client that takes nothing (here and
//! in `connections`), for a body and for an answer (layers of the router). Deliberately no TLS: that is a proxy's business.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use super::connections::{Admitted, Connections, FIRST_REQUEST, Limits};
use super::watched::{AskedBody, ToldBody, WatchedStream};

/// The most that a request's head may take in memory, in bytes.
const HEAD_BYTES: usize = 64 * 1024;
/// Requests at once on one HTTP/2 connection: a page asks for a dozen files.
const STREAMS: u32 = 64;
/// How often an HTTP/2 client is asked whether it is there, and how long it may take to say so.
const ALIVE: Duration = Duration::from_secs(20);
/// The pause after the system could not hand over a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Whoever finds no place is told so in one piece, as there is nobody to have a conversation with.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Serves until told to stop; returns when the last answer is sent.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: CancellationToken,
) {
    let connections = Connections::new(limits);
    let builder = Arc::new(builder());
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => match connections.admit(from.ip()) {
                Some(admitted) => {
                    let serving =
                        attend(stream, from, router.clone(), builder.clone(), admitted, shutdown.clone());
                    tasks.spawn(serving);
                }
                None => refuse(&stream, from),
            },
            // Whoever knocked is gone.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                connections.make_room();
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(FIRST_REQUEST).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(ALIVE)
        .keep_alive_timeout(ALIVE);
    builder
}

/// Serves one connection to its end.
async fn attend(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    builder: Arc<Builder<TokioExecutor>>,
    admitted: Admitted,
    shutdown: CancellationToken,
) {
    let connection = admitted.connection.clone();
    // Answers are written whole; waiting for more to send only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection takes no options");
    }
    let asked = connection.clone();
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let answering = asked.answering();
        let mut request = request.map(|body| Body::new(AskedBody::new(body, asked.clone())));
        request.extensions_mut().insert(ConnectInfo(from));
        let mut router = router.clone();
        async move {
            let answer = router.call(request).await;
            answer.map(|answer| answer.map(|body| ToldBody::new(body, answering)))
        }
    });
    let io = TokioIo::new(WatchedStream::new(stream, connection.clone()));
    let mut serving = std::pin::pin!(builder.serve_connection(io, TowerToHyperService::new(service)));
    let mut has_to_go = std::pin::pin!(connection.has_to_go());
    let (mut is_closing, mut is_leaving) = (false, false);
    loop {
        tokio::select! {
            biased;
            ended = serving.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%from, error, "a connection ended early");
                }
                return;
            }
            () = has_to_go.as_mut(), if !is_leaving => {
                // On a busy server the client's request may have come and not been read. Sockets are looked at before this goes on.
                tokio::task::yield_now().await;
                let ended = futures::poll!(serving.as_mut()).is_ready();
                if ended || !connection.is_at_work() {
                    tracing::debug!(%from, "a connection was cut: its client was silent, or others needed the place");
                    return;
                }
                is_leaving = true;
                serving.as_mut().graceful_shutdown();
            }
            // Spared for as long as there is something to do for it, and no longer.
            () = connection.waits(), if is_leaving => {
                tracing::debug!(%from, "a connection was cut: others needed the place, and its client kept it waiting");
                return;
            }
            () = shutdown.cancelled(), if !is_closing => {
                is_closing = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

fn refuse(stream: &TcpStream, from: SocketAddr) {
    // Fresh connections take this much at once; where not, closing says the same.
    let told = stream.try_write(FULL);
    tracing::debug!(%from, ?told, "a connection was refused: all places are in use");
}
