//! The venue as the kernel sees it: something that takes orders and reports what became of them.

use serde::{Deserialize, Serialize};
use types::{Bar, Timestamp};

use crate::InstrumentIndex;
use crate::order::{Order, OrderEvent, OrderId};
use crate::risk::Approved;

/// A venue's report about one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueEvent {
    /// The order it is about.
    pub order: OrderId,
    /// What happened.
    pub event: OrderEvent,
}

/// Takes orders and reports what became of them: a simulation inside the loop, or the near end of a connection to an exchange.
///
/// Answers that are known at once go into `reports`; the rest arrives later as [`crate::Event::Venue`].
pub trait Venue: std::fmt::Debug {
    /// Takes an order that risk has approved.
    fn submit(&mut self, order: &Approved<Order>, reports: &mut Vec<VenueEvent>);

    /// Asks to cancel an order.
    fn cancel(&mut self, order: OrderId, reports: &mut Vec<VenueEvent>);

    /// Sees the open of a bar that has closed: a simulation fills market orders at it, an exchange's near end does nothing.
    fn on_open(&mut self, instrument: InstrumentIndex, bar: &Bar, reports: &mut Vec<VenueEvent>);

    /// Sees the range of the same bar, after the kernel has acted on the fills at its open: a simulation fills resting orders that
    /// the bar touched, an exchange's near end does nothing.
    fn on_range(
        &mut self,
        instrument: InstrumentIndex,
        bar: &Bar,
        closed_at: Timestamp,
        reports: &mut Vec<VenueEvent>,
    );
}
