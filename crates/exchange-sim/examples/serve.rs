//! Runs the demo market for trying clients by hand: `cargo run -p exchange-sim --example serve -- --listen 127.0.0.1:8900`.
//!
//! `--listen`, `--seed`, `--start-clock-at` and `--speed` mean what they mean to `crypto exchange-sim`. The port may be 0; the
//! address that was bound is printed. Ends on Ctrl-C.

use std::io::{Error, Write};
use std::str::FromStr;

use exchange_sim::{Clock, MarketSource, SimConfig, Simulator};
use types::Timestamp;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut address = "127.0.0.1:8900".to_owned();
    let (mut market, mut origin, mut speed) = (1_u64, None::<Timestamp>, 1_u32);
    let mut words = std::env::args().skip(1);
    while let Some(option) = words.next() {
        let value = words.next().ok_or_else(|| Error::other(format!("{option} needs a value")))?;
        match option.as_str() {
            "--listen" => address = value,
            "--seed" => market = read(&option, &value)?,
            "--start-clock-at" => origin = Some(read(&option, &value)?),
            "--speed" => speed = read(&option, &value)?,
            _ => return Err(Error::other(format!("{option} is unknown"))),
        }
    }
    let clock = match (origin, speed) {
        (None, 1) => Clock::system(),
        (origin, speed) => Clock::scaled(origin.unwrap_or_else(|| Clock::system().now()), speed),
    };
    let config = SimConfig { market: MarketSource::generated(market), clock, ..SimConfig::default() };
    let sim = Simulator::new(config).map_err(Error::other)?;
    let listener = tokio::net::TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    let interrupted = async {
        // Without a signal handler the simulator simply runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    exchange_sim::serve(listener, sim, interrupted).await
}

fn read<T: FromStr>(option: &str, value: &str) -> std::io::Result<T> {
    value.parse().map_err(|_| Error::other(format!("{option}: '{value}' cannot be read")))
}
