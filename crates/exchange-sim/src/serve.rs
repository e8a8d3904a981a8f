//! Runs a simulator on a socket until it is told to stop.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::http::router;
use crate::simulator::Simulator;

/// How long streams may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Serves until `shutdown` completes, then ends streams and finishes the answers under way.
///
/// The caller binds the listener, to 127.0.0.1: the simulator asks nobody for a password.
pub async fn serve(
    listener: TcpListener,
    sim: Simulator,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let parting = sim.clone();
    let stop = async move {
        shutdown.await;
        parting.say_goodbye();
    };
    // A small frame that waits for an acknowledgement is late by minutes of a clock that runs fast.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps the system's delay");
        }
    });
    axum::serve(listener, router(sim.clone())).with_graceful_shutdown(stop).await?;
    let mut open = sim.streams_open().subscribe();
    let all_gone = open.wait_for(|count| *count == 0);
    if tokio::time::timeout(GOODBYE, all_gone).await.is_err() {
        tracing::warn!("some streams did not say goodbye in time");
    }
    Ok(())
}
