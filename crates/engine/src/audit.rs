//! What the kernel did with one event: the stream that journals, results and user interfaces are built from.

use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::order::{OrderId, Side};
use crate::risk::Refusal;
use crate::venue::VenueEvent;

/// One thing that the kernel did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// An order went to the venue.
    Submitted(OrderId),
    /// Risk refused a wish; no order was made.
    Refused {
        /// Direction of the wish.
        side: Side,
        /// Why.
        refusal: Refusal,
    },
    /// The venue reported something, and the order and the books followed.
    Reported(VenueEvent),
    /// A round trip closed; its position in the list of trades.
    TradeClosed(u64),
}

/// What the kernel did with one event. The kernel reuses it: read it before the next event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audit {
    /// The event's number in the session, from 1.
    pub sequence: u64,
    /// The kernel's now: the close of the last bar (UTC).
    pub at: Timestamp,
    /// What was done, in order. Empty for most bars.
    pub records: Vec<Record>,
}
