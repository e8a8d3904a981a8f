//! An entry of `exchanges.yaml`, resolved.

use std::fmt;

use serde::Serialize;
use types::ExchangeId;

use crate::secret::{Secret, redact_url, serialize_optional_url};

/// An exchange and how to reach it. `Debug` and `Serialize` hide keys and passwords.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ExchangeSettings {
    /// The name under which its candles are stored.
    pub id: ExchangeId,
    /// The protocol it speaks: a name of [`crate::catalogue::adapters`].
    pub adapter: String,
    /// Whether to use its test network.
    pub testnet: bool,
    /// Address of its REST interface; `None` is the adapter's own.
    #[serde(serialize_with = "serialize_optional_url")]
    pub base_url: Option<String>,
    /// Address of its streams; `None` is the adapter's own.
    #[serde(serialize_with = "serialize_optional_url")]
    pub stream_url: Option<String>,
    /// API key; empty for public data only.
    pub api_key: Secret,
    /// API secret; empty for public data only.
    pub api_secret: Secret,
    /// Request weight per minute that we allow ourselves.
    pub rate_limit: u32,
    /// Whether its market is made up: its candles are then `Provenance::Synthetic`.
    pub synthetic: bool,
}

impl fmt::Debug for ExchangeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeSettings")
            .field("id", &self.id)
            .field("adapter", &self.adapter)
            .field("testnet", &self.testnet)
            .field("base_url", &self.base_url.as_deref().map(redact_url))
            .field("stream_url", &self.stream_url.as_deref().map(redact_url))
            .field("api_key", &self.api_key)
            .field("api_secret", &self.api_secret)
            .field("rate_limit", &self.rate_limit)
            .field("synthetic", &self.synthetic)
            .finish()
    }
}
