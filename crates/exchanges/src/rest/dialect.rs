//! What the loop around requests has to know of an exchange's REST interface.

use types::{ExchangeId, Timestamp};

use super::{Call, Fault, Reply};

/// How an exchange wants to be asked and how its answers are told from refusals.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The adapter's name: exchanges of one adapter on one host share a budget.
    pub adapter: &'static str,
    /// Stands before every path: `/api/v3/`.
    pub prefix: &'static str,
    /// What we call ourselves.
    pub user_agent: &'static str,
    /// The header that says how much weight this minute has cost so far, where there is one.
    pub used_weight: Option<&'static str>,
    /// Says whether a whole answer is one to read. `Timestamp` is the exchange's time.
    pub judge: fn(&ExchangeId, &Call<'_>, &Reply, Timestamp) -> Result<(), Fault>,
}

/// What an adapter calls itself where the exchange does not care.
pub const USER_AGENT: &str = concat!("crypto/", env!("CARGO_PKG_VERSION"));
