//! The order's state machine: one match, one row per legal transition.
//!
//! Late and repeated reports are normal on real venues: a fill after a cancel, a fill reported twice, an acceptance that overtakes
//! nothing. Each is a row here, not a panic.

use serde::{Deserialize, Serialize};
use types::{Money, Quantity};

use super::{Fill, OrderId};

/// Where an order stands; what is known in a state lives in its variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum OrderState {
    /// Made, not sent.
    Initialised,
    /// Sent, no answer yet.
    Submitted,
    /// Working at the venue, nothing filled.
    Accepted,
    /// Working at the venue, partly filled.
    PartiallyFilled(Filled),
    /// A cancel was sent; `filled` is what was executed before.
    PendingCancel(Filled),
    /// Done: wholly filled.
    Filled(Filled),
    /// Done: cancelled; `filled` is what was executed.
    Cancelled(Filled),
    /// Done: the venue refused it.
    Rejected(RejectReason),
}

/// What has been executed so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filled {
    /// Base amount.
    pub quantity: Quantity,
    /// Quote amount, without fees.
    pub notional: Money,
    /// How many fills; fills are numbered from 1, so this is also the number of the last one.
    pub fills: u64,
}

/// Why a venue refuses an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// After rounding down to the lot step nothing is left.
    #[error("the quantity is below the instrument's lot step")]
    BelowStep,
    /// Below the instrument's smallest quantity.
    #[error("the quantity is below the instrument's minimum")]
    BelowMinimumQuantity,
    /// Above the instrument's largest quantity.
    #[error("the quantity is above the instrument's maximum")]
    AboveMaximumQuantity,
    /// Below the instrument's smallest notional.
    #[error("price × quantity is below the instrument's minimum notional")]
    BelowMinimumNotional,
    /// Above the instrument's largest notional.
    #[error("price × quantity is above the instrument's maximum notional")]
    AboveMaximumNotional,
    /// More is spent than there is.
    #[error("insufficient balance")]
    InsufficientBalance,
    /// A number of the order does not fit the ledger's types.
    #[error("an amount is too large")]
    Overflow,
}

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum OrderEvent {
    /// We sent it.
    Submitted,
    /// The venue took it.
    Accepted,
    /// The venue refused it.
    Rejected {
        /// Why.
        reason: RejectReason,
    },
    /// Executed, wholly or in part.
    Filled {
        /// The execution.
        fill: Fill,
        /// Whether nothing is left to execute.
        is_last: bool,
    },
    /// We asked to cancel it.
    CancelRequested,
    /// The venue refused to cancel it, because it was already gone.
    CancelRejected,
    /// Cancelled.
    Cancelled,
}

/// A transition that may not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("order {}: '{event:?}' may not follow '{from:?}'", order.as_u64())]
pub struct TransitionError {
    /// The order.
    pub order: OrderId,
    /// Where it stood.
    pub from: OrderState,
    /// What was reported.
    pub event: OrderEvent,
}

impl Filled {
    /// Adds a fill; `None` when a sum does not fit, which no account's books could hold either.
    fn and(self, fill: &Fill) -> Option<Filled> {
        Some(Filled {
            quantity: self.quantity.checked_add(fill.quantity).ok()?,
            notional: self.notional.checked_add(fill.notional).ok()?,
            fills: self.fills.checked_add(1)?,
        })
    }

    /// Fills are numbered in order; one at or below the last number has been seen.
    fn has_seen(self, fill: &Fill) -> bool {
        fill.number <= self.fills
    }
}

impl OrderState {
    /// Returns whether nothing more is expected. Reports may still arrive late.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Filled(_) | Self::Cancelled(_) | Self::Rejected(_))
    }

    /// Returns what has been executed so far.
    pub fn filled(self) -> Filled {
        match self {
            Self::PartiallyFilled(filled)
            | Self::PendingCancel(filled)
            | Self::Filled(filled)
            | Self::Cancelled(filled) => filled,
            Self::Initialised | Self::Submitted | Self::Accepted | Self::Rejected(_) => Filled::default(),
        }
    }

    /// Returns the next state, or `None` when the event may not follow this state.
    pub(crate) fn apply(self, event: &OrderEvent) -> Option<OrderState> {
        #![expect(clippy::match_same_arms, reason = "one row per transition, each with its own reason")]
        use OrderEvent as E;
        Some(match (self, event) {
            (Self::Initialised, E::Submitted) => Self::Submitted,
            (Self::Submitted, E::Accepted) => Self::Accepted,
            // A fast venue reports the fill before the acceptance; the acceptance then changes nothing.
            (
                Self::Accepted | Self::PartiallyFilled(_) | Self::Filled(_) | Self::Cancelled(_),
                E::Accepted,
            ) => self,
            // Accepted after we asked to cancel: the cancel is still under way.
            (Self::PendingCancel(_), E::Accepted) => self,
            (Self::Submitted | Self::Accepted, E::Rejected { reason }) => Self::Rejected(*reason),
            // The rejection of an order that we were cancelling ends it just as well.
            (Self::PendingCancel(filled), E::Rejected { reason }) if filled.fills == 0 => {
                Self::Rejected(*reason)
            }
            // Reported again after a reconnect: counted once.
            (
                Self::PartiallyFilled(filled)
                | Self::PendingCancel(filled)
                | Self::Filled(filled)
                | Self::Cancelled(filled),
                E::Filled { fill, .. },
            ) if filled.has_seen(fill) => self,
            (Self::Submitted | Self::Accepted, E::Filled { fill, is_last: true }) => {
                Self::Filled(Filled::default().and(fill)?)
            }
            (Self::Submitted | Self::Accepted, E::Filled { fill, is_last: false }) => {
                Self::PartiallyFilled(Filled::default().and(fill)?)
            }
            (
                Self::PartiallyFilled(filled) | Self::PendingCancel(filled),
                E::Filled { fill, is_last: true },
            ) => Self::Filled(filled.and(fill)?),
            (Self::PartiallyFilled(filled), E::Filled { fill, is_last: false }) => {
                Self::PartiallyFilled(filled.and(fill)?)
            }
            (Self::PendingCancel(filled), E::Filled { fill, is_last: false }) => {
                Self::PendingCancel(filled.and(fill)?)
            }
            // The venue matched it while the cancel was on its way: the fill is real and the money moved.
            (Self::Cancelled(filled), E::Filled { fill, is_last: true }) => Self::Filled(filled.and(fill)?),
            (Self::Cancelled(filled), E::Filled { fill, is_last: false }) => {
                Self::Cancelled(filled.and(fill)?)
            }
            (Self::Submitted | Self::Accepted, E::CancelRequested) => Self::PendingCancel(Filled::default()),
            (Self::PartiallyFilled(filled), E::CancelRequested) => Self::PendingCancel(filled),
            // Asking twice, or for something already gone, changes nothing.
            (Self::PendingCancel(_) | Self::Filled(_) | Self::Cancelled(_), E::CancelRequested) => self,
            (Self::PendingCancel(filled), E::CancelRejected) if filled.fills == 0 => Self::Accepted,
            (Self::PendingCancel(filled), E::CancelRejected) => Self::PartiallyFilled(filled),
            // The refusal arrives after the fill that caused it.
            (Self::Filled(_) | Self::Cancelled(_) | Self::Rejected(_), E::CancelRejected) => self,
            (Self::Submitted | Self::Accepted, E::Cancelled) => Self::Cancelled(Filled::default()),
            (Self::PartiallyFilled(filled) | Self::PendingCancel(filled), E::Cancelled) => {
                Self::Cancelled(filled)
            }
            // Cancelled by us and by the venue at once, or reported twice; a filled order stays filled.
            (Self::Cancelled(_) | Self::Filled(_), E::Cancelled) => self,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
