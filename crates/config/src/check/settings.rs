//! `settings.yaml`: from its table to settings.

use crate::check::value::Table;
use crate::model::{LogLevel, LoggingSettings, MarketDataSettings, Settings, StoreKind, TradingSettings};

/// Returns the settings; `None` when a value was refused.
pub(super) fn build(file: &Table) -> Option<Settings> {
    let [database, market_data, cache, logging, trading] =
        ["database", "market_data", "cache", "logging", "trading"].map(|key| file.get::<Table>(key));
    let (market_data, trading) = (market_data?, trading?);
    Some(Settings {
        database_url: database?.get("url")?,
        market_data: MarketDataSettings {
            store: StoreKind::from_word(&market_data.get::<String>("store")?)?,
            path: market_data.get("path")?,
        },
        cache_url: cache?.get("url")?,
        logging: LoggingSettings { level: LogLevel::from_word(&logging?.get::<String>("level")?)? },
        trading: TradingSettings {
            default_commission: trading.get("default_commission")?,
            default_slippage: trading.get("default_slippage")?,
            default_initial_capital: trading.get("default_initial_capital")?,
        },
    })
}
