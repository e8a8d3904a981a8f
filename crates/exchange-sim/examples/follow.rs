//! Measures how closely streams follow a fast clock: `cargo run --release -p exchange-sim --example follow -- 720 20 10`.
//!
//! Arguments: speed, symbols, real seconds, connections. Prints closings a second, how late they arrived, whether any was
//! missing. (`time` tells the processor time of simulator and clients together.)

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use exchange_sim::{Clock, MarketSource, SimConfig, Simulator, StreamTimings, default_listings, serve};
use futures::StreamExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use types::Timestamp;

/// 2024-03-01 23:00: the run passes a midnight, where all symbols' next days are drawn at once.
const START_MS: i64 = 1_709_334_000_000;

/// What one client saw.
#[derive(Debug, Default)]
struct Seen {
    frames: u64,
    closings: u64,
    missing: u64,
    /// Real milliseconds between a candle's close and its frame.
    late_ms: Vec<f64>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u32>().unwrap_or(1).max(1));
    let mut next = |default: u32| arguments.next().unwrap_or(default);
    let (speed, symbols, seconds, connections) = (next(720), next(20), next(10), next(1));
    let clock = Clock::scaled(Timestamp::from_ms(START_MS), speed);
    let config = SimConfig {
        market: market(symbols),
        clock: clock.clone(),
        rate_clock: clock.clone(),
        streams: StreamTimings::scaled(speed),
        ..SimConfig::default()
    };
    let sim = Simulator::new(config).map_err(std::io::Error::other)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let names: Vec<String> = sim.symbols().iter().map(|symbol| symbol.as_str().to_lowercase()).collect();
    let streams: Vec<String> =
        names.iter().flat_map(|name| [format!("{name}@kline_1m"), format!("{name}@kline_5m")]).collect();
    let url = format!("ws://{address}/stream?streams={}", streams.join("/"));
    tokio::spawn(serve(listener, sim, std::future::pending()));
    let real = Duration::from_secs(seconds.into());
    let clients: Vec<_> = (0..connections)
        .map(|_| {
            tokio::spawn(tokio::time::timeout(real + real, follow(url.clone(), clock.clone(), speed, real)))
        })
        .collect();
    for client in clients {
        let seen = client.await?.map_err(std::io::Error::other)??;
        tell(seen, seconds)?;
    }
    Ok(())
}

/// Twenty symbols behave like the four of the demo market.
fn market(symbols: u32) -> MarketSource {
    let demo = default_listings();
    let listings = demo.iter().cycle().zip(0..symbols).filter_map(|(like, number)| {
        let mut listing = like.clone();
        listing.symbol = format!("C{number:02}USDT").parse().ok()?;
        Some(listing)
    });
    MarketSource::Generated { seed: 1, listings: listings.collect() }
}

async fn follow(url: String, clock: Clock, speed: u32, real: Duration) -> std::io::Result<Seen> {
    let (mut socket, _) = connect_async(url).await.map_err(std::io::Error::other)?;
    let mut seen = Seen::default();
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    let end = tokio::time::Instant::now() + real;
    while tokio::time::Instant::now() < end {
        let Some(message) = socket.next().await else { break };
        let Message::Text(text) = message.map_err(std::io::Error::other)? else { continue };
        let now = clock.now();
        seen.frames += 1;
        if !text.contains("\"x\":true") {
            continue;
        }
        let frame: Value = serde_json::from_str(&text).map_err(std::io::Error::other)?;
        let kline = &frame["data"]["k"];
        let (open, close) = (kline["t"].as_i64().unwrap_or(0), kline["T"].as_i64().unwrap_or(0) + 1);
        let stream = frame["stream"].as_str().unwrap_or_default();
        seen.closings += 1;
        let before = last.insert(stream.to_owned(), close);
        seen.missing += u64::from(before.is_some_and(|before| before != open));
        let late = now.ms_since(Timestamp::from_ms(close));
        seen.late_ms.push(f64::from(i32::try_from(late).unwrap_or(i32::MAX)) / f64::from(speed));
    }
    Ok(seen)
}

fn tell(mut seen: Seen, seconds: u32) -> std::io::Result<()> {
    seen.late_ms.sort_unstable_by(f64::total_cmp);
    let share = |percent: usize| seen.late_ms.get(seen.late_ms.len() * percent / 100).copied().unwrap_or(0.0);
    let (half, most, worst) = (share(50), share(99), seen.late_ms.last().copied().unwrap_or(0.0));
    let seconds = u64::from(seconds);
    writeln!(
        std::io::stdout(),
        "{} frames/s, {} closings/s, {} missing; late in real ms: median {half:.1}, 99 % {most:.1}, worst {worst:.1}",
        seen.frames / seconds,
        seen.closings / seconds,
        seen.missing,
    )
}
