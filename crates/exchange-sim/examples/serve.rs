//! Runs the demo market for trying clients by hand: `cargo run -p exchange-sim --example serve -- 127.0.0.1:8900`.
//!
//! The port may be 0; the address that was bound is printed. Ends on Ctrl-C.

use std::io::Write;

use exchange_sim::{SimConfig, Simulator};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8900".to_owned());
    let listener = tokio::net::TcpListener::bind(&address).await?;
    let sim = Simulator::new(SimConfig::default()).map_err(std::io::Error::other)?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    let interrupted = async {
        // Without a signal handler the simulator simply runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    exchange_sim::serve(listener, sim, interrupted).await
}
