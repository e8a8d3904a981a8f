//! Exchanges and downloads as a page shows them.

use serde::{Deserialize, Serialize};
use types::{ExchangeId, Interval, SeriesKey, Symbol, Timestamp};

mod following;
mod ingest;
mod quality;

pub use following::{FollowForm, FollowRequest, FollowState, SubscriptionView};
pub use ingest::IngestForm;
pub use quality::{CoverageView, FlatView, MonthCover, QualityView, RefusalView, RevisionView};

/// Returns the page about how far a series can be trusted.
pub fn quality_link(key: &SeriesKey) -> String {
    format!("/data/series/{}/{}/{}", key.exchange, key.symbol, key.interval)
}

/// A configured exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeView {
    /// Its name in the configuration.
    pub id: ExchangeId,
    /// Which adapter speaks to it.
    pub adapter: String,
    /// Whether its candles are generated: the demo market.
    pub is_synthetic: bool,
    /// Whether it is the exchange's test network.
    pub is_testnet: bool,
    /// The intervals that it publishes candles of.
    pub intervals: Vec<Interval>,
    /// Symbols worth offering in a form, the first as the default.
    pub suggested_symbols: Vec<Symbol>,
    /// How much of its request budget is used.
    pub budget: Option<BudgetView>,
}

/// A request budget, in weight per minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetView {
    /// Spent in the current minute.
    pub used: u32,
    /// The part of it that programs beside ours used, as far as the exchange told.
    pub used_by_others: u32,
    /// What we allow ourselves.
    pub limit: u32,
    /// Until when the exchange wants no requests at all, UTC milliseconds.
    pub paused_until_ms: Option<i64>,
    /// Whether that pause is a ban.
    pub is_banned: bool,
    /// Whether several processes share it.
    pub is_shared: bool,
}

/// Which candles to download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestRequest {
    /// The series.
    pub key: SeriesKey,
    /// Which stretch of it.
    pub window: IngestWindow,
}

/// A stretch of time to download; open times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IngestWindow {
    /// The last so many days up to now.
    LastDays(u32),
    /// Everything that the exchange has.
    Everything,
    /// From a start to an end (exclusive) or to now.
    Between {
        /// The first open time.
        start: Timestamp,
        /// The first open time that no longer belongs to it.
        end: Option<Timestamp>,
    },
}
