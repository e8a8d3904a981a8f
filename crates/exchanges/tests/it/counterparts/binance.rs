//! Binance: the simulator.

use axum::Router;
use axum::http::Uri;
use exchange_sim::{Fault, MarketSource, ReplaySeries, SimConfig, Simulator};
use types::{Candle, Interval};

use crate::contract::{Counterpart, World};
use crate::support::{range, symbol};

pub(crate) struct Binance(Simulator);

impl Counterpart for Binance {
    const ADAPTER: &'static str = "binance";
    const SYMBOL: &'static str = "BTCUSDT";
    const UNKNOWN: &'static str = "NOPEUSDT";
    const UNSUPPORTED: Interval = Interval::S1;
    const PLACE: &'static str = "klines";
    const TOO_MANY: &'static str = r#"{"code":-1003,"msg":"Too much request weight used."}"#;

    fn open(world: &World) -> (Self, Router) {
        // The simulator has no holes of its own to dig, so a world with holes is played back.
        let market = if world.has_holes() {
            let candles = world.closed(Interval::H1, range("2023-09-01", "2024-03-01"));
            let symbol = symbol(Self::SYMBOL);
            MarketSource::Replayed(vec![ReplaySeries {
                symbol,
                assets: None,
                interval: Interval::H1,
                candles,
            }])
        } else {
            MarketSource::generated(7)
        };
        let (clock, rate_clock) = (world.clock.clone(), world.clock.clone());
        let simulator =
            Simulator::new(SimConfig { market, clock, rate_clock, ..SimConfig::default() }).unwrap();
        (Self(simulator.clone()), exchange_sim::router(simulator))
    }

    fn asks_for_candles(uri: &Uri) -> bool {
        uri.path().ends_with("/klines")
    }

    fn as_served(candle: Candle) -> Candle {
        candle
    }

    fn cut_streams(&self) {
        self.0.inject(Fault::DisconnectStreams);
    }
}
