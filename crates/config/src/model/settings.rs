//! `settings.yaml`, resolved.

use std::fmt;

use serde::Serialize;
use types::{Money, Rate};

use crate::secret::{redact_url, serialize_url};

/// Where things are stored, what is logged, and the defaults of trading. `Debug` and `Serialize` hide passwords in addresses.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// Application state: `sqlite://…` or `postgres://…`.
    #[serde(serialize_with = "serialize_url")]
    pub database_url: String,
    /// Candles.
    pub market_data: MarketDataSettings,
    /// `memory`, or `redis://…`.
    #[serde(serialize_with = "serialize_url")]
    pub cache_url: String,
    /// Logging.
    pub logging: LoggingSettings,
    /// Defaults of backtests.
    pub trading: TradingSettings,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("database_url", &redact_url(&self.database_url))
            .field("market_data", &self.market_data)
            .field("cache_url", &redact_url(&self.cache_url))
            .field("logging", &self.logging)
            .field("trading", &self.trading)
            .finish()
    }
}

/// Where candles are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarketDataSettings {
    /// What keeps them.
    pub store: StoreKind,
    /// Folder of the Parquet lake.
    pub path: String,
}

/// Logging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LoggingSettings {
    /// The least important messages that are logged.
    pub level: LogLevel,
}

/// Defaults of backtests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TradingSettings {
    /// Fee as a share of notional.
    pub default_commission: Rate,
    /// How much worse than the open a market order fills, as a share of it.
    pub default_slippage: Rate,
    /// Cash in quote currency.
    pub default_initial_capital: Money,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name {
            $($(#[$doc])* $variant),*
        }

        impl $name {
            /// Every one of them.
            pub const ALL: [$name; [$($word),*].len()] = [$(Self::$variant),*];

            /// Returns the word used in files.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }

            /// Returns the one with this word.
            pub(crate) fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|candidate| candidate.as_str() == word)
            }
        }
    };
}

words! {
    /// What keeps candles.
    StoreKind {
        /// Parquet files in a folder.
        Parquet = "parquet",
        /// A `TimescaleDB` database.
        Timescale = "timescale",
    }
}

words! {
    /// How important a message is.
    LogLevel {
        /// Something failed.
        Error = "error",
        /// Something is worth a look.
        Warn = "warn",
        /// Something happened.
        Info = "info",
        /// For finding a fault.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}
