//! What exchanges said about their pairs, day by day: the order rules that a backtest of the past needs.
//!
//! Invariants: a day is looked at once and whole, days only go forward, and only what changed is stored; whoever asks for the
//! rules of an instant is told whether anybody looked then. Rules belong to the exchange, not to a user, so there is none here.
//! Fees are not among them: an exchange charges an account by its tier and discounts, and says how much to that account only.

use async_trait::async_trait;
use types::{ExchangeId, Instrument, Symbol, Timestamp};

use crate::error::StoreError;
use crate::instrument_history::{InstrumentHistory, SnapshotOn};

/// A day on which an exchange's pairs were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstrumentDay {
    /// The day, 00:00 UTC.
    pub day: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Pairs that the exchange named.
    pub listed: u32,
    /// Pairs that were new, altered or gone since the day recorded before.
    pub changed: u32,
}

/// What recording a day brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedInstruments {
    /// The day was recorded before; nothing was changed.
    Already,
    /// The day is recorded now.
    New {
        /// Pairs seen for the first time, or again after they had been delisted.
        added: u32,
        /// Pairs about which the exchange says something else now.
        altered: u32,
        /// Pairs that the exchange no longer names.
        delisted: u32,
    },
}

/// The rules of instruments by day.
#[async_trait]
pub trait InstrumentSnapshots: Send + Sync {
    /// Records all that an exchange says about its pairs on a day (00:00 UTC). The first look at a day counts: recording it again
    /// changes nothing. A pair that is no longer named is recorded as delisted.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a day that is no midnight, for no pairs at all (an exchange without pairs is one that could not be
    /// read) and for one pair named twice; [`StoreError::Conflict`] for a day before the last one recorded.
    async fn record_instruments(
        &self,
        exchange: &ExchangeId,
        day: Timestamp,
        instruments: &[Instrument],
        now: Timestamp,
    ) -> Result<RecordedInstruments, StoreError>;

    /// Returns everything that is known about a pair; an empty history when nothing is.
    async fn instrument_history(
        &self,
        exchange: &ExchangeId,
        symbol: &Symbol,
    ) -> Result<InstrumentHistory, StoreError>;

    /// Returns the rules in force at an instant and how well that is known; `None` for a pair that was never seen.
    async fn instrument_on(
        &self,
        exchange: &ExchangeId,
        symbol: &Symbol,
        at: Timestamp,
    ) -> Result<Option<SnapshotOn>, StoreError> {
        Ok(self.instrument_history(exchange, symbol).await?.on(at))
    }

    /// Returns the days on which an exchange was looked at, oldest first.
    async fn instrument_days(&self, exchange: &ExchangeId) -> Result<Vec<InstrumentDay>, StoreError>;

    /// Returns the last of these days.
    async fn last_instrument_day(&self, exchange: &ExchangeId) -> Result<Option<InstrumentDay>, StoreError>;
}
