//! `crypto exchange-sim`: a simulated exchange on this machine, generated or replaying what is stored.

use std::net::SocketAddr;

use clap::Args;
use exchange_sim::{Clock, MarketSource, ReplaySeries, SimConfig, Simulator, serve};
use market_data::Take;
use types::{ExchangeId, Interval, SeriesKey, Symbol, TimeRange, Timestamp};

use crate::output::{Failure, Output};
use crate::wiring::{Folders, House, now};

/// The demo market's seed: the same market for everybody, so that people can talk about it.
const DEMO_SEED: u64 = 1;

#[derive(Debug, Args)]
pub(super) struct ExchangeSimArguments {
    /// Where to listen; it asks nobody for a password, so keep it on this machine
    #[arg(long, default_value = "127.0.0.1:3900")]
    listen: SocketAddr,
    /// Seed of the generated market: the same seed gives the same candles
    #[arg(long, default_value_t = DEMO_SEED, conflicts_with = "replay")]
    seed: u64,
    /// What time the exchange's clock shows at the start (UTC); the machine's own unless given
    #[arg(long, value_name = "TIME")]
    start_clock_at: Option<Timestamp>,
    /// How many times as fast as the machine's the exchange's clock runs
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    speed: u32,
    /// Replay stored candles instead: EXCHANGE:SYMBOL:INTERVAL, repeatable
    #[arg(long, value_name = "SERIES", value_parser = read_series)]
    replay: Vec<SeriesKey>,
}

/// Reads `binance:BTCUSDT:1h`.
fn read_series(text: &str) -> Result<SeriesKey, String> {
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next().ok_or_else(|| format!("'{text}' is no series; write binance:BTCUSDT:1h"));
    let exchange: ExchangeId = part()?.parse().map_err(|error: types::ParseSymbolError| error.to_string())?;
    let symbol: Symbol = part()?.parse().map_err(|error: types::ParseSymbolError| error.to_string())?;
    let interval: Interval = part()?.parse().map_err(|error: types::ParseIntervalError| error.to_string())?;
    Ok(SeriesKey { exchange, symbol, interval })
}

/// Returns the demo market: generated, on the machine's clock.
pub(super) fn demo_market() -> Result<Simulator, Failure> {
    let config = SimConfig { market: MarketSource::generated(DEMO_SEED), ..SimConfig::default() };
    Simulator::new(config).map_err(|error| Failure::failed(error.to_string()))
}

pub(super) async fn run(
    arguments: ExchangeSimArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    if !arguments.listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "{} can be reached from other machines, and the simulator asks nobody for a password: listen on 127.0.0.1",
            arguments.listen
        )));
    }
    let market = if arguments.replay.is_empty() {
        MarketSource::generated(arguments.seed)
    } else {
        MarketSource::Replayed(replayed(&arguments.replay, folders).await?)
    };
    let clock = match (arguments.start_clock_at, arguments.speed) {
        (None, 1) => Clock::system(),
        (origin, speed) => Clock::scaled(origin.unwrap_or_else(now), speed),
    };
    let simulator = Simulator::new(SimConfig { market, clock, ..SimConfig::default() })
        .map_err(|error| Failure::failed(error.to_string()))?;
    let listener = super::serve::bind(arguments.listen, "--listen").await?;
    let symbols: Vec<String> = simulator.symbols().iter().map(ToString::to_string).collect();
    let address = listener.local_addr()?;
    output.notice(&format!(
        "simulated exchange on http://{address} with {}; Ctrl+C stops it",
        symbols.join(", ")
    ));
    if output.is_json() {
        output.json(&serde_json::json!({ "serving": format!("http://{address}"), "symbols": symbols }))?;
    }
    serve(listener, simulator, async {
        // Without signals there is no other way to stop than killing the process, which is as good here.
        let _ = tokio::signal::ctrl_c().await;
    })
    .await
    .map_err(Failure::from)
}

async fn replayed(series: &[SeriesKey], folders: &Folders) -> Result<Vec<ReplaySeries>, Failure> {
    let house = House::open(folders).await?;
    let mut replays = Vec::new();
    for key in series {
        let stored = house
            .candles
            .candles(key, TimeRange::ALL, Take::All)
            .await
            .map_err(|error| Failure::failed(error.to_string()))?;
        if stored.is_empty() {
            return Err(Failure::not_found(format!(
                "no candles of {key} are stored; `crypto data list` shows what is"
            )));
        }
        let candles = stored.into_iter().map(|stored| stored.candle).collect();
        replays.push(ReplaySeries {
            symbol: key.symbol.clone(),
            assets: None,
            interval: key.interval,
            candles,
        });
    }
    Ok(replays)
}
