//! The exchange adapters.

use serde::Serialize;

/// A protocol that an exchange may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AdapterKind {
    /// The name in `exchanges.yaml`.
    pub name: &'static str,
    /// The name on screen.
    pub title: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
}

/// Returns every adapter, sorted by name.
pub const fn adapters() -> &'static [AdapterKind] {
    &[
        AdapterKind {
            name: "binance",
            title: "Binance",
            summary: "Binance spot, and everything that speaks its interface: its test network and the built-in simulator.",
        },
        AdapterKind {
            name: "okx",
            title: "OKX",
            summary: "OKX spot: candles from 1m to 1M but 8h and 3d, and live candles. Pairs are written BTC-USDT.",
        },
        AdapterKind {
            name: "yahoo",
            title: "Yahoo Finance",
            summary: "A fallback for candles only: 1d, and 1h of the last two years; prices are floats there. Pairs are written BTC-USD.",
        },
    ]
}

/// Returns the adapter of this name.
pub fn adapter(name: &str) -> Option<&'static AdapterKind> {
    adapters().iter().find(|adapter| adapter.name == name)
}
