//! The explicit list of adapters: one line each, and the one place that builds an exchange from its settings.
//!
//! Invariants: names are sorted and distinct (a test says so). To add an adapter, write its module and add its line here.

use std::sync::Arc;

use config::ExchangeSettings;

use crate::binance::Binance;
use crate::okx::Okx;
use crate::protocol::{Exchange, ExchangeError};
use crate::transport::Transport;
use crate::yahoo::Yahoo;

type Build = fn(&ExchangeSettings, Transport) -> Result<Arc<dyn Exchange>, ExchangeError>;

/// A kind of exchange we can talk to.
#[derive(Debug, Clone, Copy)]
pub struct AdapterKind {
    /// Its name after `adapter:` in `exchanges.yaml`.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// Pairs that it is sure to have, as it writes them: what a form suggests.
    pub pairs: &'static [&'static str],
    build: Build,
}

const ADAPTERS: &[AdapterKind] = &[
    AdapterKind {
        name: "binance",
        doc: "Binance spot, its testnet, and anything that speaks the same API.",
        pairs: &["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"],
        build: |settings, transport| Ok(Arc::new(Binance::new(settings, transport)?)),
    },
    AdapterKind {
        name: "okx",
        doc: "OKX spot.",
        pairs: &["BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT"],
        build: |settings, transport| Ok(Arc::new(Okx::new(settings, transport)?)),
    },
    AdapterKind {
        name: "yahoo",
        doc: "Yahoo Finance: daily and hourly candles, as a fallback.",
        pairs: &["BTC-USD", "ETH-USD", "SOL-USD", "BNB-USD"],
        build: |settings, transport| Ok(Arc::new(Yahoo::new(settings, &transport)?)),
    },
];

/// Returns every adapter, sorted by name.
pub const fn adapters() -> &'static [AdapterKind] {
    ADAPTERS
}

/// Returns pairs that exchanges of this adapter are sure to have; none for an adapter that there is not.
pub fn pairs(adapter: &str) -> &'static [&'static str] {
    ADAPTERS.iter().find(|kind| kind.name == adapter).map_or(&[], |kind| kind.pairs)
}

/// Builds an exchange. Its weight budget is the one that `transport.budgets` keeps for its address: hand the same
/// to all, or each has an allowance of its own.
///
/// # Errors
/// [`ExchangeError::Setup`] when no adapter has this name or the adapter refuses the settings.
pub fn build(settings: &ExchangeSettings, transport: Transport) -> Result<Arc<dyn Exchange>, ExchangeError> {
    let Some(kind) = ADAPTERS.iter().find(|kind| kind.name == settings.adapter) else {
        let known: Vec<&str> = ADAPTERS.iter().map(|kind| kind.name).collect();
        let what = format!("there is no adapter '{}'; use one of: {}", settings.adapter, known.join(", "));
        return Err(ExchangeError::Setup { exchange: settings.id.clone(), what });
    };
    (kind.build)(settings, transport)
}

#[cfg(test)]
mod tests {
    use config::Secret;

    use super::*;

    fn settings(adapter: &str) -> ExchangeSettings {
        ExchangeSettings {
            id: "mine".parse().unwrap(),
            adapter: adapter.to_owned(),
            testnet: false,
            base_url: Some("http://127.0.0.1:9".to_owned()),
            stream_url: None,
            api_key: Secret::default(),
            api_secret: Secret::default(),
            rate_limit: 1200,
            synthetic: false,
        }
    }

    #[test]
    fn names_are_sorted_and_distinct() {
        assert!(ADAPTERS.is_sorted_by(|left, right| left.name < right.name));
    }

    #[test]
    fn every_adapter_of_the_configuration_is_here_and_no_other() {
        let accepted: Vec<&str> = config::catalogue::adapters().iter().map(|kind| kind.name).collect();
        let built: Vec<&str> = adapters().iter().map(|kind| kind.name).collect();
        assert_eq!(built, accepted);
    }

    #[test]
    fn every_adapter_builds_and_knows_its_name() {
        for kind in adapters() {
            let exchange = build(&settings(kind.name), Transport::default()).unwrap();
            assert_eq!(exchange.adapter(), kind.name);
            assert_eq!(exchange.id().as_str(), "mine");
        }
    }

    #[test]
    fn an_unknown_adapter_is_refused_with_the_known_ones() {
        let error = build(&settings("mtgox"), Transport::default()).unwrap_err().to_string();
        assert!(error.contains("'mtgox'") && error.contains("binance"), "{error}");
    }
}
