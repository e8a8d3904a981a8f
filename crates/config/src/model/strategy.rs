//! An entry of `strategies.yaml`, resolved.

use serde::{Deserialize, Serialize};
use types::{ExchangeId, Interval, Symbol};

use crate::catalogue::Params;

/// A strategy with its parameters and what it trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StrategySpec {
    /// Its name in the library.
    pub name: String,
    /// Its type: a name of [`crate::catalogue::strategies`].
    pub kind: String,
    /// Its parameters: defaults filled in, within their ranges and orderings.
    pub params: Params,
    /// Whose candles it trades on.
    pub exchange: ExchangeId,
    /// What it trades; at least one.
    pub symbols: Vec<Symbol>,
    /// Length of its candles.
    pub interval: Interval,
}
