//! What the kernel reacts to: one closed enum, processed strictly one after the other.

use types::{Bar, Timestamp};

use crate::venue::VenueEvent;

/// Names an instrument of a session by its position in the session's list, so that state is a dense vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InstrumentIndex(u16);

impl InstrumentIndex {
    /// The only instrument of a single-instrument session.
    pub const FIRST: InstrumentIndex = InstrumentIndex(0);

    /// Names the instrument at this position.
    pub const fn new(position: u16) -> Self {
        Self(position)
    }

    /// Returns the position.
    pub const fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// What the kernel reacts to.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A bar has closed.
    Bar {
        /// The instrument it belongs to.
        instrument: InstrumentIndex,
        /// The bar, named by its open time.
        bar: Bar,
        /// When it closed and so became known (UTC).
        closed_at: Timestamp,
    },
    /// The venue reported something about an order.
    Venue(VenueEvent),
}
